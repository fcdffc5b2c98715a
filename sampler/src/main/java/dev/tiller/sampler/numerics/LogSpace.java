package dev.tiller.sampler.numerics;

/** Arithmetic of numbers that are stored as natural logs, in float64. */
public final class LogSpace {
    private LogSpace() {}

    /**
     * Computes log(sum(exp(x))) without overflow.
     *
     * @param x the terms; negative infinity stands for 0
     * @return the log of the sum; negative infinity for no terms or all zeros
     */
    public static double logSumExp(double... x) {
        double max = Double.NEGATIVE_INFINITY;
        for (double term : x) {
            max = Math.max(max, term);
        }
        if (max == Double.NEGATIVE_INFINITY) {
            return max;
        }
        double sum = 0;
        for (double term : x) {
            sum += StrictMath.exp(term - max);
        }
        return max + StrictMath.log(sum);
    }
}
