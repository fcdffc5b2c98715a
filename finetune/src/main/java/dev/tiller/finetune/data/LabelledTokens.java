package dev.tiller.finetune.data;

/**
 * Sequences and one label for each.
 *
 * @param tokens rows of one length; the mask is K
 * @param labels one number per row
 */
public record LabelledTokens(long[][] tokens, double[] labels) {
    public LabelledTokens {
        if (tokens.length != labels.length || tokens.length == 0) {
            throw new IllegalArgumentException(
                    "there must be one label for each sequence and at least one, got "
                            + tokens.length
                            + " sequences and "
                            + labels.length
                            + " labels");
        }
    }

    /**
     * Returns the number of sequences.
     *
     * @return at least 1
     */
    public int size() {
        return labels.length;
    }

    /**
     * Takes some rows.
     *
     * @param rows their indices
     * @return those rows, in that order
     */
    public LabelledTokens select(int[] rows) {
        long[][] selected = new long[rows.length][];
        double[] values = new double[rows.length];
        for (int i = 0; i < rows.length; i++) {
            selected[i] = tokens[rows[i]];
            values[i] = labels[rows[i]];
        }
        return new LabelledTokens(selected, values);
    }
}
