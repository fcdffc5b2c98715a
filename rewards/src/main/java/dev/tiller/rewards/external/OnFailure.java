package dev.tiller.rewards.external;

/** What becomes of a design that has no number after all attempts. */
public enum OnFailure {
    /** The call fails, and its error names the design. */
    FAIL,
    /**
     * The design gets the option {@code failureScore}. Such a number is not kept in a cache. A
     * program that fails as a whole, so that it does not answer at all, is an error all the same.
     */
    SCORE
}
