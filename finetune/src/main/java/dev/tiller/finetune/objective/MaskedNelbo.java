package dev.tiller.finetune.objective;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.sampler.masked.Subs;
import dev.tiller.sampler.schedule.NoiseSchedule;
import java.util.Arrays;
import java.util.Map;

/**
 * The negative evidence lower bound of masked diffusion (MDLM, Sahoo et al. 2024, equation 10): the
 * cross-entropy of the masked tokens, weighted by sigma'(t) / (exp(sigma(t)) - 1) and averaged over
 * all tokens, in nats per token.
 */
public final class MaskedNelbo implements ScalarLoss {
    private static final int VALIDATION_ROWS = 256;

    /** How training times are drawn. */
    public enum TimeSampling {
        /** One per stratum: t = (u + i) / B for row i of B, so the times of a batch are spread. */
        ANTITHETIC,
        /** Antithetic, then mapped so that all times weigh the same. */
        IMPORTANCE,
        /** As importance, by changing the variable of integration to log(1 - exp(-sigma)). */
        CHANGE_OF_VARIABLES
    }

    /**
     * A corrupted batch.
     *
     * @param tokens xt, int64 [B * L]
     * @param times t of each row
     * @param weights the loss weight of each row
     */
    public record Corrupted(long[] tokens, double[] times, double[] weights) {}

    private static final double SMALLEST_TIME = 1e-3;

    private final long[][] training;
    private final long[][] validation;
    private final int cleanTokens;
    private final NoiseSchedule schedule;
    private final TimeSampling sampling;
    private final boolean timeConditioning;
    private final Randomness noise;
    private final ClassLabels labels;

    /**
     * Creates the objective.
     *
     * @param training clean token rows of one length
     * @param validation clean token rows of the same length
     * @param cleanTokens K; the mask is K
     * @param schedule the noise schedule
     * @param sampling how times are drawn
     * @param timeConditioning whether the network is told sigma(t) (0 otherwise)
     * @param noise the only source of randomness
     */
    public MaskedNelbo(
            long[][] training,
            long[][] validation,
            int cleanTokens,
            NoiseSchedule schedule,
            TimeSampling sampling,
            boolean timeConditioning,
            Randomness noise) {
        this.training = training;
        this.validation = validation;
        this.cleanTokens = cleanTokens;
        this.schedule = schedule;
        this.sampling = sampling;
        this.timeConditioning = timeConditioning;
        this.noise = noise;
        this.labels = null;
    }

    private MaskedNelbo(MaskedNelbo other, ClassLabels labels) {
        this.training = other.training;
        this.validation = other.validation;
        this.cleanTokens = other.cleanTokens;
        this.schedule = other.schedule;
        this.sampling = other.sampling;
        this.timeConditioning = other.timeConditioning;
        this.noise = other.noise;
        this.labels = labels;
    }

    /**
     * Returns the same objective for a network that is told the class of each row, int64 [B], as
     * its third input. Training drops classes; validation does not.
     *
     * @param classes the classes of the rows
     * @return the objective with classes
     */
    public MaskedNelbo withClasses(ClassLabels classes) {
        if (classes.training().length != training.length
                || classes.validation().length != validation.length) {
            throw new IllegalArgumentException(
                    "classes must be as many as the rows, "
                            + training.length
                            + " and "
                            + validation.length
                            + ", got "
                            + classes.training().length
                            + " and "
                            + classes.validation().length);
        }
        return new MaskedNelbo(this, classes);
    }

    @Override
    public int examples() {
        return training.length;
    }

    @Override
    public NDArray loss(Forward network, int[] batch, long step, NDManager scope) {
        long[][] rows = Arrays.stream(batch).mapToObj(i -> training[i]).toArray(long[][]::new);
        long[] shown = labels == null ? null : labels.shown(batch, step, noise);
        return loss(told(network, shown), rows, 0, (int) step, scope);
    }

    /** Tells the network the class of each row, if there are classes. */
    private static Forward told(Forward network, long[] shown) {
        if (shown == null) {
            return network;
        }
        return (inputs, step) -> {
            NDList all = new NDList(inputs);
            all.add(inputs.head().getManager().create(shown));
            return network.run(all, step);
        };
    }

    private NDArray loss(Forward network, long[][] rows, long stream, int step, NDManager scope) {
        int length = rows[0].length;
        double[] uniforms = new double[rows.length];
        for (int i = 0; i < rows.length; i++) {
            uniforms[i] = noise.uniform(stream + i, step, Purpose.TRAINING_TIME, 0);
        }
        double[] masks = new double[rows.length * length];
        double[] rowMasks = new double[length];
        for (int i = 0; i < rows.length; i++) {
            noise.fill(stream + i, step, Purpose.TRAINING_CORRUPTION, 0, rowMasks);
            System.arraycopy(rowMasks, 0, masks, i * length, length);
        }
        Corrupted corrupted = corrupt(rows, uniforms, masks);
        NDArray xt = scope.create(corrupted.tokens(), new Shape(rows.length, length));
        NDArray logits = network.run(new NDList(xt, sigmas(corrupted, scope)), step);
        long[] flat = Arrays.stream(rows).flatMapToLong(Arrays::stream).toArray();
        NDArray x0 = scope.create(flat, new Shape(rows.length, length));
        return weightedCrossEntropy(logits, x0, xt, corrupted.weights(), cleanTokens).mean();
    }

    private NDArray sigmas(Corrupted corrupted, NDManager scope) {
        float[] sigma = new float[corrupted.times().length];
        for (int i = 0; i < sigma.length && timeConditioning; i++) {
            sigma[i] = (float) schedule.sigma(corrupted.times()[i]);
        }
        return scope.create(sigma);
    }

    /**
     * Corrupts clean rows.
     *
     * @param rows x0, B rows of L tokens
     * @param timeUniforms one uniform per row, for the antithetic times
     * @param maskUniforms B * L uniforms: a token is masked where its uniform is below the move
     *     chance
     * @return xt, times and loss weights
     */
    public Corrupted corrupt(long[][] rows, double[] timeUniforms, double[] maskUniforms) {
        int length = rows[0].length;
        long[] tokens = new long[rows.length * length];
        double[] times = new double[rows.length];
        double[] weights = new double[rows.length];
        for (int row = 0; row < rows.length; row++) {
            double u = (timeUniforms[row] + row) / rows.length % 1.0;
            double t = (1 - SMALLEST_TIME) * u + SMALLEST_TIME;
            double moveChance = moveChance(t);
            times[row] = sampling == TimeSampling.IMPORTANCE ? schedule.importanceTime(t) : t;
            weights[row] = weight(times[row]);
            for (int position = 0; position < length; position++) {
                int i = row * length + position;
                tokens[i] = maskUniforms[i] < moveChance ? cleanTokens : rows[row][position];
            }
        }
        return new Corrupted(tokens, times, weights);
    }

    private double moveChance(double t) {
        return switch (sampling) {
            case ANTITHETIC -> schedule.moveChance(t);
            case IMPORTANCE -> schedule.moveChance(schedule.importanceTime(t));
            case CHANGE_OF_VARIABLES -> {
                double atOne = logMasked(schedule.sigma(1));
                double atZero = logMasked(schedule.smallestSigma());
                yield StrictMath.exp(atZero + t * (atOne - atZero));
            }
        };
    }

    private static double logMasked(double sigma) {
        return StrictMath.log1p(-StrictMath.exp(-sigma));
    }

    private double weight(double t) {
        return sampling == TimeSampling.ANTITHETIC
                ? schedule.rate(t) / StrictMath.expm1(schedule.sigma(t))
                : -logMasked(schedule.smallestSigma());
    }

    /**
     * Computes the loss of each token.
     *
     * @param logits the network's output, float32 [B, L, V], V &gt;= K
     * @param x0 clean tokens, int64 [B, L]
     * @param xt corrupted tokens, int64 [B, L]
     * @param weights the loss weight of each row, [B]
     * @param cleanTokens K
     * @return float32 [B, L], 0 where xt is not masked (SUBS: clean tokens are carried over), owned
     *     by the manager of {@code logits}
     */
    public static NDArray weightedCrossEntropy(
            NDArray logits, NDArray x0, NDArray xt, double[] weights, int cleanTokens) {
        NDManager manager = logits.getManager();
        float[] rowWeights = new float[weights.length];
        for (int i = 0; i < weights.length; i++) {
            rowWeights[i] = (float) -weights[i];
        }
        NDArray logPosterior = Subs.logPosterior(logits, cleanTokens);
        NDArray picked = logPosterior.gather(x0.expandDims(-1), 2).squeeze(-1);
        NDArray masked = xt.eq(cleanTokens).toType(picked.getDataType(), false);
        NDArray scale = manager.create(rowWeights, new Shape(weights.length, 1));
        return picked.mul(masked).mul(scale);
    }

    @Override
    public Validation validate(Forward network, NDManager scope) {
        double sum = 0;
        for (int start = 0; start < validation.length; start += VALIDATION_ROWS) {
            int end = Math.min(validation.length, start + VALIDATION_ROWS);
            long[][] rows = Arrays.copyOfRange(validation, start, end);
            try (NDManager part = scope.newSubManager()) {
                // a stream of its own for validation: sample ids far above those of training rows
                long stream = (1L << 40) + start;
                long[] shown =
                        labels == null ? null : Arrays.copyOfRange(labels.validation(), start, end);
                Forward evaluated = told((in, step) -> network.run(in, -1), shown);
                double mean = loss(evaluated, rows, stream, 0, part).toFloatArray()[0];
                sum += mean * rows.length;
            }
        }
        double nelbo = sum / validation.length;
        return new Validation(nelbo, Map.of("nelbo", nelbo));
    }
}
