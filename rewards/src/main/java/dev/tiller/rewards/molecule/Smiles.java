package dev.tiller.rewards.molecule;

import java.util.Optional;

/**
 * Molecules as text. All methods are pure and safe for concurrent calls.
 *
 * <p>The canonical form is that of Weininger, Weininger and Weininger (1989) as the Chemistry
 * Development Kit has it, with aromatic symbols by Daylight's rules. Ties in some highly symmetric
 * cages are not broken the same way for each order of the atoms (2 of 12,325 molecules of QM9);
 * everything else has one text.
 */
public final class Smiles {
    /** The characters that a SMILES may have. */
    public static final String LETTERS =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789#%()*+-./:=@[\\]$";

    private Smiles() {}

    /**
     * Reads the graph of a molecule: heavy atoms and kekulised bonds. Charges, hydrogens, isotopes
     * and stereochemistry are not part of a graph and are dropped.
     *
     * @param smiles the molecule
     * @return its graph
     * @throws IllegalArgumentException if the text is no valid molecule or a graph cannot hold it,
     *     such as one with a metal; one line that says why
     */
    public static MolecularGraph read(String smiles) {
        return Molecule.parse(smiles).graph();
    }

    /**
     * Returns the canonical text of a molecule.
     *
     * @param smiles one way to write it
     * @return the same text for all ways to write it, without stereochemistry and isotopes
     * @throws IllegalArgumentException if the text is no valid molecule; one line that says why
     */
    public static String canonical(String smiles) {
        return Molecule.parse(smiles).smiles();
    }

    /**
     * Returns the canonical text of a graph.
     *
     * @param graph a graph whose atoms keep their valences
     * @return the SMILES; empty without atoms
     * @throws IllegalArgumentException if an atom has too many bonds or an unknown element
     */
    public static String of(MolecularGraph graph) {
        return Molecule.of(graph).smiles();
    }

    /**
     * Reads a molecule that may be invalid.
     *
     * @param smiles any text
     * @return the molecule, or empty if the text is no valid molecule or has no atoms
     */
    public static Optional<Molecule> valid(String smiles) {
        if (smiles.isEmpty()) {
            return Optional.empty();
        }
        try {
            Molecule molecule = Molecule.parse(smiles);
            return molecule.container().isEmpty() ? Optional.empty() : Optional.of(molecule);
        } catch (IllegalArgumentException e) { // says what is wrong with the text
            return Optional.empty();
        }
    }
}
