package dev.tiller.sampler.masked;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.Denoiser;
import dev.tiller.sampler.DifferentiablePrediction;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Prediction;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.sampler.Remasking;
import dev.tiller.sampler.ReverseProcess;
import dev.tiller.sampler.State;
import dev.tiller.sampler.constraint.CompiledConstraints;
import dev.tiller.sampler.numerics.Categorical;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What all masked processes share: the prior of masks, the denoiser call, and clean designs from
 * the posterior. A state has one array: tokens, int64 [B, L], the mask being K.
 *
 * <p>A prediction row holds log p(x0 = k | xt), float32 [L * K].
 */
abstract class MaskedProcess implements ReverseProcess, Remasking {
    private final Denoiser denoiser;
    private final int length;
    private final NDManager devices;
    private final NoiseRemoval noiseRemoval;
    private final CompiledConstraints constraints;
    private final Optional<DifferentiablePrediction> gradient;

    /** The constraints may be null. */
    MaskedProcess(
            Denoiser denoiser,
            int length,
            NDManager devices,
            NoiseRemoval noiseRemoval,
            CompiledConstraints constraints) {
        if (length < 1) {
            throw new IllegalArgumentException("length must be at least 1, got " + length);
        }
        if (constraints != null) {
            requireFit(constraints, denoiser.cleanTokens(), length);
        }
        this.denoiser = denoiser;
        this.length = length;
        this.devices = devices;
        this.noiseRemoval = noiseRemoval;
        this.constraints = constraints;
        this.gradient =
                denoiser.differentiable()
                        .map(d -> new MaskedGradient(d, length, devices, this::times));
    }

    private static void requireFit(CompiledConstraints constraints, int letters, int length) {
        if (constraints.letters() != letters || constraints.length() != length) {
            throw new IllegalArgumentException(
                    "constraints must be compiled for "
                            + length
                            + " positions and "
                            + letters
                            + " letters, got "
                            + constraints.length()
                            + " and "
                            + constraints.letters());
        }
    }

    /** Returns the time at which a row's network call is made. */
    abstract double time(int index, long sampleId, int chain, Randomness noise);

    final int length() {
        return length;
    }

    final int cleanTokens() {
        return denoiser.cleanTokens();
    }

    /** Returns what the designs must satisfy, or null. */
    final CompiledConstraints constraints() {
        return constraints;
    }

    /** Returns the number of positions that are masked in the prior. */
    @Override
    public final int freePositions() {
        return constraints == null ? length : constraints.freePositions();
    }

    private boolean isFixed(int position) {
        return constraints != null && constraints.fixedToken(position) >= 0;
    }

    @Override
    public final State prior(long[] sampleIds, int[] chains, Randomness noise, NDManager manager) {
        long[] tokens = new long[sampleIds.length * length];
        Arrays.fill(tokens, cleanTokens());
        if (constraints != null) {
            Arrays.setAll(
                    tokens,
                    i -> isFixed(i % length) ? constraints.fixedToken(i % length) : tokens[i]);
        }
        return TokenRows.create(tokens, sampleIds, chains, manager);
    }

    @Override
    public final Prediction predict(State x, int index, Ledger ledger, Randomness noise) {
        long[] tokens = TokenRows.of(x);
        double[] times = times(x, index, noise);
        List<Object> keys = x.rowKeys();
        if (denoiser.dependsOnTime()) {
            keys = withTimes(keys, times);
        }
        return new Prediction(
                ledger.evaluate(
                        Ledger.Account.DENOISER,
                        denoiser,
                        keys,
                        rows -> evaluate(tokens, times, rows)));
    }

    private double[] times(State x, int index, Randomness noise) {
        double[] times = new double[x.rows()];
        Arrays.setAll(times, row -> time(index, x.sampleId(row), x.chain(row), noise));
        return times;
    }

    @Override
    public final Optional<DifferentiablePrediction> differentiable() {
        return gradient;
    }

    private static List<Object> withTimes(List<Object> keys, double[] times) {
        List<Object> timed = new ArrayList<>(keys.size());
        for (int row = 0; row < times.length; row++) {
            timed.add(List.of(keys.get(row), times[row]));
        }
        return timed;
    }

    private List<float[]> evaluate(long[] tokens, double[] times, int[] rows) {
        double[] rowTimes = Arrays.stream(rows).mapToDouble(row -> times[row]).toArray();
        try (NDManager scope = devices.newSubManager()) {
            NDArray xt = TokenRows.upload(tokens, length, rows, scope);
            NDArray logPosterior = denoiser.logPosterior(xt, rowTimes);
            requireShape(new Shape(rows.length, length, cleanTokens()), logPosterior.getShape());
            float[] all = logPosterior.toFloatArray();
            int width = all.length / rows.length;
            List<float[]> results = new ArrayList<>(rows.length);
            for (int i = 0; i < rows.length; i++) {
                float[] row = Arrays.copyOfRange(all, i * width, (i + 1) * width);
                requireFinite(row, rowTimes[i]);
                results.add(row);
            }
            return results;
        }
    }

    private static void requireShape(Shape expected, Shape actual) {
        if (!expected.equals(actual)) {
            throw new IllegalStateException(
                    "the denoiser must return shape " + expected + ", got " + actual);
        }
    }

    private static void requireFinite(float[] row, double t) {
        for (float value : row) {
            if (Float.isNaN(value) || value == Float.POSITIVE_INFINITY) {
                throw new IllegalStateException(
                        "the denoiser must return log-probabilities, got "
                                + value
                                + " at t = "
                                + t);
            }
        }
    }

    @Override
    public final State posteriorMode(State x, Prediction prediction, int index, NDManager manager) {
        if (constraints != null) {
            return new Completions(constraints).mode(x, prediction, manager);
        }
        int letters = cleanTokens();
        return fillMasks(
                x,
                manager,
                (row, position) ->
                        Categorical.argMax(prediction.row(row), position * letters, letters));
    }

    @Override
    public final State posteriorDraw(
            State x,
            Prediction prediction,
            int index,
            int draw,
            Randomness noise,
            NDManager manager) {
        return draw(
                x,
                prediction,
                new RowNoise() {
                    @Override
                    public void fill(int row, double[] out) {
                        noise.fill(x.sampleId(row), index, Purpose.POSTERIOR, draw, out);
                    }

                    @Override
                    public boolean sharedBy(int row, int other) {
                        return x.sampleId(row) == x.sampleId(other);
                    }
                },
                manager);
    }

    /** The random numbers of each row. */
    interface RowNoise {
        void fill(int row, double[] out);

        /** Whether two rows have the same noise; most candidates of a sample do. */
        default boolean sharedBy(int row, int other) {
            return row == other;
        }
    }

    private State draw(State x, Prediction prediction, RowNoise noise, NDManager manager) {
        if (constraints != null) {
            return new Completions(constraints).draw(x, prediction, noise, manager);
        }
        int letters = cleanTokens();
        double[] gumbels = new double[length * letters];
        double[] logWeights = new double[letters];
        int[] filled = {-1};
        return fillMasks(
                x,
                manager,
                (row, position) -> {
                    if (filled[0] < 0 || !noise.sharedBy(row, filled[0])) {
                        noise.fill(row, gumbels);
                        Categorical.toGumbel(gumbels);
                    }
                    filled[0] = row;
                    float[] logPosterior = prediction.row(row);
                    for (int k = 0; k < letters; k++) {
                        logWeights[k] = logPosterior[position * letters + k];
                    }
                    return Categorical.drawWithGumbel(logWeights, gumbels, position * letters);
                });
    }

    private interface Letter {
        int at(int row, int position);
    }

    private State fillMasks(State x, NDManager manager, Letter letter) {
        long[] tokens = TokenRows.of(x);
        for (int i = 0; i < tokens.length; i++) {
            if (tokens[i] == cleanTokens()) {
                tokens[i] = letter.at(i / length, i % length);
            }
        }
        return TokenRows.like(x, tokens, manager);
    }

    @Override
    public State corrupt(State x0, int index, Randomness noise, NDManager manager) {
        double share = maskedShare(index);
        long[] tokens = tokensOf(x0);
        double[] uniforms = new double[length];
        for (int row = 0; row < x0.rows(); row++) {
            requireSatisfied(tokens, row);
            noise.fill(x0.sampleId(row), index, Purpose.CORRUPTION, x0.chain(row), uniforms);
            for (int position = 0; position < length; position++) {
                if (uniforms[position] < share && !isFixed(position)) {
                    tokens[row * length + position] = cleanTokens();
                }
            }
        }
        return TokenRows.like(x0, tokens, manager);
    }

    private void requireSatisfied(long[] tokens, int row) {
        String violation = constraints == null ? null : constraints.violation(tokens, row * length);
        if (violation != null) {
            throw new IllegalArgumentException(
                    "designs to noise again must satisfy the constraints, got one in row "
                            + row
                            + " that "
                            + violation);
        }
    }

    @Override
    public final State remask(State x0, int letters, Randomness noise, NDManager manager) {
        if (letters < 0 || letters > freePositions()) {
            throw new IllegalArgumentException(
                    "letters must be in [0, " + freePositions() + "], got " + letters);
        }
        long[] tokens = tokensOf(x0);
        double[] uniforms = new double[length];
        for (int row = 0; row < x0.rows(); row++) {
            requireSatisfied(tokens, row);
            noise.fill(x0.sampleId(row), letters, Purpose.CORRUPTION, x0.chain(row), uniforms);
            int offset = row * length;
            IntStream.range(0, length)
                    .filter(position -> !isFixed(position))
                    .boxed()
                    .sorted(Comparator.comparingDouble(position -> uniforms[position]))
                    .limit(letters)
                    .forEach(position -> tokens[offset + position] = cleanTokens());
        }
        return TokenRows.like(x0, tokens, manager);
    }

    /** Returns the tokens of designs that may come from elsewhere. */
    private long[] tokensOf(State x0) {
        Shape shape = x0.array(0).getShape();
        if (shape.dimension() != 2 || shape.get(1) != length) {
            throw new IllegalArgumentException(
                    "designs must have " + length + " letters, got shape " + shape);
        }
        long[] tokens = TokenRows.of(x0);
        for (long token : tokens) {
            if (token < 0 || token > cleanTokens()) {
                throw new IllegalArgumentException(
                        "tokens of designs must be in [0, "
                                + cleanTokens()
                                + "], the last being the mask, got "
                                + token);
            }
        }
        return tokens;
    }

    @Override
    public final State finish(State x, Ledger ledger, Randomness noise, NDManager manager) {
        Prediction prediction = predict(x, steps(), ledger, noise);
        if (noiseRemoval == NoiseRemoval.MODE) {
            return posteriorMode(x, prediction, steps(), manager);
        }
        return draw(
                x,
                prediction,
                (row, out) ->
                        noise.fill(
                                x.sampleId(row), steps(), Purpose.NOISE_REMOVAL, x.chain(row), out),
                manager);
    }
}
