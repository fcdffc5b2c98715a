package dev.tiller.guidance;

import dev.tiller.sampler.Prediction;
import dev.tiller.sampler.State;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The tilts of a batch of token states while they are filled: zero where nothing was set. */
final class Tilts {
    private final long[] tokens;
    private final int length;
    private final int letters;
    private final List<float[]> rows;
    private final List<int[]> masked;

    private Tilts(long[] tokens, int rows, int length, int letters) {
        this.tokens = tokens;
        this.length = length;
        this.letters = letters;
        this.rows = new ArrayList<>(rows);
        this.masked = new ArrayList<>(rows);
        for (int row = 0; row < rows; row++) {
            int first = row * length;
            this.rows.add(new float[length * (letters + 1)]);
            masked.add(
                    IntStream.range(0, length).filter(l -> tokens[first + l] == letters).toArray());
        }
    }

    static Tilts of(State x, Prediction prediction) {
        long[] tokens = x.array(0).toLongArray();
        int length = x.rows() == 0 ? 0 : tokens.length / x.rows();
        int letters = x.rows() == 0 ? 0 : prediction.row(0).length / length;
        return new Tilts(tokens, x.rows(), length, letters);
    }

    static double requireStrength(double strength) {
        if (!Double.isFinite(strength)) {
            throw new IllegalArgumentException("strength must be finite, got " + strength);
        }
        return strength;
    }

    /** All tokens, not to be modified. */
    long[] tokens() {
        return tokens;
    }

    int length() {
        return length;
    }

    int letters() {
        return letters;
    }

    /** The masked positions of a row, not to be modified. */
    int[] masked(int row) {
        return masked.get(row);
    }

    boolean hasMasks(int row) {
        return masked.get(row).length > 0;
    }

    void set(int row, int position, int letter, double tilt) {
        rows.get(row)[position * (letters + 1) + letter] = (float) tilt;
    }

    List<float[]> rows() {
        return rows;
    }
}
