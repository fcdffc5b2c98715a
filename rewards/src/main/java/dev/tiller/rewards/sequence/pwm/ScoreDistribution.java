package dev.tiller.rewards.sequence.pwm;

import dev.tiller.rewards.sequence.Nucleotides;
import java.util.Arrays;
import java.util.List;

/**
 * The distribution of a motif's log-odds over random sites of independent background letters, by
 * dynamic programming over positions (Staden 1989, "Methods for calculating the probabilities of
 * finding patterns in sequences"). Scores are rounded to one {@value #BINS}th of their range per
 * position. Immutable.
 */
final class ScoreDistribution {
    private static final int BINS = 20_000;

    private final double lowest;
    private final double highest;
    private final double step;
    private final double[] probabilities; // by the number of steps above the lowest score

    private ScoreDistribution(double lowest, double highest, double step, double[] probabilities) {
        this.lowest = lowest;
        this.highest = highest;
        this.step = step;
        this.probabilities = probabilities;
    }

    static ScoreDistribution of(LogOdds motif, List<Double> background) {
        double lowest = motif.lowest();
        double step = (motif.highest() - lowest) / BINS;
        double[] probabilities = new double[BINS + motif.width() + 1];
        probabilities[0] = 1;
        for (int i = 0; i < motif.width(); i++) {
            double least = Double.POSITIVE_INFINITY;
            for (int a = 0; a < Nucleotides.COUNT; a++) {
                least = Math.min(least, motif.weight(i, a));
            }
            double[] next = new double[probabilities.length];
            for (int a = 0; a < Nucleotides.COUNT; a++) {
                // a flat motif has no range: every site has the same score
                int rise = step > 0 ? (int) Math.round((motif.weight(i, a) - least) / step) : 0;
                for (int s = 0; s + rise < next.length; s++) {
                    next[s + rise] += probabilities[s] * background.get(a);
                }
            }
            probabilities = next;
        }
        return new ScoreDistribution(lowest, motif.highest(), step, probabilities);
    }

    /**
     * Returns the least score that a random site reaches with at most the given probability; the
     * highest score if even that is more probable.
     */
    double threshold(double probability) {
        double tail = 0;
        int s = probabilities.length;
        while (s > 0 && tail + probabilities[s - 1] <= probability) {
            s--;
            tail += probabilities[s];
        }
        // of bins without probability, the upper end is the score of a site that can occur
        while (s < probabilities.length && probabilities[s] == 0) {
            s++;
        }
        return Math.min(highest, lowest + s * step);
    }

    /** Returns the probability of all scores, 1 to within rounding. */
    double total() {
        return Arrays.stream(probabilities).sum();
    }
}
