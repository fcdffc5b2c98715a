package dev.tiller.rewards.external;

/** A program that did not end well, or not in time; the text has what it said last. */
public final class ProgramFailure extends Exception {
    private static final long serialVersionUID = 1;

    ProgramFailure(String reason) {
        super(reason);
    }
}
