package dev.tiller.cli.parity;

import dev.tiller.guidance.DifferentiableValue;
import dev.tiller.sampler.Guidance;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Prediction;
import dev.tiller.sampler.Proposal;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.sampler.State;
import dev.tiller.sampler.masked.MaskedDiffusion;
import dev.tiller.sampler.parity.ParityCase;
import java.util.ArrayList;
import java.util.List;

/**
 * One reverse step of a case with a guiding value, and the numbers that the reference has of it.
 */
final class GuidedStep {
    /** The reference differs by 2e-6 between one and two threads. */
    static final double TOLERANCE = 5e-5;

    private static final int LETTERS = ReferenceModel.LETTERS;
    private static final Randomness NO_NOISE = new Philox(0);

    private final ParityCase parity;
    private final ReferenceModel model;
    private final MaskedDiffusion process;
    private final DifferentiableValue value;
    private final State x;
    private final Prediction prediction;
    private final double t;
    private final double s;

    /** The recorded step. */
    GuidedStep(
            ParityCase parity,
            ReferenceModel model,
            MaskedDiffusion process,
            DifferentiableValue value) {
        this(
                parity,
                model,
                process,
                value,
                parity.longs("in.x"),
                parity.floats("in.t")[0],
                parity.floats("in.t")[0] - parity.config().get("dt").asDouble());
    }

    /** A step from {@code t} to {@code s}. */
    GuidedStep(
            ParityCase parity,
            ReferenceModel model,
            MaskedDiffusion process,
            DifferentiableValue value,
            long[] tokens,
            double t,
            double s) {
        this.parity = parity;
        this.model = model;
        this.process = process;
        this.value = value;
        this.x = model.state(tokens);
        this.prediction = process.predict(x, 0, model.ledger, NO_NOISE);
        this.t = t;
        this.s = s;
    }

    State x() {
        return x;
    }

    Proposal transition() {
        return process.transition(x, prediction, t, s, 0);
    }

    List<float[]> gradient() {
        return value.gradient(x, 0, model.ledger, NO_NOISE);
    }

    /** The gradient of the mean over the batch, its first columns. */
    void requireGradient(String name, int columns) {
        float[] mean = new float[model.rows * model.length * columns];
        List<float[]> rows = gradient();
        for (int i = 0; i < mean.length; i++) {
            int position = i / columns;
            float[] row = rows.get(position / model.length);
            int at = position % model.length * (LETTERS + 1) + i % columns;
            mean[i] = row[at] / model.rows;
        }
        double worst = parity.requireClose(name, mean, TOLERANCE);
        System.err.printf("%s %s: %.1e%n", parity, name, worst);
    }

    void requireValues(String name) {
        double[] values = value.estimate(x, 0, model.ledger, NO_NOISE);
        float[] rounded = new float[values.length];
        for (int row = 0; row < values.length; row++) {
            rounded[row] = (float) values[row];
        }
        parity.requireClose(name, rounded, TOLERANCE);
    }

    List<float[]> noTilt() {
        List<float[]> rows = new ArrayList<>();
        for (int row = 0; row < x.rows(); row++) {
            rows.add(new float[model.length * (LETTERS + 1)]);
        }
        return rows;
    }

    /** Compares the tilted weights where the state is masked; elsewhere they decide nothing. */
    List<float[]> requireTilt(Guidance guidance, String name) {
        List<float[]> tilt = guidance.tilt(x, prediction, 0, model.ledger, NO_NOISE);
        requireAtMasks(name, weights(tilt));
        return tilt;
    }

    /** Compares weights [B, L, K + 1] at masked positions. */
    void requireAtMasks(String name, float[] weights) {
        float[] expected = parity.floats(name);
        float[] compared = weights.clone();
        long[] tokens = x.array(0).toLongArray();
        for (int i = 0; i < weights.length; i++) {
            boolean masked = tokens[i / (LETTERS + 1)] == LETTERS;
            compared[i] = masked ? weights[i] : expected[i];
        }
        double worst = parity.requireClose(name, compared, TOLERANCE);
        System.err.printf("%s %s: %.1e%n", parity, name, worst);
    }

    /** p (m(t) - m(s)) exp(g) of the letters and m(s) exp(g) of the mask, [B, L, K + 1]. */
    private float[] weights(List<float[]> tilt) {
        double atT = model.schedule.moveChance(t);
        double atS = model.schedule.moveChance(s);
        float[] weights = new float[x.rows() * model.length * (LETTERS + 1)];
        for (int i = 0; i < weights.length; i++) {
            int k = i % (LETTERS + 1);
            int position = i / (LETTERS + 1) % model.length;
            int row = i / (LETTERS + 1) / model.length;
            double plain =
                    k == LETTERS
                            ? atS
                            : Math.exp(prediction.row(row)[position * LETTERS + k]) * (atT - atS);
            double g = tilt.get(row)[position * (LETTERS + 1) + k];
            weights[i] = (float) (plain * Math.exp(g));
        }
        return weights;
    }

    /** Weights plus scale times the gradient of the mean, zero for the mask. */
    float[] movedWeights() {
        float[] weights = weights(noTilt());
        double scale = parity.config().get("scale").asDouble() / model.rows;
        List<float[]> gradient = gradient();
        int width = model.length * (LETTERS + 1);
        for (int i = 0; i < weights.length; i++) {
            boolean letter = i % (LETTERS + 1) < LETTERS;
            weights[i] += letter ? (float) (scale * gradient.get(i / width)[i % width]) : 0;
        }
        return weights;
    }

    /** The largest of weight / exponential noise, where the state is masked. */
    long[] race(float[] weights, Randomness noise, int step) {
        long[] tokens = x.array(0).toLongArray();
        double[] uniforms = new double[model.length * (LETTERS + 1)];
        for (int i = 0; i < tokens.length; i++) {
            if (i % model.length == 0) {
                noise.fill(i / model.length, step, Purpose.PROPOSAL, 0, uniforms);
            }
            if (tokens[i] == LETTERS) {
                int best = 0;
                double highest = Double.NEGATIVE_INFINITY;
                for (int k = 0; k <= LETTERS; k++) {
                    double u = uniforms[i % model.length * (LETTERS + 1) + k];
                    double score = weights[i * (LETTERS + 1) + k] / (1e-10 - Math.log(u + 1e-10));
                    best = score > highest ? k : best;
                    highest = Math.max(highest, score);
                }
                tokens[i] = best;
            }
        }
        return tokens;
    }
}
