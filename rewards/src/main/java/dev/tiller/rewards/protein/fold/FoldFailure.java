package dev.tiller.rewards.protein.fold;

/** A design that could not be compared: at which step, and what the program said last. */
final class FoldFailure extends Exception {
    private static final long serialVersionUID = 1;

    private final FoldStep step;

    FoldFailure(FoldStep step, String reason) {
        super(step + " failed: " + reason);
        this.step = step;
    }

    FoldStep step() {
        return step;
    }
}
