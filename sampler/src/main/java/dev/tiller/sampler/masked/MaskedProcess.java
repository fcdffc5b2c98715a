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
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * What all masked processes share: the prior of masks, the denoiser call, and clean designs from
 * the posterior. A state has one array: tokens, int64 [B, L], the mask being K.
 *
 * <p>A prediction row holds log p(x0 = k | xt), float32 [L * K].
 */
abstract class MaskedProcess implements ReverseProcess, Remasking {
    private final Denoiser denoiser;
    private final Layouts layouts;
    private final int length;
    private final NDManager devices;
    private final NoiseRemoval noiseRemoval;
    private final CompiledConstraints constraints;
    private final Optional<DifferentiablePrediction> gradient;

    /** The constraints may be null. */
    MaskedProcess(
            Denoiser denoiser,
            Layouts layouts,
            NDManager devices,
            NoiseRemoval noiseRemoval,
            CompiledConstraints constraints) {
        if (constraints != null) {
            requireFit(constraints, denoiser.cleanTokens(), layouts);
        }
        this.denoiser = denoiser;
        this.layouts = layouts;
        this.length = layouts.length();
        this.devices = devices;
        this.noiseRemoval = noiseRemoval;
        this.constraints = constraints;
        this.gradient =
                layouts.haveTies()
                        ? Optional.empty()
                        : denoiser.differentiable()
                                .map(d -> new MaskedGradient(d, layouts, devices, this::times));
    }

    private static void requireFit(CompiledConstraints constraints, int letters, Layouts layouts) {
        if (!layouts.areFree()) {
            throw new IllegalArgumentException(
                    "constraints must be of designs that are given nothing else; fix letters by the"
                            + " layout or by the constraints, not by both");
        }
        int length = layouts.length();
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
        return constraints == null ? layouts.freePositions() : constraints.freePositions();
    }

    /** Returns the layout of a sample. */
    final Layout layout(long sampleId) {
        return layouts.of(sampleId);
    }

    /** Returns the number of positions of a sample that are masked in the prior. */
    final int free(long sampleId) {
        return constraints == null ? layout(sampleId).freePositions() : freePositions();
    }

    private boolean isFree(Layout layout, int position) {
        return layout.isFree(position)
                && (constraints == null || constraints.fixedToken(position) < 0);
    }

    @Override
    public final State prior(long[] sampleIds, int[] chains, Randomness noise, NDManager manager) {
        long[] tokens = new long[sampleIds.length * length];
        for (int row = 0; row < sampleIds.length; row++) {
            Layout layout = layout(sampleIds[row]);
            for (int position = 0; position < layout.length(); position++) {
                tokens[row * length + position] =
                        isFree(layout, position) ? cleanTokens() : fixed(layout, position);
            }
        }
        return TokenRows.create(tokens, sampleIds, chains, manager);
    }

    private long fixed(Layout layout, int position) {
        return constraints == null ? layout.given(position) : constraints.fixedToken(position);
    }

    @Override
    public final Prediction predict(State x, int index, Ledger ledger, Randomness noise) {
        long[] tokens = TokenRows.of(x);
        double[] times = times(x, index, noise);
        return new Prediction(
                ledger.evaluate(
                        Ledger.Account.DENOISER,
                        denoiser,
                        keys(x, times),
                        rows -> evaluate(x, tokens, times, rows)));
    }

    /** Keys of the rows of a network call. */
    private List<Object> keys(State x, double[] times) {
        List<Object> keys = x.rowKeys();
        if (denoiser.dependsOnTime()) {
            keys = with(keys, row -> times[row]);
        }
        if (layouts.areConditional()) {
            int[] conditions = layouts.conditions(x);
            keys = with(keys, row -> conditions[row]);
        }
        return keys;
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

    private static List<Object> with(List<Object> keys, IntFunction<Object> more) {
        List<Object> all = new ArrayList<>(keys.size());
        for (int row = 0; row < keys.size(); row++) {
            all.add(List.of(keys.get(row), more.apply(row)));
        }
        return all;
    }

    private List<float[]> evaluate(State x, long[] tokens, double[] times, int[] rows) {
        double[] rowTimes = Arrays.stream(rows).mapToDouble(row -> times[row]).toArray();
        int[] all = layouts.conditions(x);
        int[] conditions = Arrays.stream(rows).map(row -> all[row]).toArray();
        try (NDManager scope = devices.newSubManager()) {
            NDArray xt = TokenRows.upload(tokens, length, rows, scope);
            NDArray logPosterior = denoiser.given(conditions).logPosterior(xt, rowTimes);
            requireShape(new Shape(rows.length, length, cleanTokens()), logPosterior.getShape());
            float[] values = logPosterior.toFloatArray();
            int width = values.length / rows.length;
            List<float[]> results = new ArrayList<>(rows.length);
            for (int i = 0; i < rows.length; i++) {
                float[] row = Arrays.copyOfRange(values, i * width, (i + 1) * width);
                requireFinite(row, rowTimes[i]);
                layout(x.sampleId(rows[i])).tie(row, cleanTokens());
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
                    int leader = layout(x.sampleId(row)).leaderOf(position);
                    return Categorical.drawWithGumbel(logWeights, gumbels, leader * letters);
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
            Layout layout = layout(x0.sampleId(row));
            noise.fill(x0.sampleId(row), index, Purpose.CORRUPTION, x0.chain(row), uniforms);
            for (int position = 0; position < length; position++) {
                if (uniforms[layout.leaderOf(position)] < share && isFree(layout, position)) {
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
            Layout layout = layout(x0.sampleId(row));
            boolean[] masked = new boolean[length];
            IntStream.range(0, length)
                    .filter(i -> isFree(layout, i) && layout.leaderOf(i) == i)
                    .boxed()
                    .sorted(Comparator.comparingDouble(position -> uniforms[position]))
                    .limit(Math.min(letters, free(x0.sampleId(row))))
                    .forEach(position -> masked[position] = true);
            for (int position = 0; position < length; position++) {
                if (masked[layout.leaderOf(position)]) {
                    tokens[offset + position] = cleanTokens();
                }
            }
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
