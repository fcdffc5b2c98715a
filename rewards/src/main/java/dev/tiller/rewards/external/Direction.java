package dev.tiller.rewards.external;

/** What a good number is for the program outside. */
public enum Direction {
    /** Higher is better; the number is the score. */
    MAXIMISE,
    /** Lower is better, as of an energy; the score is the number with its sign changed. */
    MINIMISE
}
