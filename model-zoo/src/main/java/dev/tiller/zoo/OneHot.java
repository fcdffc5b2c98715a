package dev.tiller.zoo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.numerics.Scope;
import java.util.List;

/** Letters, tokens and one-hot rows. */
public final class OneHot {
    private OneHot() {}

    /**
     * Encodes tokens.
     *
     * @param tokens int64 [B, L], each in [0, K]; K is the mask
     * @param cleanTokens K
     * @return float32 [B, L, K]; a masked position is all zero; owned by the manager of {@code
     *     tokens}
     */
    public static NDArray encode(NDArray tokens, int cleanTokens) {
        if (tokens.getDataType() != DataType.INT64 || tokens.getShape().dimension() != 2) {
            throw new IllegalArgumentException(
                    "tokens must be int64 [B, L], got "
                            + tokens.getDataType()
                            + " "
                            + tokens.getShape());
        }
        try (Scope scope = Scope.of(tokens)) {
            NDArray all = scope.borrow(tokens).oneHot(cleanTokens + 1);
            return scope.give(all.get(new NDIndex("..., :{}", cleanTokens)).duplicate());
        }
    }

    /**
     * Encodes sequences.
     *
     * @param sequences at least one sequence, all of one length
     * @param alphabet the letters; K is their number
     * @param manager owner of the result
     * @return float32 [B, L, K]
     * @throws IllegalArgumentException if lengths differ or a letter is not of the alphabet
     */
    public static NDArray encode(List<String> sequences, String alphabet, NDManager manager) {
        long[] tokens = tokens(sequences, alphabet);
        int letters = alphabet.length();
        float[] hot = new float[tokens.length * letters];
        for (int i = 0; i < tokens.length; i++) {
            hot[i * letters + (int) tokens[i]] = 1;
        }
        int length = sequences.get(0).length();
        return manager.create(hot, new Shape(sequences.size(), length, letters));
    }

    /**
     * Turns sequences into tokens.
     *
     * @param sequences at least one sequence, all of one length
     * @param alphabet the letters; a letter's token is its position
     * @param manager owner of the result
     * @return int64 [B, L]
     * @throws IllegalArgumentException if lengths differ or a letter is not of the alphabet
     */
    public static NDArray tokens(List<String> sequences, String alphabet, NDManager manager) {
        long[] tokens = tokens(sequences, alphabet);
        return manager.create(tokens, new Shape(sequences.size(), sequences.get(0).length()));
    }

    private static long[] tokens(List<String> sequences, String alphabet) {
        int length = sequences.get(0).length();
        long[] tokens = new long[sequences.size() * length];
        for (int row = 0; row < sequences.size(); row++) {
            String sequence = sequences.get(row);
            if (sequence.length() != length) {
                throw new IllegalArgumentException(
                        "sequences must have one length, got "
                                + length
                                + " and "
                                + sequence.length()
                                + " (sequence "
                                + row
                                + ")");
            }
            for (int i = 0; i < length; i++) {
                int token = alphabet.indexOf(sequence.charAt(i));
                if (token < 0) {
                    throw new IllegalArgumentException(
                            "letters must be of "
                                    + alphabet
                                    + ", got '"
                                    + sequence.charAt(i)
                                    + "' at position "
                                    + i
                                    + " of sequence "
                                    + row);
                }
                tokens[row * length + i] = token;
            }
        }
        return tokens;
    }
}
