package dev.tiller.finetune.objective;

import java.util.Arrays;
import java.util.Comparator;

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

    /**
     * Returns Spearman's correlation: Pearson's of the ranks, equal numbers having their mean rank.
     *
     * @param x numbers
     * @param y as many numbers
     * @return the correlation in [-1, 1], NaN if one of them is constant
     */
    public static double spearman(double[] x, double[] y) {
        return pearson(ranks(x), ranks(y));
    }

    private static double[] ranks(double[] x) {
        Integer[] order = new Integer[x.length];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, Comparator.comparingDouble(i -> x[i]));
        double[] ranks = new double[x.length];
        for (int start = 0; start < order.length; ) {
            int end = start;
            while (end < order.length && x[order[end]] == x[order[start]]) {
                end++;
            }
            for (int i = start; i < end; i++) {
                ranks[order[i]] = (start + end + 1) / 2.0; // the mean of ranks start + 1 .. end
            }
            start = end;
        }
        return ranks;
    }

    /**
     * Returns the area under the receiver operating characteristic: the chance that a random row of
     * label 1 scores above a random one of label 0, ties counting one half (the Mann-Whitney
     * statistic).
     *
     * @param scores finite numbers
     * @param labels as many, 1 or not
     * @return the area in [0, 1], NaN if one of the classes is empty
     */
    public static double auroc(double[] scores, double[] labels) {
        Integer[] order = new Integer[scores.length];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, Comparator.comparingDouble(i -> scores[i]));
        double rankSum = 0;
        double ones = 0;
        for (int start = 0; start < order.length; ) {
            int end = start;
            int onesOfTie = 0;
            while (end < order.length && scores[order[end]] == scores[order[start]]) {
                onesOfTie += labels[order[end]] == 1 ? 1 : 0;
                end++;
            }
            rankSum += onesOfTie * (start + end + 1) / 2.0; // the mean of ranks start + 1 .. end
            ones += onesOfTie;
            start = end;
        }
        return (rankSum - ones * (ones + 1) / 2) / (ones * (scores.length - ones));
    }

    /**
     * Returns a quantile, between two numbers by linear interpolation.
     *
     * @param values at least one number; not modified
     * @param share which, in [0, 1]: 0.5 is the median
     * @return the quantile
     */
    public static double quantile(double[] values, double share) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        double place = share * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }

    /**
     * Returns the median.
     *
     * @param values at least one number; not modified
     * @return the number in the middle; the mean of the two in the middle of an even number
     */
    public static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
