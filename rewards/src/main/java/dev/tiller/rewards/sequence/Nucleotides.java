package dev.tiller.rewards.sequence;

import dev.tiller.rewards.RelaxedDesigns;

/**
 * Nucleotides as numbers: A 0, C 1, G 2, and 3 for both T and U, so that what is written for DNA
 * serves RNA.
 */
public final class Nucleotides {

    /** How many nucleotides there are. */
    public static final int COUNT = 4;

    /** The letters that can be read. */
    public static final String LETTERS = "ACGTU";

    private Nucleotides() {}

    /**
     * Returns the number of a letter.
     *
     * @param letter one of {@link #LETTERS}
     * @return its number, 0 to 3
     * @throws IllegalArgumentException if it is another letter
     */
    public static int index(int letter) {
        return switch (letter) {
            case 'A' -> 0;
            case 'C' -> 1;
            case 'G' -> 2;
            case 'T', 'U' -> 3;
            default ->
                    throw new IllegalArgumentException(
                            "nucleotide must be of "
                                    + LETTERS
                                    + ", got '"
                                    + Character.toString(letter)
                                    + "'; choose a model of DNA or RNA");
        };
    }

    /**
     * Returns the numbers of the letters of a design.
     *
     * @param sequence the design, in {@link #LETTERS}
     * @return one number per letter
     */
    public static int[] indices(String sequence) {
        return sequence.chars().map(Nucleotides::index).toArray();
    }

    /**
     * Returns one relaxed design by nucleotide. Letters that stand for the same nucleotide are
     * added up.
     *
     * @param designs the relaxed designs, whose alphabet is of {@link #LETTERS}
     * @param row which of them
     * @return float64 [L, 4]
     */
    public static double[][] relaxed(RelaxedDesigns designs, int row) {
        int[] columns = indices(designs.alphabet());
        float[] values = designs.rows().get(row);
        double[][] relaxed = new double[designs.length()][COUNT];
        for (int i = 0; i < designs.length(); i++) {
            for (int v = 0; v < columns.length; v++) {
                relaxed[i][columns[v]] += values[i * columns.length + v];
            }
        }
        return relaxed;
    }

    /**
     * Returns derivatives by nucleotide as derivatives by letter: the transpose of {@link
     * #relaxed}.
     *
     * @param gradient float64 [L, 4]
     * @param alphabet the letter of each of the V columns
     * @return float32 row-major [L, V]
     */
    public static float[] byLetter(double[][] gradient, String alphabet) {
        int[] columns = indices(alphabet);
        float[] values = new float[gradient.length * columns.length];
        for (int i = 0; i < gradient.length; i++) {
            for (int v = 0; v < columns.length; v++) {
                values[i * columns.length + v] = (float) gradient[i][columns[v]];
            }
        }
        return values;
    }
}
