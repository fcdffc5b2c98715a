package dev.tiller.finetune.objective;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.sampler.schedule.NoiseSchedule;
import java.util.Arrays;
import java.util.Map;

/**
 * Trains a denoiser on masked designs by any {@link TokenLoss}: each row has a time of its own, at
 * which each of its tokens is masked with the schedule's move chance. The loss is the mean over all
 * tokens, in nats per token.
 *
 * <p>Times are antithetic as in MDLM: t = (u + i) / B for row i of B, so the times of a batch are
 * spread; none is below 1e-3.
 */
public final class MaskedDenoising implements ScalarLoss {
    private static final int VALIDATION_ROWS = 256;
    private static final double SMALLEST_TIME = 1e-3;
    // a stream of its own for validation: sample ids far above those of training rows
    private static final long HELD_OUT = 1L << 40;

    /**
     * What the network is trained for.
     *
     * @param cleanTokens K; the mask is K
     * @param schedule the noise of the corruption
     * @param timeConditioning whether the network is told sigma(t) (0 otherwise)
     */
    public record Options(int cleanTokens, NoiseSchedule schedule, boolean timeConditioning) {}

    /**
     * A corrupted batch.
     *
     * @param tokens xt, int64 [B * L]
     * @param times t of each row
     */
    public record Corrupted(long[] tokens, double[] times) {}

    private final long[][] training;
    private final long[][] validation;
    private final TokenLoss loss;
    private final Options options;
    private final Randomness noise;

    /**
     * Creates the objective.
     *
     * @param training clean token rows of one length
     * @param validation clean token rows of the same length
     * @param loss what is paid for each token
     * @param options the noise
     * @param noise the only source of randomness
     */
    public MaskedDenoising(
            long[][] training,
            long[][] validation,
            TokenLoss loss,
            Options options,
            Randomness noise) {
        this.training = training;
        this.validation = validation;
        this.loss = loss;
        this.options = options;
        this.noise = noise;
    }

    @Override
    public int examples() {
        return training.length;
    }

    @Override
    public NDArray loss(Forward network, int[] batch, long step, NDManager scope) {
        long[][] rows = Arrays.stream(batch).mapToObj(i -> training[i]).toArray(long[][]::new);
        return losses(network, rows, draw(rows, 0, (int) step), step, scope).mean();
    }

    private Corrupted draw(long[][] rows, long stream, int step) {
        int length = rows[0].length;
        double[] uniforms = new double[rows.length];
        double[] masks = new double[rows.length * length];
        double[] rowMasks = new double[length];
        for (int i = 0; i < rows.length; i++) {
            uniforms[i] = noise.uniform(stream + i, step, Purpose.TRAINING_TIME, 0);
            noise.fill(stream + i, step, Purpose.TRAINING_CORRUPTION, 0, rowMasks);
            System.arraycopy(rowMasks, 0, masks, i * length, length);
        }
        return corrupt(rows, uniforms, masks);
    }

    /**
     * Corrupts clean rows.
     *
     * @param rows x0, B rows of L tokens
     * @param timeUniforms one uniform per row, for the antithetic times
     * @param maskUniforms B * L uniforms: a token is masked where its uniform is below the move
     *     chance
     * @return xt and times
     */
    public Corrupted corrupt(long[][] rows, double[] timeUniforms, double[] maskUniforms) {
        int length = rows[0].length;
        long[] tokens = new long[rows.length * length];
        double[] times = new double[rows.length];
        for (int row = 0; row < rows.length; row++) {
            double u = (timeUniforms[row] + row) / rows.length % 1.0;
            times[row] = loss.time((1 - SMALLEST_TIME) * u + SMALLEST_TIME);
            double moveChance = options.schedule().moveChance(times[row]);
            for (int position = 0; position < length; position++) {
                int i = row * length + position;
                boolean masked = maskUniforms[i] < moveChance;
                tokens[i] = masked ? options.cleanTokens() : rows[row][position];
            }
        }
        return new Corrupted(tokens, times);
    }

    /**
     * Computes the loss of each token.
     *
     * @param network the network
     * @param rows x0, B rows of L tokens
     * @param corrupted what {@link #corrupt} made of them
     * @param step the training step (for dropout), or -1 to evaluate
     * @param scope owner of all arrays made
     * @return float32 [B, L]
     */
    public NDArray losses(
            Forward network, long[][] rows, Corrupted corrupted, long step, NDManager scope) {
        Shape shape = new Shape(rows.length, rows[0].length);
        long[] flat = Arrays.stream(rows).flatMapToLong(Arrays::stream).toArray();
        NDArray x0 = scope.create(flat, shape);
        NDArray xt = scope.create(corrupted.tokens(), shape);
        TokenLoss.Denoiser denoiser =
                (tokens, times) -> network.run(new NDList(tokens, sigmas(times, scope)), step);
        return loss.of(denoiser, new TokenLoss.Batch(x0, xt, corrupted.times()));
    }

    private NDArray sigmas(double[] times, NDManager scope) {
        float[] sigmas = new float[times.length];
        for (int i = 0; i < sigmas.length && options.timeConditioning(); i++) {
            sigmas[i] = (float) options.schedule().sigma(times[i]);
            if (!Float.isFinite(sigmas[i])) {
                throw new IllegalArgumentException(
                        "schedule must have a finite sigma at every time, got "
                                + sigmas[i]
                                + " at t = "
                                + times[i]
                                + "; give "
                                + options.schedule().name()
                                + " an eps above 0, or train without time conditioning");
            }
        }
        return scope.create(sigmas);
    }

    @Override
    public Validation validate(Forward network, NDManager scope) {
        double sum = 0;
        for (int start = 0; start < validation.length; start += VALIDATION_ROWS) {
            int end = Math.min(validation.length, start + VALIDATION_ROWS);
            long[][] rows = Arrays.copyOfRange(validation, start, end);
            try (NDManager part = scope.newSubManager()) {
                Corrupted corrupted = draw(rows, HELD_OUT + start, 0);
                NDArray mean = losses(network, rows, corrupted, -1, part).mean();
                sum += mean.toFloatArray()[0] * (double) rows.length;
            }
        }
        double mean = sum / validation.length;
        return new Validation(mean, Map.of(loss.name(), mean));
    }
}
