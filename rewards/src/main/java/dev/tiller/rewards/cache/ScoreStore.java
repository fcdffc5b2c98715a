package dev.tiller.rewards.cache;

import java.util.OptionalDouble;

/**
 * Scores of one reward by design. Safe for concurrent use. A store may forget, but never gives a
 * score that was not put.
 */
public interface ScoreStore extends AutoCloseable {

    /**
     * Looks up a score.
     *
     * @param design the design
     * @return its score, or empty if the store does not hold it
     */
    OptionalDouble find(String design);

    /**
     * Keeps a score.
     *
     * @param design the design
     * @param score its score, finite
     * @throws java.io.UncheckedIOException if the store cannot write
     */
    void put(String design, double score);

    /** Releases what the store holds. May be called more than once. */
    @Override
    void close();
}
