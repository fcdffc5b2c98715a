package dev.tiller.guidance;

import dev.tiller.rewards.Designs;
import dev.tiller.sampler.State;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads tokens as letters.
 *
 * @param alphabet the letter of each token
 */
record TokenReader(String alphabet) implements DesignReader {
    @Override
    public Designs read(State x0) {
        long[] tokens = x0.array(0).toLongArray();
        int length = x0.rows() == 0 ? 0 : tokens.length / x0.rows();
        List<String> sequences = new ArrayList<>(x0.rows());
        StringBuilder text = new StringBuilder(length);
        for (int row = 0; row < x0.rows(); row++) {
            text.setLength(0);
            for (int i = 0; i < length; i++) {
                long token = tokens[row * length + i];
                if (token < 0 || token >= alphabet.length()) {
                    throw new IllegalArgumentException(
                            "x0 must be clean, got token "
                                    + token
                                    + " in row "
                                    + row
                                    + " at position "
                                    + i);
                }
                text.append(alphabet.charAt((int) token));
            }
            sequences.add(text.toString());
        }
        return new Designs(sequences);
    }
}
