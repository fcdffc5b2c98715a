package dev.tiller.finetune.data;

import dev.tiller.rewards.protein.Backbone;

/**
 * The measured single mutants of a protein.
 *
 * @param backbone the protein with its wild-type letters
 * @param positions for each mutant the index of the residue that is changed
 * @param letters for each the token of its new letter
 * @param labels for each what was measured; the wild type itself would have 0
 */
public record Mutants(Backbone backbone, int[] positions, long[] letters, double[] labels) {
    /** Checks that there is one of each for every mutant, and at least one mutant. */
    public Mutants {
        if (positions.length == 0
                || letters.length != positions.length
                || labels.length != positions.length) {
            throw new IllegalArgumentException(
                    "mutants of "
                            + backbone.name()
                            + " must have a position, a letter and a label each, got "
                            + positions.length
                            + ", "
                            + letters.length
                            + " and "
                            + labels.length);
        }
    }

    /**
     * Returns the number of mutants.
     *
     * @return at least 1
     */
    public int size() {
        return labels.length;
    }

    /**
     * Takes some mutants.
     *
     * @param rows their indices
     * @return those mutants, in that order
     */
    public Mutants select(int[] rows) {
        int[] places = new int[rows.length];
        long[] tokens = new long[rows.length];
        double[] values = new double[rows.length];
        for (int i = 0; i < rows.length; i++) {
            places[i] = positions[rows[i]];
            tokens[i] = letters[rows[i]];
            values[i] = labels[rows[i]];
        }
        return new Mutants(backbone, places, tokens, values);
    }
}
