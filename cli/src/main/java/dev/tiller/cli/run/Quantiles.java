package dev.tiller.cli.run;

import java.util.Arrays;

/** Quantiles, interpolated linearly as NumPy does. */
public final class Quantiles {
    private Quantiles() {}

    /**
     * Returns a quantile.
     *
     * @param values at least one number; not modified
     * @param level in [0, 1]
     * @return the quantile
     */
    public static double of(double[] values, double level) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        double position = level * (sorted.length - 1);
        int below = (int) position;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
    }
}
