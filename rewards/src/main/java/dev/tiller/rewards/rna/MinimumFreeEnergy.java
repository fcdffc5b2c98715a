package dev.tiller.rewards.rna;

/**
 * Folds RNA into the secondary structure of least free energy, without pseudoknots.
 *
 * <p>Zuker and Stiegler (1981, NAR 9:133) with the nearest-neighbour parameters of Turner 2004 at
 * 37 degrees Celsius and 1 M NaCl; the rules of the energies are those of RNAfold with its defaults
 * (dangles d2). The energy of a structure is a sum over loops; interior loops have at most 30
 * unpaired bases. Energies are exact multiples of 0.01 kcal/mol and never positive, since the open
 * chain has 0.
 *
 * <p>Time grows with the third power of the length, memory with the second. Letters are A, C, G, U
 * and T, which is read as U. Pure functions, safe for concurrent use.
 */
public final class MinimumFreeEnergy {
    /** The longest sequence that is folded; its tables take 190 MB. */
    public static final int MOST_BASES = 4000;

    static final double HUNDREDTHS = 100;

    private MinimumFreeEnergy() {}

    /**
     * Returns the least free energy.
     *
     * @param sequence the bases from 5' to 3'; may be empty
     * @return the energy in kcal/mol, at most 0
     * @throws IllegalArgumentException if a letter is none of ACGTU or the sequence is longer than
     *     {@link #MOST_BASES}
     */
    public static double energy(String sequence) {
        return tables(sequence).least() / HUNDREDTHS;
    }

    /**
     * Returns a structure of the least free energy. If several have it, the choice among them is
     * fixed.
     *
     * @param sequence the bases from 5' to 3'; may be empty
     * @return the structure and its energy
     * @throws IllegalArgumentException if a letter is none of ACGTU or the sequence is longer than
     *     {@link #MOST_BASES}
     */
    public static Folding fold(String sequence) {
        FoldingTables tables = tables(sequence);
        return new Folding(Traceback.of(tables), tables.least() / HUNDREDTHS);
    }

    private static FoldingTables tables(String sequence) {
        if (sequence.length() > MOST_BASES) {
            throw new IllegalArgumentException(
                    "sequence to fold must have at most "
                            + MOST_BASES
                            + " letters, got "
                            + sequence.length()
                            + "; fold a part of it");
        }
        return new FoldingTables(Bases.encode(sequence), NearestNeighbour.turner2004());
    }
}
