package dev.tiller.rewards;

/**
 * Scores, and the numbers that they are made of.
 *
 * @param scores one score per design
 * @param values one row per design, with a number for each of {@link Reward#columns()}; NaN where a
 *     number was not needed for the score; not to be modified
 */
public record Breakdown(double[] scores, double[][] values) {

    /** Checks that both are of the same designs. */
    public Breakdown {
        if (scores.length != values.length) {
            throw new IllegalArgumentException(
                    "breakdown must have a row for each of "
                            + scores.length
                            + " scores, got "
                            + values.length);
        }
    }
}
