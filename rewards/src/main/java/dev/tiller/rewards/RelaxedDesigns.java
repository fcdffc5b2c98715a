package dev.tiller.rewards;

import java.util.List;

/**
 * Designs between the letters: for each position a number per letter, such as probabilities.
 *
 * @param alphabet the letter of each of the V columns
 * @param length L, positions of each design
 * @param rows one float32 array per design, row-major [L, V]: one-hot, probabilities or any real
 *     numbers; not copied, not to be modified
 */
public record RelaxedDesigns(String alphabet, int length, List<float[]> rows) {

    /** Checks the shapes. */
    public RelaxedDesigns {
        rows = List.copyOf(rows);
        for (float[] row : rows) {
            if (row.length != length * alphabet.length()) {
                throw new IllegalArgumentException(
                        "relaxed designs must have L * V = "
                                + length * alphabet.length()
                                + " numbers each, got "
                                + row.length);
            }
        }
    }

    /**
     * Returns the number of designs.
     *
     * @return the number of rows
     */
    public int size() {
        return rows.size();
    }
}
