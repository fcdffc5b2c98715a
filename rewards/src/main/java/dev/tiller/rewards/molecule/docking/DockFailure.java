package dev.tiller.rewards.molecule.docking;

/** A molecule that could not be docked: at which step, and what the program said last. */
final class DockFailure extends Exception {
    private final DockStep step;

    DockFailure(DockStep step, String reason) {
        super(step + " failed: " + reason);
        this.step = step;
    }

    DockStep step() {
        return step;
    }
}
