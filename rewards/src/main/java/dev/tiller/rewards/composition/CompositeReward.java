package dev.tiller.rewards.composition;

import dev.tiller.rewards.Breakdown;
import dev.tiller.rewards.Designs;
import dev.tiller.rewards.DifferentiableReward;
import dev.tiller.rewards.Notation;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.Rewards;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Several rewards as one, by the formula of {@link Composition}.
 *
 * <p>Filters are looked at in their order, each on the designs that passed the ones before it;
 * components and penalties are computed for designs that passed all. A reward that is named more
 * than once with equal options is made once and scores each design once. Safe for concurrent calls
 * as far as the rewards are.
 */
public final class CompositeReward implements Reward {
    private static final String NAME = "composition";

    private final Composition composition;
    private final Combination combination;
    private final Map<NamedReward, Reward> rewards;
    private final List<String> columns;
    private final String letters;
    private final Notation notation;

    private CompositeReward(Composition composition, Map<NamedReward, Reward> rewards) {
        this.composition = composition;
        this.combination = new Combination(composition);
        this.rewards = rewards;
        this.columns = composition.columns();
        this.notation = commonNotation(rewards.values());
        this.letters = commonLetters(rewards.values());
    }

    /**
     * Makes all rewards of a composition.
     *
     * @param composition what to make
     * @param registry the registered rewards
     * @param context where rewards may compute
     * @return the reward, closed by the caller
     * @throws IllegalArgumentException if a reward is unknown, one of its options is wrong, or the
     *     rewards have no notation or no letter in common
     */
    static CompositeReward create(
            Composition composition, Rewards registry, RewardContext context) {
        Map<NamedReward, Reward> made = new LinkedHashMap<>();
        try {
            for (Component component : composition.components()) {
                make(component.column(), component.reward(), registry, context, made);
            }
            for (Filter filter : composition.filters()) {
                make(filter.column(), filter.reward(), registry, context, made);
            }
            for (Component penalty : composition.penalties()) {
                make(penalty.column(), penalty.reward(), registry, context, made);
            }
            return new CompositeReward(composition, made);
        } catch (RuntimeException | Error e) {
            closeAll(made.values(), e);
            throw e;
        }
    }

    private static void make(
            String column,
            NamedReward reward,
            Rewards registry,
            RewardContext context,
            Map<NamedReward, Reward> made) {
        if (made.containsKey(reward)) {
            return;
        }
        try {
            made.put(reward, reward.create(registry, context));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + column + "': " + e.getMessage(), e);
        }
    }

    private static Notation commonNotation(Iterable<Reward> rewards) {
        Notation common = null;
        StringBuilder each = new StringBuilder();
        for (Reward reward : rewards) {
            Notation own = reward.notation();
            each.append(each.isEmpty() ? "" : ", ")
                    .append(own == Notation.SMILES ? "molecules (SMILES)" : "sequences")
                    .append(" of ")
                    .append(reward.name());
            if (common != null && own != common) {
                throw new IllegalArgumentException(
                        "rewards of a composition must read the same notation, got "
                                + each
                                + "; leave one out, or set notation of a process or http reward");
            }
            common = own;
        }
        return common;
    }

    private static String commonLetters(Iterable<Reward> rewards) {
        StringBuilder common = null;
        StringBuilder each = new StringBuilder();
        for (Reward reward : rewards) {
            String own = reward.letters();
            each.append(each.isEmpty() ? "" : ", ")
                    .append(own)
                    .append(" of ")
                    .append(reward.name());
            if (common == null) {
                common = new StringBuilder(own);
            }
            for (int i = common.length() - 1; i >= 0; i--) {
                if (own.indexOf(common.charAt(i)) < 0) {
                    common.deleteCharAt(i);
                }
            }
        }
        if (common == null || common.isEmpty()) {
            throw new IllegalArgumentException(
                    "rewards of a composition must have letters in common, got " + each);
        }
        return common.toString();
    }

    @Override
    public String name() {
        return NAME;
    }

    /** Returns the letters that every reward of the composition can read. */
    @Override
    public String letters() {
        return letters;
    }

    @Override
    public Notation notation() {
        return notation;
    }

    /** Returns {@link Composition#columns()}. */
    @Override
    public List<String> columns() {
        return columns;
    }

    @Override
    public double[] score(Designs designs) {
        return breakdown(designs).scores();
    }

    @Override
    public Breakdown breakdown(Designs designs) {
        designs.requireReadableBy(this);
        int size = designs.size();
        RawScores raw = new RawScores(designs);
        double[][] values = new double[size][columns.size()];
        for (double[] row : values) {
            Arrays.fill(row, Double.NaN);
        }
        BitSet passing = filter(raw, size, values);
        List<Component> terms = combination.terms();
        for (int t = 0; t < terms.size(); t++) {
            Component term = terms.get(t);
            double[] own = raw.of(term.column(), rewards.get(term.reward()), passing);
            int column = columnOfTerm(t);
            passing.stream()
                    .forEach(
                            n -> {
                                values[n][column] = own[n];
                                values[n][column + 1] = term.transform().apply(own[n]);
                            });
        }
        double[] scores = new double[size];
        Arrays.fill(scores, composition.floor());
        for (int n = passing.nextSetBit(0); n >= 0; n = passing.nextSetBit(n + 1)) {
            double[] transformed = new double[terms.size()];
            for (int t = 0; t < transformed.length; t++) {
                transformed[t] = values[n][columnOfTerm(t) + 1];
            }
            scores[n] = combination.value(transformed, n);
            requireAboveFloor(scores[n], n);
        }
        return new Breakdown(scores, values);
    }

    /** A design must not gain by failing a filter. */
    private void requireAboveFloor(double score, int design) {
        if (score < composition.floor() && !composition.filters().isEmpty()) {
            throw new IllegalArgumentException(
                    "floor must not be above the score of a design that passes the filters, got "
                            + composition.floor()
                            + " above "
                            + score
                            + " of design "
                            + (design + 1)
                            + "; lower the floor, or give the components transforms");
        }
    }

    /** Returns the designs that pass all filters. */
    private BitSet filter(RawScores raw, int size, double[][] values) {
        BitSet passing = new BitSet(size);
        passing.set(0, size);
        int column = 2 * composition.components().size();
        for (Filter filter : composition.filters()) {
            double[] own = raw.of(filter.column(), rewards.get(filter.reward()), passing);
            for (int n = passing.nextSetBit(0); n >= 0; n = passing.nextSetBit(n + 1)) {
                boolean passes = filter.passes(own[n]);
                values[n][column] = own[n];
                values[n][column + 1] = passes ? 1 : 0;
                passing.set(n, passes);
            }
            column += 2;
        }
        return passing;
    }

    /** Filters stand between components and penalties. */
    private int columnOfTerm(int term) {
        boolean penalty = term >= composition.components().size();
        return 2 * (penalty ? term + composition.filters().size() : term);
    }

    /**
     * Returns the referee of the components, if they have but one between them: several could not
     * be compared with one score.
     */
    @Override
    public Optional<String> referee() {
        List<String> referees =
                composition.components().stream()
                        .map(component -> rewards.get(component.reward()))
                        .flatMap(reward -> reward.referee().stream())
                        .distinct()
                        .toList();
        return referees.size() == 1 ? Optional.of(referees.get(0)) : Optional.empty();
    }

    /** Returns the SHA-256 of the specification and the digests of all rewards. */
    @Override
    public Optional<String> digest() {
        StringBuilder text = new StringBuilder(composition.identity());
        rewards.forEach(
                (spec, reward) ->
                        text.append('\n')
                                .append(spec.identity())
                                .append(' ')
                                .append(reward.digest().orElse("none")));
        try {
            byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
            return Optional.of(HexFormat.of().formatHex(digest));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /**
     * Returns the gradient if every component and penalty and its transform has one and there are
     * no filters, which jump.
     */
    @Override
    public Optional<DifferentiableReward> differentiable() {
        boolean smooth =
                composition.filters().isEmpty()
                        && combination.terms().stream()
                                .allMatch(term -> term.transform().differentiable());
        if (!smooth) {
            return Optional.empty();
        }
        Map<NamedReward, DifferentiableReward> gradients = new LinkedHashMap<>();
        rewards.forEach(
                (spec, reward) ->
                        reward.differentiable().ifPresent(own -> gradients.put(spec, own)));
        return gradients.size() == rewards.size()
                ? Optional.of(new CompositeGradient(this, combination, gradients))
                : Optional.empty();
    }

    /** Closes all rewards of the composition, also where closing one fails. */
    @Override
    public void close() {
        closeAll(rewards.values(), null);
    }

    /** Closes all; a failure is thrown at the end, or added to the one there is. */
    private static void closeAll(Iterable<Reward> rewards, Throwable cause) {
        RuntimeException first = null;
        for (Reward reward : rewards) {
            try {
                reward.close();
            } catch (RuntimeException e) {
                if (cause != null) {
                    cause.addSuppressed(e);
                } else if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
