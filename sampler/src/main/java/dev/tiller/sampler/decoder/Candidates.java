package dev.tiller.sampler.decoder;

import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.sampler.State;
import dev.tiller.sampler.numerics.Categorical;
import java.util.Arrays;

/** Choosing one of M candidates for each particle. */
final class Candidates {
    /** What an address has room for. */
    static final int LARGEST = 1 << 16;

    private Candidates() {}

    static int require(int candidates) {
        if (candidates < 1) {
            throw new IllegalArgumentException("candidates must be at least 1, got " + candidates);
        }
        if (candidates > LARGEST) {
            throw new IllegalArgumentException(
                    "candidates must be at most " + LARGEST + ", got " + candidates);
        }
        return candidates;
    }

    /**
     * Returns for each group of {@code count} rows the row of the highest score, the first on ties.
     */
    static int[] best(double[] scores, int count) {
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

    /**
     * Draws for each group of {@code count} rows one with probability proportional to its weight.
     *
     * @param logWeights natural logs of the weights, of which each group has a finite one
     */
    static int[] draw(
            State candidates, double[] logWeights, int count, int step, Randomness noise) {
        int[] winners = new int[logWeights.length / count];
        double[] uniforms = new double[count];
        for (int group = 0; group < winners.length; group++) {
            int first = group * count;
            long id = candidates.sampleId(first);
            noise.fill(id, step, Purpose.SELECTION, candidates.chain(first), uniforms);
            double[] weights = Arrays.copyOfRange(logWeights, first, first + count);
            winners[group] = first + Categorical.draw(weights, uniforms, 0);
        }
        return winners;
    }

    /** Draws or, at temperature 0, takes the best: {@code values} may be negative infinity. */
    static int[] choose(
            State candidates,
            double[] values,
            int count,
            double temperature,
            int step,
            Randomness noise) {
        if (temperature == 0) {
            return best(values, count);
        }
        double[] logWeights = Arrays.stream(values).map(v -> v / temperature).toArray();
        return draw(candidates, logWeights, count, step, noise);
    }

    /** Refuses values that are no numbers, of a network gone wrong. */
    static void requireFinite(double[] values) {
        for (int row = 0; row < values.length; row++) {
            requireFinite(values[row], row);
        }
    }

    static void requireFinite(double value, int row) {
        if (!Double.isFinite(value)) {
            throw new IllegalStateException(
                    "values must be finite, got " + value + " for candidate row " + row);
        }
    }
}
