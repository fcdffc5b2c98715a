package dev.tiller.rewards;

/**
 * A reward that tells each score as soon as it stands, before the call ends. What it has told is
 * not lost when the rest of the call fails, so a cache can keep it.
 */
public interface IncrementalReward extends Reward {

    /**
     * Scores designs as {@link #score(Designs)} does, and tells each score as soon as it stands.
     *
     * @param designs the designs; none is legal
     * @param listener hears each score at most once, also where the call ends with an exception
     * @return one finite score per design, in the order of the designs; it may hold scores that the
     *     listener has not heard, such as the number that stands for a failure
     */
    double[] score(Designs designs, Listener listener);

    /** Hears scores. Called by several threads at once. */
    @FunctionalInterface
    interface Listener {

        /**
         * Takes the score of one design.
         *
         * @param row the number of the design in the call, from 0
         * @param score its score, finite
         */
        void scored(int row, double score);
    }
}
