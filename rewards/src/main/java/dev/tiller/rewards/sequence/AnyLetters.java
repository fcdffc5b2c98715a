package dev.tiller.rewards.sequence;

/** The letters of rewards that compare letters without knowing what they stand for. */
final class AnyLetters {
    /** Upper-case letters, digits, and the stop and gap signs of proteins. */
    static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789*-";

    private AnyLetters() {}
}
