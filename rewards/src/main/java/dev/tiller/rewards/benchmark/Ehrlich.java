package dev.tiller.rewards.benchmark;

import dev.tiller.rewards.Designs;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.RewardProvider;
import java.util.ArrayList;
import java.util.List;

/**
 * Ehrlich functions, a closed-form benchmark of sequence design whose optimum is known: Stanton et
 * al. 2024, "Closed-Form Test Functions for Biophysical Sequence Optimization Algorithms", arXiv
 * 2407.00236.
 *
 * <p>A design x of L letters is feasible if it has none of the banned transitions from one letter
 * to the next. A feasible design has f(x) = product over the c motifs of h(x, motif), where h =
 * floor(m q / k) / q for the largest number m, over all placements, of the k letters of the motif
 * that are in place. So 0 &lt;= f &lt;= 1, and f = 1 exactly where the design is feasible and has
 * every motif with its spacing. With epistasis e each h becomes h (1 + e h (h - 1)).
 *
 * <p>An infeasible design has f = -infinity in the paper and in its code holo-bench. A reward must
 * be finite, so it is {@link EhrlichOptions#infeasible} here, 0 by default. Where 0 does not tell
 * infeasible from merely bad designs enough, a negative number does.
 *
 * <p>The transitions, motifs and spacings are drawn as in holo-bench: a banded ergodic chain, the
 * motifs cut from one walk of it, and the slack of L / c - k positions shared out at random within
 * each motif, so that the motifs fit one after the other and a feasible optimum exists. holo-bench
 * draws from another generator, so equal seeds give other functions of the same family. Its
 * quantization floor(m / ceil(k / q)) / (k / ceil(k / q)) is the one above where q divides k.
 *
 * <p>Designs of another length are an error. Immutable, hence safe for concurrent use.
 */
public final class Ehrlich implements Reward {
    private static final String NAME = "ehrlich";

    private final EhrlichOptions options;
    private final String alphabet;
    private final TransitionMatrix transitions;
    private final List<SpacedMotif> motifs;

    /**
     * Draws a function.
     *
     * @param options its size and its seed
     */
    public Ehrlich(EhrlichOptions options) {
        this.options = options;
        this.alphabet = options.alphabet();
        Draws draws = new Draws(options.seed());
        this.transitions = TransitionMatrix.draw(options.states(), draws);
        String walk = spell(transitions.walk(options.motifs() * options.motifLength(), draws));
        List<SpacedMotif> found = new ArrayList<>();
        for (int i = 0; i < options.motifs(); i++) {
            int from = i * options.motifLength();
            String letters = walk.substring(from, from + options.motifLength());
            found.add(new SpacedMotif(letters, offsets(draws)));
        }
        this.motifs = List.copyOf(found);
    }

    /** Shares out the slack of a motif over its gaps, rounding down. */
    private List<Integer> offsets(Draws draws) {
        int k = options.motifLength();
        int slack = (options.length() - options.motifs() * k) / options.motifs();
        double[] weights = new double[k - 1];
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
            weights[i] = draws.uniform();
            sum += weights[i];
        }
        List<Integer> offsets = new ArrayList<>(List.of(0));
        for (double weight : weights) {
            int extra = sum > 0 ? (int) (slack * (weight / sum)) : 0;
            offsets.add(offsets.get(offsets.size() - 1) + 1 + extra);
        }
        return offsets;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String letters() {
        return alphabet;
    }

    @Override
    public double[] score(Designs designs) {
        designs.requireReadableBy(this);
        return designs.sequences().stream().mapToDouble(this::scoreOf).toArray();
    }

    private double scoreOf(String sequence) {
        if (!isFeasible(sequence)) {
            return options.infeasible();
        }
        double product = 1;
        for (SpacedMotif motif : motifs) {
            int level = motif.matches(sequence) * options.quantization() / options.motifLength();
            double h = (double) level / options.quantization();
            product *= h * (1 + options.epistasis() * h * (h - 1));
        }
        return product;
    }

    /**
     * Tells whether a design has no banned transition.
     *
     * @param sequence a design of L letters of the alphabet
     * @return true if it is feasible
     * @throws IllegalArgumentException if it has another length or other letters
     */
    public boolean isFeasible(String sequence) {
        if (sequence.length() != options.length()) {
            throw new IllegalArgumentException(
                    "designs must have "
                            + options.length()
                            + " letters for reward '"
                            + NAME
                            + "', got "
                            + sequence.length()
                            + "; set its option length");
        }
        new Designs(List.of(sequence)).requireReadableBy(this);
        for (int i = 1; i < sequence.length(); i++) {
            int from = alphabet.indexOf(sequence.charAt(i - 1));
            if (!transitions.isAllowed(from, alphabet.indexOf(sequence.charAt(i)))) {
                return false;
            }
        }
        return true;
    }

    /**
     * Lists the banned transitions. A design is feasible if it holds none of them, so they can be
     * forbidden to a sampler as motifs of two letters.
     *
     * @return pairs of letters, sorted by the order of the alphabet; empty if the alphabet is so
     *     small that the band of allowed transitions covers it
     */
    public List<String> forbiddenTransitions() {
        List<String> forbidden = new ArrayList<>();
        for (int from = 0; from < transitions.states(); from++) {
            for (int to = 0; to < transitions.states(); to++) {
                if (!transitions.isAllowed(from, to)) {
                    forbidden.add("" + alphabet.charAt(from) + alphabet.charAt(to));
                }
            }
        }
        return List.copyOf(forbidden);
    }

    /**
     * Lists what a design must have.
     *
     * @return the c motifs with their spacings
     */
    public List<SpacedMotif> motifs() {
        return motifs;
    }

    /**
     * Returns a design that scores exactly 1: the motifs one after the other, each letter repeated
     * until the next is due. A letter may always follow itself.
     *
     * @return one of the best designs
     */
    public String optimum() {
        StringBuilder design = new StringBuilder();
        for (SpacedMotif motif : motifs) {
            int start = design.length();
            for (int i = 0; i < motif.offsets().size(); i++) {
                while (design.length() < start + motif.offsets().get(i)) {
                    design.append(design.charAt(design.length() - 1));
                }
                design.append(motif.letters().charAt(i));
            }
        }
        while (design.length() < options.length()) {
            design.append(design.charAt(design.length() - 1));
        }
        return design.toString();
    }

    /**
     * Draws a feasible design: a walk of the chain of transitions from its stationary distribution.
     *
     * @param seed the only source of randomness
     * @return a feasible design
     */
    public String sample(long seed) {
        return spell(transitions.walk(options.length(), new Draws(seed)));
    }

    private String spell(int[] walk) {
        StringBuilder text = new StringBuilder();
        for (int state : walk) {
            text.append(alphabet.charAt(state));
        }
        return text.toString();
    }

    /** Listed in META-INF/services under the name {@code ehrlich}. */
    public static final class Provider implements RewardProvider<EhrlichOptions> {

        /** Made by the service loader. */
        public Provider() {}

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public String description() {
            return "Ehrlich function: a benchmark of spaced motifs and banned transitions with"
                    + " optimum 1.";
        }

        @Override
        public Class<EhrlichOptions> optionsType() {
            return EhrlichOptions.class;
        }

        @Override
        public EhrlichOptions defaults() {
            return EhrlichOptions.defaults();
        }

        @Override
        public Reward create(EhrlichOptions options, RewardContext context) {
            return new Ehrlich(options);
        }
    }
}
