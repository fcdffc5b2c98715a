package dev.tiller.rewards.protein.fold;

/** The step at which a comparison failed. */
enum FoldStep {
    /** The folding program gave no structure. */
    FOLDING("folding"),
    /** TM-align gave no score. */
    ALIGNMENT("alignment by TM-align");

    private final String text;

    FoldStep(String text) {
        this.text = text;
    }

    /** Returns the number in the breakdown, from 1; 0 is no failure. */
    int code() {
        return ordinal() + 1;
    }

    @Override
    public String toString() {
        return text;
    }
}
