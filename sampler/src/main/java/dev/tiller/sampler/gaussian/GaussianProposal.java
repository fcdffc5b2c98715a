package dev.tiller.sampler.gaussian;

import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.Proposal;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.sampler.State;
import java.util.Arrays;
import java.util.List;

/**
 * A Gaussian transition with independent coordinates. Means and variances are float64; a draw is
 * rounded to float32.
 *
 * <p>The coordinates of a tilt are those of the full arrays: the number of a pair has two places
 * and is tilted by the sum of both.
 */
final class GaussianProposal implements Proposal {
    /**
     * What one half-step does to each component.
     *
     * @param index its number, part of the address of its randomness
     * @param parts how many normals each coordinate is drawn from
     * @param corrects whether it includes a correction, so that |z| / |g| matters
     * @param batch whether that ratio is the batch's
     * @param rule the transition of a component, given |z|^2 / |g|^2
     */
    record HalfStep(int index, int parts, boolean corrects, boolean batch, Rule rule) {
        @FunctionalInterface
        interface Rule {
            Coefficients of(int component, double ratio);
        }

        boolean dependsOnBatch() {
            return corrects && batch;
        }
    }

    private final StateRows x;
    private final double[][] scores;
    private final HalfStep step;
    private final List<float[]> tilt;

    /**
     * Creates the transition.
     *
     * @param scores the score at each free coordinate of each row
     * @param tilt the rows of a tilt, or null
     */
    GaussianProposal(StateRows x, double[][] scores, HalfStep step, List<float[]> tilt) {
        this.x = x;
        this.scores = scores;
        this.step = step;
        this.tilt = tilt;
    }

    @Override
    public State draw(int candidates, Randomness noise, NDManager manager) {
        double[] batch = step.dependsOnBatch() ? batchRatios(candidates, noise) : null;
        float[][] drawn = new float[x.count() * candidates][];
        Coefficients[] coefficients = null;
        for (int i = 0; i < drawn.length; i++) {
            int row = i / candidates;
            if (i % candidates == 0) {
                coefficients = coefficients(row, batch);
            }
            double[] normals = normals(row, candidates, i % candidates, noise);
            drawn[i] = move(row, coefficients, normals);
        }
        return x.create(drawn, candidates, manager);
    }

    /**
     * Takes the last step, which leaves out the last part of the noise.
     *
     * @param noise needed by steps of several parts alone
     */
    State last(Randomness noise, NDManager manager) {
        boolean random = step.parts() > 1;
        double[] batch = step.dependsOnBatch() ? batchRatios(1, noise) : null;
        float[][] rows = new float[x.count()][];
        for (int row = 0; row < rows.length; row++) {
            Coefficients[] coefficients = coefficients(row, batch);
            Arrays.setAll(coefficients, c -> coefficients[c].denoised());
            double[] normals =
                    random ? normals(row, 1, 0, noise) : new double[x.entries(row).count()];
            rows[row] = move(row, coefficients, normals);
        }
        return x.create(rows, 1, manager);
    }

    private double[] normals(int row, int candidates, int candidate, Randomness noise) {
        int number = x.chain(row) * candidates + candidate;
        return x.normals(row, step.parts(), step.index(), Purpose.PROPOSAL, number, noise);
    }

    private float[] move(int row, Coefficients[] coefficients, double[] normals) {
        Entries entries = x.entries(row);
        float[] from = x.row(row);
        float[] to = new float[from.length];
        for (int c = 0; c < coefficients.length; c++) {
            double[] noise = coefficients[c].noise();
            double variance = tilt == null ? 0 : coefficients[c].variance();
            for (int e = entries.start(c); e < entries.ends()[c]; e++) {
                double value = mean(row, coefficients[c], variance, e);
                for (int part = 0; part < noise.length; part++) {
                    value += noise[part] * normals[part * entries.count() + e];
                }
                entries.put(to, e, (float) value);
            }
        }
        return to;
    }

    private double mean(int row, Coefficients coefficients, double variance, int entry) {
        double own = x.row(row)[x.entries(row).coordinates()[entry]];
        double mean = coefficients.state() * own + coefficients.score() * scores[row][entry];
        return tilt == null ? mean : mean + variance * x.entries(row).sum(tilt.get(row), entry);
    }

    private Coefficients[] coefficients(int row, double[] batch) {
        Coefficients[] all = new Coefficients[x.entries(row).ends().length];
        Arrays.setAll(
                all,
                c -> {
                    double ratio = 0;
                    if (step.corrects()) {
                        ratio = batch == null ? rowRatio(row, c) : batch[c];
                    }
                    return step.rule().of(c, ratio);
                });
        return all;
    }

    private double rowRatio(int row, int component) {
        Entries entries = x.entries(row);
        double count = 0;
        for (int e = entries.start(component); e < entries.ends()[component]; e++) {
            count += entries.multiplicity(e);
        }
        // infinite for a score of 0
        return count == 0 ? 0 : count / squaredNorm(row, component, scores[row]);
    }

    /** Returns the squared norm of a full array, given its free coordinates. */
    private double squaredNorm(int row, int component, double[] numbers) {
        Entries entries = x.entries(row);
        double sum = 0;
        for (int e = entries.start(component); e < entries.ends()[component]; e++) {
            sum += entries.multiplicity(e) * numbers[e] * numbers[e];
        }
        return sum;
    }

    /** The squared ratio of the mean norms over the batch; the corrector's noise is part 0. */
    private double[] batchRatios(int candidates, Randomness noise) {
        int components = x.count() == 0 ? 0 : x.entries(0).ends().length;
        double[] drawn = new double[components];
        double[] known = new double[components];
        for (int row = 0; row < x.count(); row++) {
            for (int m = 0; m < candidates; m++) {
                double[] normals = normals(row, candidates, m, noise);
                for (int c = 0; c < components; c++) {
                    drawn[c] += StrictMath.sqrt(squaredNorm(row, c, normals)) / candidates;
                }
            }
            for (int c = 0; c < components; c++) {
                known[c] += StrictMath.sqrt(squaredNorm(row, c, scores[row]));
            }
        }
        double[] ratios = new double[components];
        Arrays.setAll(ratios, c -> known[c] == 0 ? 0 : drawn[c] * drawn[c] / (known[c] * known[c]));
        return ratios;
    }

    @Override
    public Proposal tilted(List<float[]> rows) {
        requireDensity();
        if (rows.size() != x.count()) {
            throw new IllegalArgumentException(
                    "tilt must have one row for each of the "
                            + x.count()
                            + " particles, got "
                            + rows.size());
        }
        for (int row = 0; row < rows.size(); row++) {
            requireFit(rows.get(row), x.row(row).length);
        }
        return new GaussianProposal(x, scores, step, List.copyOf(rows));
    }

    private static void requireFit(float[] row, int width) {
        if (row.length != width) {
            throw new IllegalArgumentException(
                    "tilt must have " + width + " numbers, got " + row.length);
        }
        for (float g : row) {
            if (!Float.isFinite(g)) {
                throw new IllegalArgumentException("tilt must be finite, got " + g);
            }
        }
    }

    private void requireDensity() {
        if (step.dependsOnBatch()) {
            throw new UnsupportedOperationException(
                    "a corrector whose step size is that of the batch has no density; use the step"
                            + " size of each row");
        }
    }

    /**
     * Returns the log density, of the free coordinates alone. Where there is no noise it is 0 for
     * the mean and negative infinity for all else.
     */
    @Override
    public double[] logProbability(State next) {
        requireDensity();
        StateRows after = x.readLike(next);
        double[] logs = new double[x.count()];
        Arrays.setAll(logs, row -> logDensity(row, after.row(row)));
        return logs;
    }

    private double logDensity(int row, float[] to) {
        Entries entries = x.entries(row);
        Coefficients[] coefficients = coefficients(row, null);
        float[] rebuilt = new float[to.length];
        double log = 0;
        for (int c = 0; c < coefficients.length; c++) {
            double variance = coefficients[c].variance();
            for (int e = entries.start(c); e < entries.ends()[c]; e++) {
                float value = to[entries.coordinates()[e]];
                entries.put(rebuilt, e, value);
                double mean = mean(row, coefficients[c], variance, e);
                if (variance == 0) {
                    log += value == (float) mean ? 0 : Double.NEGATIVE_INFINITY;
                } else {
                    double off = value - mean;
                    log -= 0.5 * off * off / variance;
                    log -= 0.5 * StrictMath.log(2 * StrictMath.PI * variance);
                }
            }
        }
        // what does not exist must be 0, and a pair's two places equal
        return Arrays.equals(rebuilt, to) ? log : Double.NEGATIVE_INFINITY;
    }
}
