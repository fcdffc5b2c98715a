package dev.tiller.rewards.protein;

import java.util.List;

/**
 * An atom of a file of structures.
 *
 * @param residue where it is
 * @param compound the name of its residue, such as {@code ALA}
 * @param name its own name, such as {@code CA}
 * @param alternate the label of its alternate location, or empty
 * @param occupancy how often it is there, 1 if the file does not say
 * @param position x, y and z in angstrom
 */
record AtomSite(
        Place residue,
        String compound,
        String name,
        String alternate,
        double occupancy,
        float[] position) {

    /**
     * The place of a residue.
     *
     * @param chain the name of its chain
     * @param number its number in the file
     * @param insertion its insertion code, or a space
     */
    record Place(String chain, int number, char insertion) {
        @Override
        public String toString() {
            return chain + number + (insertion == ' ' ? "" : insertion);
        }
    }

    /**
     * The atoms of the first model of a file.
     *
     * @param atoms its atoms, in the order of the file
     * @param models the number of models of the file
     */
    record Model(List<AtomSite> atoms, int models) {}
}
