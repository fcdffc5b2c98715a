package dev.tiller.guidance;

import dev.tiller.rewards.Condition;
import dev.tiller.rewards.DifferentiableReward;
import dev.tiller.rewards.RelaxedDesigns;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.ScoredGradient;
import dev.tiller.sampler.DifferentiablePrediction;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Prediction;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.ReverseProcess;
import dev.tiller.sampler.State;
import dev.tiller.sampler.numerics.Gradients;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * The posterior-mean value in its soft form: v(xt) = r(E[x0 | xt]), the reward of the relaxed
 * design that holds the letter at clean positions and the probabilities p(x0 | xt) at masked ones.
 * It has a gradient, through the reward and through the denoiser. For continuous diffusion this is
 * DPS (Chung et al. 2022, arXiv 2209.14687).
 *
 * <p>A gradient costs one forward and backward pass of the reward and one of the denoiser; a state
 * without masks needs none of the latter. The reward's pass also gives the value, so that costs
 * nothing once the gradient is known.
 */
public final class SoftPosteriorValue implements DifferentiableValue {
    private final ReverseProcess process;
    private final DifferentiablePrediction denoiser;
    private final DifferentiableReward reward;
    private final String alphabet;
    private final Relaxation relaxation;
    private final Told told;

    /**
     * What the reward is told of designs.
     *
     * @param letters the letters that designs may hold, a part of the alphabet in its order; others
     *     have no probability, and the reward need not know them
     * @param conditions what the designs of a state are for, one for each row; empty if for nothing
     */
    public record Told(String letters, Function<State, List<Condition>> conditions) {}

    /**
     * Creates the value.
     *
     * @param process a diffusion model of tokens whose denoiser has a gradient
     * @param reward scores relaxed designs
     * @param alphabet the letter of each clean token
     * @throws IllegalArgumentException if reward or denoiser have no gradient
     */
    public SoftPosteriorValue(ReverseProcess process, Reward reward, String alphabet) {
        this(process, reward, alphabet, Relaxation.CARRIED_OVER);
    }

    /**
     * Creates the value in another form.
     *
     * @param process a diffusion model of tokens whose denoiser has a gradient
     * @param reward scores relaxed designs
     * @param alphabet the letter of each clean token
     * @param relaxation what the reward sees
     * @throws IllegalArgumentException if reward or denoiser have no gradient
     */
    public SoftPosteriorValue(
            ReverseProcess process, Reward reward, String alphabet, Relaxation relaxation) {
        this(process, reward, alphabet, relaxation, new Told(alphabet, x -> List.of()));
    }

    /**
     * Creates the value of designs that are made for something.
     *
     * @param process a diffusion model of tokens whose denoiser has a gradient
     * @param reward scores relaxed designs
     * @param alphabet the letter of each clean token
     * @param relaxation what the reward sees
     * @param told what the reward is told of the designs
     * @throws IllegalArgumentException if reward or denoiser have no gradient
     */
    public SoftPosteriorValue(
            ReverseProcess process,
            Reward reward,
            String alphabet,
            Relaxation relaxation,
            Told told) {
        this.told = Objects.requireNonNull(told);
        this.process = Objects.requireNonNull(process);
        this.reward =
                reward.differentiable()
                        .orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                "reward of a soft posterior must have a gradient,"
                                                        + " got '"
                                                        + reward.name()
                                                        + "', which has none; use the mode or"
                                                        + " draws of the posterior: "
                                                        + Gradients.ALTERNATIVES));
        this.denoiser =
                process.differentiable()
                        .orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                "denoiser of a soft posterior must have a gradient,"
                                                        + " got one without; use the mode or draws"
                                                        + " of the posterior: "
                                                        + Gradients.ALTERNATIVES));
        this.alphabet = Objects.requireNonNull(alphabet);
        this.relaxation = Objects.requireNonNull(relaxation);
    }

    @Override
    public double[] estimate(State x, int index, Ledger ledger, Randomness noise) {
        Prediction prediction = process.predict(x, index, ledger, noise);
        return score(x, x.array(0).toLongArray(), prediction, ledger).stream()
                .mapToDouble(ScoredGradient::score)
                .toArray();
    }

    @Override
    public List<float[]> gradient(State x, int index, Ledger ledger, Randomness noise) {
        long[] tokens = x.array(0).toLongArray();
        int letters = alphabet.length();
        Prediction prediction = process.predict(x, index, ledger, noise);
        List<ScoredGradient> scored = score(x, tokens, prediction, ledger);
        List<float[]> cotangents = new ArrayList<>(x.rows());
        List<float[]> gradients = new ArrayList<>(x.rows());
        for (int row = 0; row < x.rows(); row++) {
            float[] logs = prediction.row(row);
            int length = logs.length / letters;
            float[] cotangent = new float[logs.length];
            float[] direct = new float[length * (letters + 1)];
            for (int position = 0; position < length; position++) {
                relaxation.pullBack(
                        logs,
                        position * letters,
                        letters,
                        (int) tokens[row * length + position],
                        scored.get(row).gradient(),
                        cotangent,
                        direct);
            }
            cotangents.add(cotangent);
            gradients.add(direct);
        }
        addDenoiser(x, index, cotangents, gradients, ledger, noise);
        return gradients;
    }

    /** Adds what comes through the denoiser, where anything does. */
    private void addDenoiser(
            State x,
            int index,
            List<float[]> cotangents,
            List<float[]> gradients,
            Ledger ledger,
            Randomness noise) {
        int[] rows =
                IntStream.range(0, x.rows())
                        .filter(row -> anyNotZero(cotangents.get(row)))
                        .toArray();
        if (rows.length == 0) {
            return;
        }
        List<float[]> some = Arrays.stream(rows).mapToObj(cotangents::get).toList();
        try (State part = x.select(rows, x.array(0).getManager())) {
            List<float[]> products = denoiser.vectorJacobian(part, index, some, ledger, noise);
            for (int i = 0; i < rows.length; i++) {
                float[] gradient = gradients.get(rows[i]);
                float[] product = products.get(i);
                for (int j = 0; j < gradient.length; j++) {
                    gradient[j] += product[j];
                }
            }
        }
    }

    private static boolean anyNotZero(float[] numbers) {
        for (float number : numbers) {
            if (number != 0) {
                return true;
            }
        }
        return false;
    }

    private List<ScoredGradient> score(
            State x, long[] tokens, Prediction prediction, Ledger ledger) {
        int letters = alphabet.length();
        List<Condition> conditions = told.conditions().apply(x);
        List<float[]> designs = new ArrayList<>(prediction.rows().size());
        List<Object> keys = new ArrayList<>(prediction.rows().size());
        for (int row = 0; row < prediction.rows().size(); row++) {
            float[] logs = prediction.row(row);
            int length = logs.length / letters;
            float[] design = new float[logs.length];
            for (int position = 0; position < length; position++) {
                int token = (int) tokens[row * length + position];
                relaxation.relax(logs, position * letters, letters, token, design);
            }
            designs.add(design);
            ByteBuffer key = ByteBuffer.allocate(Float.BYTES * design.length);
            key.asFloatBuffer().put(design);
            keys.add(conditions.isEmpty() ? key : List.of(key, conditions.get(row).id()));
        }
        // lists, for the ledger knows how much memory they take
        List<List<Object>> results =
                ledger.evaluate(
                        Ledger.Account.GRADIENT,
                        reward,
                        keys,
                        rows -> differentiate(designs, conditions, rows));
        return results.stream()
                .map(result -> new ScoredGradient((double) result.get(0), (float[]) result.get(1)))
                .toList();
    }

    private List<List<Object>> differentiate(
            List<float[]> designs, List<Condition> conditions, int[] rows) {
        List<float[]> part =
                Arrays.stream(rows)
                        .mapToObj(row -> columns(designs.get(row), alphabet, told.letters()))
                        .toList();
        int length = part.get(0).length / told.letters().length();
        List<Condition> own =
                conditions.isEmpty()
                        ? List.of()
                        : Arrays.stream(rows).mapToObj(conditions::get).toList();
        List<ScoredGradient> scored =
                reward.differentiate(new RelaxedDesigns(told.letters(), length, part, own));
        List<List<Object>> results = new ArrayList<>(scored.size());
        for (ScoredGradient result : scored) {
            requireFinite(result.score());
            for (float derivative : result.gradient()) {
                requireFinite(derivative);
            }
            float[] gradient = columns(result.gradient(), told.letters(), alphabet);
            results.add(List.of(result.score(), gradient));
        }
        return results;
    }

    /**
     * Takes the columns of some letters out of those of others; a letter that is not there is 0.
     */
    private static float[] columns(float[] rows, String from, String to) {
        if (from.equals(to)) {
            return rows;
        }
        int length = rows.length / from.length();
        float[] taken = new float[length * to.length()];
        for (int k = 0; k < to.length(); k++) {
            int column = from.indexOf(to.charAt(k));
            for (int position = 0; column >= 0 && position < length; position++) {
                taken[position * to.length() + k] = rows[position * from.length() + column];
            }
        }
        return taken;
    }

    private void requireFinite(double number) {
        if (!Double.isFinite(number)) {
            throw new IllegalStateException(
                    "reward '"
                            + reward.name()
                            + "' must have finite scores and gradients of relaxed designs, got "
                            + number);
        }
    }
}
