package dev.tiller.rewards.sequence;

import dev.tiller.rewards.Designs;
import dev.tiller.rewards.DifferentiableReward;
import dev.tiller.rewards.RelaxedDesigns;
import dev.tiller.rewards.ScoredGradient;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The expected number of sites when each letter is drawn by itself: the sum over placements of the
 * product over positions of the probability that the letter fits. A site on both strands is counted
 * once by inclusion and exclusion: P(forward) + P(reverse) - P(both), each of them such a product.
 * Linear in the numbers of each position, so its derivatives are exact.
 */
final class ExpectedMotifCount implements DifferentiableReward {
    private final MotifCount count;

    ExpectedMotifCount(MotifCount count) {
        this.count = count;
    }

    @Override
    public String name() {
        return count.name();
    }

    @Override
    public String letters() {
        return count.letters();
    }

    @Override
    public double[] score(Designs designs) {
        return count.score(designs);
    }

    @Override
    public List<ScoredGradient> differentiate(RelaxedDesigns designs) {
        return IntStream.range(0, designs.size())
                .mapToObj(row -> differentiate(designs, row))
                .toList();
    }

    private ScoredGradient differentiate(RelaxedDesigns designs, int row) {
        double[][] x = Nucleotides.relaxed(designs, row);
        double[][] gradient = new double[x.length][Nucleotides.COUNT];
        double worth = count.worth(x.length);
        double score = 0;
        for (IupacMotif motif : count.motifs()) {
            score += addSites(motif, x, worth, gradient);
            if (count.onBothStrands()) {
                IupacMotif reverse = motif.reverseComplement();
                score += addSites(reverse, x, worth, gradient);
                score += addSites(motif.and(reverse), x, -worth, gradient);
            }
        }
        return new ScoredGradient(score, Nucleotides.byLetter(gradient, designs.alphabet()));
    }

    private static double addSites(
            IupacMotif motif, double[][] x, double worth, double[][] gradient) {
        int width = motif.length();
        double score = 0;
        double[] before = new double[width + 1]; // before[i]: product of the first i factors
        double[] fits = new double[width];
        for (int start = 0; start + width <= x.length; start++) {
            before[0] = worth;
            for (int i = 0; i < width; i++) {
                fits[i] = fit(motif, i, x[start + i]);
                before[i + 1] = before[i] * fits[i];
            }
            score += before[width];
            double after = 1;
            for (int i = width - 1; i >= 0; i--) {
                for (int a = 0; a < Nucleotides.COUNT; a++) {
                    gradient[start + i][a] += motif.allows(i, a) ? before[i] * after : 0;
                }
                after *= fits[i];
            }
        }
        return score;
    }

    private static double fit(IupacMotif motif, int position, double[] x) {
        double sum = 0;
        for (int a = 0; a < Nucleotides.COUNT; a++) {
            sum += motif.allows(position, a) ? x[a] : 0;
        }
        return sum;
    }
}
