package dev.tiller.finetune.objective;

/** Moments and correlation of small samples, in float64. */
public final class Statistics {
    private Statistics() {}

    /**
     * Returns the mean.
     *
     * @param x at least one number
     * @return the mean
     */
    public static double mean(double[] x) {
        double sum = 0;
        for (double value : x) {
            sum += value;
        }
        return sum / x.length;
    }

    /**
     * Returns the standard deviation with divisor n.
     *
     * @param x at least one number
     * @return the standard deviation
     */
    public static double standardDeviation(double[] x) {
        double mean = mean(x);
        double sum = 0;
        for (double value : x) {
            sum += (value - mean) * (value - mean);
        }
        return Math.sqrt(sum / x.length);
    }

    /**
     * Returns Pearson's correlation.
     *
     * @param x numbers
     * @param y as many numbers
     * @return the correlation in [-1, 1], NaN if one of them is constant
     */
    public static double pearson(double[] x, double[] y) {
        double meanX = mean(x);
        double meanY = mean(y);
        double covariance = 0;
        for (int i = 0; i < x.length; i++) {
            covariance += (x[i] - meanX) * (y[i] - meanY);
        }
        return covariance / x.length / (standardDeviation(x) * standardDeviation(y));
    }
}
