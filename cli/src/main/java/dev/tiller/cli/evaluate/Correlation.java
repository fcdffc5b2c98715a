package dev.tiller.cli.evaluate;

import org.apache.commons.statistics.ranking.NaNStrategy;
import org.apache.commons.statistics.ranking.NaturalRanking;
import org.apache.commons.statistics.ranking.TiesStrategy;

/** Correlation coefficients of paired numbers. */
final class Correlation {
    private Correlation() {}

    /**
     * Returns Pearson's correlation.
     *
     * @param x numbers
     * @param y as many numbers
     * @return in [-1, 1]; NaN if there are fewer than two pairs, or all numbers of one side are
     *     equal
     */
    static double pearson(double[] x, double[] y) {
        if (x.length != y.length) {
            throw new IllegalArgumentException(
                    "correlated numbers must come in pairs, got " + x.length + " and " + y.length);
        }
        double xMean = mean(x);
        double yMean = mean(y);
        double product = 0;
        double xSquare = 0;
        double ySquare = 0;
        for (int i = 0; i < x.length; i++) {
            double a = x[i] - xMean;
            double b = y[i] - yMean;
            product += a * b;
            xSquare += a * a;
            ySquare += b * b;
        }
        double norm = Math.sqrt(xSquare) * Math.sqrt(ySquare);
        return norm == 0 ? Double.NaN : Math.max(-1, Math.min(1, product / norm));
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    /**
     * Returns Spearman's rank correlation: Pearson's correlation of the ranks, equal numbers having
     * the mean of the ranks that they take up.
     *
     * @param x numbers
     * @param y as many numbers
     * @return in [-1, 1]; NaN where that of the ranks is not defined
     */
    static double spearman(double[] x, double[] y) {
        NaturalRanking ranking = new NaturalRanking(NaNStrategy.FAILED, TiesStrategy.AVERAGE);
        return pearson(ranking.apply(x), ranking.apply(y));
    }
}
