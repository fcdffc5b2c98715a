package dev.tiller.rewards.composition;

import dev.tiller.rewards.Designs;
import dev.tiller.rewards.Reward;
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.Map;

/** The raw scores of one call: each reward sees each design at most once, and only if needed. */
final class RawScores {
    private final Designs designs;
    private final Map<Reward, Known> known = new IdentityHashMap<>();

    /** What one reward has scored so far. */
    private record Known(double[] scores, BitSet designs) {}

    RawScores(Designs designs) {
        this.designs = designs;
    }

    /**
     * Scores the designs that the reward has not seen yet.
     *
     * @param column the column that the scores are for, for errors
     * @param reward the reward
     * @param wanted the numbers of the designs, from 0
     * @return the scores, valid at the wanted designs; not to be modified
     */
    double[] of(String column, Reward reward, BitSet wanted) {
        Known own =
                known.computeIfAbsent(
                        reward, r -> new Known(new double[designs.size()], new BitSet()));
        BitSet missing = (BitSet) wanted.clone();
        missing.andNot(own.designs());
        if (!missing.isEmpty()) {
            int[] numbers = missing.stream().toArray();
            double[] scores = reward.score(designs.select(numbers));
            requireOneEach(column, numbers.length, scores.length);
            for (int i = 0; i < numbers.length; i++) {
                requireFinite(column, numbers[i], scores[i]);
                own.scores()[numbers[i]] = scores[i];
            }
            own.designs().or(missing);
        }
        return own.scores();
    }

    static void requireOneEach(String column, int designs, int scores) {
        if (scores != designs) {
            throw new IllegalStateException(
                    "reward '"
                            + column
                            + "' must give one score per design, got "
                            + scores
                            + " for "
                            + designs);
        }
    }

    static void requireFinite(String column, int design, double score) {
        if (!Double.isFinite(score)) {
            throw new IllegalStateException(
                    "score of '"
                            + column
                            + "' must be finite, got "
                            + score
                            + " for design "
                            + (design + 1));
        }
    }
}
