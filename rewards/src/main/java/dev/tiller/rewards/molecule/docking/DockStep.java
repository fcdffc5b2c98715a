package dev.tiller.rewards.molecule.docking;

/** The step at which a dock failed. */
enum DockStep {
    /** The design is no valid molecule. */
    MOLECULE("reading the molecule"),
    /** Open Babel gave no three-dimensional ligand. */
    LIGAND("ligand preparation by Open Babel"),
    /** Vina gave no affinity. */
    DOCKING("docking by Vina");

    private final String text;

    DockStep(String text) {
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
