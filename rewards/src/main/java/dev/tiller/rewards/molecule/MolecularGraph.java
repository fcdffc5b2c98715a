package dev.tiller.rewards.molecule;

import java.util.List;

/**
 * The heavy atoms of a molecule and the bonds between them, kekulised; hydrogens and charges are
 * not part of it.
 *
 * @param atoms the element symbol of each atom, such as {@code C} or {@code Cl}
 * @param bonds the order of the bond between two atoms, 0 for none, to 3; symmetric, the diagonal 0
 */
public record MolecularGraph(List<String> atoms, int[][] bonds) {
    /** Copies both and checks that the matrix fits. */
    public MolecularGraph {
        atoms = List.copyOf(atoms);
        int[][] copy = new int[bonds.length][];
        for (int i = 0; i < bonds.length; i++) {
            copy[i] = bonds[i].clone();
        }
        bonds = copy;
        int n = atoms.size();
        if (bonds.length != n) {
            throw new IllegalArgumentException(
                    "bonds must have a row for each of the " + n + " atoms, got " + bonds.length);
        }
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                boolean order = bonds[i][j] >= 0 && bonds[i][j] <= 3;
                if (!order || bonds[i][j] != bonds[j][i] || bonds[i][i] != 0) {
                    throw new IllegalArgumentException(
                            "bond orders must be symmetric, in [0, 3] and 0 on the diagonal, got "
                                    + bonds[i][j]
                                    + " between atoms "
                                    + i
                                    + " and "
                                    + j);
                }
            }
        }
    }

    /**
     * Returns the number of atoms.
     *
     * @return heavy atoms
     */
    public int size() {
        return atoms.size();
    }
}
