package dev.tiller.rewards.protein;

/**
 * A residue with a whole backbone.
 *
 * @param chain the name of its chain
 * @param number its number in the file
 * @param insertion its insertion code, or a space
 * @param letter its amino acid, one of {@code ACDEFGHIKLMNPQRSTVWY}, or X if it is another one
 * @param atoms coordinates of N, CA, C and O in angstrom, float32 [4 * 3]; not copied, not to be
 *     modified
 */
public record Residue(String chain, int number, char insertion, char letter, float[] atoms) {
    /** Coordinates of a residue: 4 atoms of 3. */
    public static final int COORDINATES = 12;

    /** Checks the sizes. */
    public Residue {
        if (atoms.length != COORDINATES) {
            throw new IllegalArgumentException(
                    "a residue must have 12 coordinates, got " + atoms.length);
        }
        for (float coordinate : atoms) {
            if (!Float.isFinite(coordinate)) {
                throw new IllegalArgumentException(
                        "coordinates of residue " + chain + number + " must be finite");
            }
        }
    }

    /**
     * Returns the name of the residue.
     *
     * @return chain, number and insertion code, such as {@code A52B}
     */
    public String label() {
        return chain + number + (insertion == ' ' ? "" : insertion);
    }
}
