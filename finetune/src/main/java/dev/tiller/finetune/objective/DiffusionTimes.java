package dev.tiller.finetune.objective;

import dev.tiller.sampler.gaussian.Sde;
import java.util.Arrays;
import java.util.List;

/**
 * The times at which examples are noised in training, between the smallest time and 1, and how
 * densely they lie there.
 */
public final class DiffusionTimes {
    /** The smallest time: noise so small tells nothing (Song et al. 2021, appendix C). */
    public static final double SMALLEST = 1e-5;

    private static final int CELLS = 2048;

    /** How times are drawn. */
    public enum Sampling {
        /** Each row on its own. */
        UNIFORM,
        /**
         * One per stratum: u = (u_i + i) / B for row i of B, so the times of a batch are spread.
         */
        ANTITHETIC,
        /**
         * Antithetic, and denser where g(t)^2 / s(t)^2 is larger, so that with likelihood weighting
         * all times weigh the same (Song et al. 2021, arXiv 2101.09258, section 5.1).
         */
        IMPORTANCE
    }

    private final Sampling sampling;

    /** Edges of the cells and the mass before each; null where the density is 1. */
    private final double[] edges;

    private final double[] masses;

    /**
     * Creates the times.
     *
     * @param sampling how they are drawn
     * @param sdes the equations of the components, which share their times
     */
    public DiffusionTimes(Sampling sampling, List<Sde> sdes) {
        this.sampling = sampling;
        if (sampling != Sampling.IMPORTANCE) {
            edges = null;
            masses = null;
            return;
        }
        edges = new double[CELLS + 1];
        masses = new double[CELLS + 1];
        for (int i = 0; i <= CELLS; i++) {
            edges[i] = i == CELLS ? 1 : StrictMath.pow(SMALLEST, 1 - (double) i / CELLS);
        }
        for (int i = 0; i < CELLS; i++) {
            double middle = (edges[i] + edges[i + 1]) / 2;
            masses[i + 1] = masses[i] + importance(middle, sdes) * (edges[i + 1] - edges[i]);
        }
        double total = masses[CELLS];
        for (int i = 1; i <= CELLS; i++) {
            masses[i] /= total;
        }
    }

    private static double importance(double t, List<Sde> sdes) {
        double sum = 0;
        for (Sde sde : sdes) {
            double ratio = sde.diffusion(t) / sde.std(t);
            sum += ratio * ratio;
        }
        return sum;
    }

    /**
     * Maps uniform numbers to times.
     *
     * @param uniforms one for each row, in [0, 1)
     * @return the times of the rows, in [{@link #SMALLEST}, 1]
     */
    public double[] times(double[] uniforms) {
        double[] times = new double[uniforms.length];
        for (int row = 0; row < times.length; row++) {
            double u = uniforms[row];
            if (sampling != Sampling.UNIFORM) {
                u = (u + row) / times.length % 1.0;
            }
            times[row] = edges == null ? u * (1 - SMALLEST) + SMALLEST : quantile(u);
        }
        return times;
    }

    private double quantile(double u) {
        int cell = cell(masses, u);
        double share = (u - masses[cell]) / (masses[cell + 1] - masses[cell]);
        return edges[cell] + share * (edges[cell + 1] - edges[cell]);
    }

    /**
     * Returns the density of the times relative to uniform ones; a loss is divided by it so that
     * its mean stays the same.
     *
     * @param t a time in [{@link #SMALLEST}, 1]
     * @return the density, 1 unless importance
     */
    public double density(double t) {
        if (edges == null) {
            return 1;
        }
        int cell = cell(edges, t);
        double mass = masses[cell + 1] - masses[cell];
        return mass * (1 - SMALLEST) / (edges[cell + 1] - edges[cell]);
    }

    private static int cell(double[] starts, double value) {
        int found = Arrays.binarySearch(starts, value);
        int cell = found >= 0 ? found : -found - 2;
        return Math.max(0, Math.min(CELLS - 1, cell));
    }
}
