package dev.tiller.rewards;

import java.util.List;
import java.util.Optional;

/**
 * A reward r(x0): how good a finished design is. Higher is better.
 *
 * <p>A score is a pure function of one design. It depends neither on the other designs of the call
 * nor on earlier calls, so a batch may be split, permuted or repeated freely. Implementations are
 * safe for concurrent calls of {@link #score}.
 */
public interface Reward extends AutoCloseable {

    /**
     * Returns the name under which the reward is registered.
     *
     * @return the name, in kebab case, such as {@code gc-content}
     */
    String name();

    /**
     * Returns the letters that this reward can read.
     *
     * @return all readable letters, in upper case, such as {@code ACGT}
     */
    String letters();

    /**
     * Returns how the designs are written that this reward reads.
     *
     * @return the notation; sequences unless the reward says otherwise
     */
    default Notation notation() {
        return Notation.SEQUENCE;
    }

    /**
     * Scores designs.
     *
     * @param designs the designs; an empty list is legal and gives an empty array
     * @return one finite score per design, in the order of the designs; higher is better
     * @throws IllegalArgumentException if a design holds a letter that is not in {@link #letters()}
     */
    double[] score(Designs designs);

    /**
     * Names the numbers that a score is made of, for tables of results.
     *
     * @return the names of the columns of {@link #breakdown}, all different; empty if a score is
     *     not made of anything
     */
    default List<String> columns() {
        return List.of();
    }

    /**
     * Scores designs and says what the scores are made of, for the price of {@link #score} alone.
     *
     * @param designs the designs
     * @return the very scores of {@link #score}, and a value for each of {@link #columns()}
     * @throws IllegalArgumentException if a design holds a letter that is not in {@link #letters()}
     */
    default Breakdown breakdown(Designs designs) {
        return new Breakdown(score(designs), new double[designs.size()][0]);
    }

    /**
     * Returns the name of an independent reward that measures the same property. Optimising a
     * learned reward too hard exploits its mistakes; a referee that was never optimised shows it.
     *
     * @return the registered name of the referee, or empty if the reward needs none
     */
    default Optional<String> referee() {
        return Optional.empty();
    }

    /**
     * Returns the fingerprint of the weights, for the record of a run.
     *
     * @return SHA-256 of the weights in lower-case hexadecimal, or empty if there are no weights
     */
    default Optional<String> digest() {
        return Optional.empty();
    }

    /**
     * Returns the gradient of this reward, for methods that need one.
     *
     * @return this reward in its differentiable form, or empty if it has none; owned by this reward
     */
    default Optional<DifferentiableReward> differentiable() {
        return this instanceof DifferentiableReward self ? Optional.of(self) : Optional.empty();
    }

    /** Releases what the reward holds, such as a loaded model. May be called more than once. */
    @Override
    default void close() {}
}
