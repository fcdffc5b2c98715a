package dev.tiller.rewards;

import java.util.List;

/**
 * Designs between the letters: for each position a number per letter, such as probabilities.
 *
 * @param alphabet the letter of each of the V columns
 * @param length L, positions of each design
 * @param rows one float32 array per design, row-major [L, V]: one-hot, probabilities or any real
 *     numbers; not copied, not to be modified
 * @param conditions what each design is made for, in the same order; empty if for nothing. A
 *     condition may say that a design is shorter than L; the rest of its row then counts for
 *     nothing
 */
public record RelaxedDesigns(
        String alphabet, int length, List<float[]> rows, List<Condition> conditions) {

    /** Checks the shapes. */
    public RelaxedDesigns {
        rows = List.copyOf(rows);
        conditions = List.copyOf(conditions);
        if (!conditions.isEmpty() && conditions.size() != rows.size()) {
            throw new IllegalArgumentException(
                    "conditions must be none or one for each of the "
                            + rows.size()
                            + " relaxed designs, got "
                            + conditions.size());
        }
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
     * Describes designs that are made for nothing in particular.
     *
     * @param alphabet the letter of each of the V columns
     * @param length L, positions of each design
     * @param rows one float32 array per design, row-major [L, V]
     */
    public RelaxedDesigns(String alphabet, int length, List<float[]> rows) {
        this(alphabet, length, rows, List.of());
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
