package dev.tiller.rewards.sequence.pwm;

import dev.tiller.rewards.sequence.Nucleotides;
import java.util.Arrays;
import java.util.List;

/**
 * Log-odds of a motif against a background: for count n of nucleotide a out of N at a position, and
 * background b, the weight is ln(((n + p b) / (N + p)) / b) nats with the pseudocount p (Stormo
 * 2000, "DNA binding sites: representation and discovery"). Immutable.
 */
final class LogOdds {
    private final double[][] weights; // [width, 4]

    private LogOdds(double[][] weights) {
        this.weights = weights;
    }

    static LogOdds of(PositionMatrix matrix, double pseudocount, List<Double> background) {
        double[][] weights = new double[matrix.width()][Nucleotides.COUNT];
        for (int i = 0; i < matrix.width(); i++) {
            List<Double> counts = matrix.counts().get(i);
            double total = counts.stream().mapToDouble(Double::doubleValue).sum();
            for (int a = 0; a < Nucleotides.COUNT; a++) {
                double b = background.get(a);
                double share = (counts.get(a) + pseudocount * b) / (total + pseudocount);
                weights[i][a] = StrictMath.log(share / b);
            }
        }
        return new LogOdds(weights);
    }

    int width() {
        return weights.length;
    }

    double weight(int position, int nucleotide) {
        return weights[position][nucleotide];
    }

    double lowest() {
        return Arrays.stream(weights).mapToDouble(w -> Arrays.stream(w).min().orElseThrow()).sum();
    }

    double highest() {
        return Arrays.stream(weights).mapToDouble(w -> Arrays.stream(w).max().orElseThrow()).sum();
    }

    /** Returns the log-odds of the other strand, read in the direction of this one. */
    LogOdds reverseComplement() {
        double[][] reversed = new double[weights.length][Nucleotides.COUNT];
        for (int i = 0; i < weights.length; i++) {
            for (int a = 0; a < Nucleotides.COUNT; a++) {
                // A and T, and C and G, are complements: their numbers add up to 3
                reversed[weights.length - 1 - i][Nucleotides.COUNT - 1 - a] = weights[i][a];
            }
        }
        return new LogOdds(reversed);
    }

    /** Returns how many placements there are in so many letters. */
    int placements(int length) {
        return Math.max(0, length - weights.length + 1);
    }

    /** Returns the log-odds of the placement at each start. */
    double[] scan(int[] nucleotides) {
        double[] scores = new double[placements(nucleotides.length)];
        for (int start = 0; start < scores.length; start++) {
            for (int i = 0; i < weights.length; i++) {
                scores[start] += weights[i][nucleotides[start + i]];
            }
        }
        return scores;
    }

    /** Returns the log-odds of the placement at each start of a relaxed design [L, 4]. */
    double[] scan(double[][] x) {
        double[] scores = new double[placements(x.length)];
        for (int start = 0; start < scores.length; start++) {
            for (int i = 0; i < weights.length; i++) {
                for (int a = 0; a < Nucleotides.COUNT; a++) {
                    scores[start] += weights[i][a] * x[start + i][a];
                }
            }
        }
        return scores;
    }

    /** Adds to a gradient [L, 4] what the slopes by the score of each placement make of it. */
    void addGradient(double[] slopes, double[][] gradient) {
        for (int start = 0; start < slopes.length; start++) {
            for (int i = 0; i < weights.length && slopes[start] != 0; i++) {
                for (int a = 0; a < Nucleotides.COUNT; a++) {
                    gradient[start + i][a] += slopes[start] * weights[i][a];
                }
            }
        }
    }
}
