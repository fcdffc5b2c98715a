package dev.tiller.sampler.decoder;

import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.sampler.State;
import dev.tiller.sampler.numerics.Categorical;
import java.util.Arrays;

/** Choosing one of M candidates for each particle. */
final class Candidates {
    private Candidates() {}

    static int require(int candidates) {
        if (candidates < 1) {
            throw new IllegalArgumentException("candidates must be at least 1, got " + candidates);
        }
        return candidates;
    }

    /**
     * Returns for each group of {@code count} rows the row of the highest score, the first on ties.
     */
    static int[] best(double[] scores, int count) {
        requireFinite(scores);
        int[] winners = new int[scores.length / count];
        Arrays.setAll(
                winners,
                group -> {
                    int best = group * count;
                    for (int row = best + 1; row < (group + 1) * count; row++) {
                        best = scores[row] > scores[best] ? row : best;
                    }
                    return best;
                });
        return winners;
    }

    /** Draws for each group a row with probability proportional to exp(score / temperature). */
    static int[] draw(
            State candidates,
            double[] scores,
            int count,
            double temperature,
            int step,
            Randomness noise) {
        requireFinite(scores);
        int[] winners = new int[scores.length / count];
        double[] uniforms = new double[count];
        double[] logWeights = new double[count];
        for (int group = 0; group < winners.length; group++) {
            int first = group * count;
            long id = candidates.sampleId(first);
            noise.fill(id, step, Purpose.SELECTION, candidates.chain(first), uniforms);
            for (int m = 0; m < count; m++) {
                logWeights[m] = scores[first + m] / temperature;
            }
            winners[group] = first + Categorical.draw(logWeights, uniforms, 0);
        }
        return winners;
    }

    private static void requireFinite(double[] scores) {
        for (int row = 0; row < scores.length; row++) {
            if (!Double.isFinite(scores[row])) {
                throw new IllegalStateException(
                        "values must be finite, got " + scores[row] + " for candidate row " + row);
            }
        }
    }
}
