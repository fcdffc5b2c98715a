package dev.tiller.rewards.sequence;

/** On which strands of a design a reward looks for sites. */
public enum Strands {
    /** The strand as written. */
    FORWARD,
    /** The strand as written and its reverse complement. */
    BOTH
}
