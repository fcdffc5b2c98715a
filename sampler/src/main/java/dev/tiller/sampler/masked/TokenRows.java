package dev.tiller.sampler.masked;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.State;
import java.util.List;

/** Token states in host memory: rows of {@code length} tokens, one after the other. */
final class TokenRows {
    private TokenRows() {}

    /** Returns the tokens of a state, int64 [rows * length]. */
    static long[] of(State x) {
        return x.array(0).toLongArray();
    }

    /** Makes a state like {@code x} of other tokens. */
    static State like(State x, long[] tokens, NDManager manager) {
        return create(tokens, x.sampleIds(), x.chains(), manager);
    }

    static State create(long[] tokens, long[] sampleIds, int[] chains, NDManager manager) {
        int rows = sampleIds.length;
        Shape shape = new Shape(rows, rows == 0 ? 0 : tokens.length / rows);
        return new State(new NDList(manager.create(tokens, shape)), sampleIds, chains);
    }

    /** Checks the rows of a tilt: a wrong shape would tilt other positions. */
    static void requireTilt(List<float[]> tilt, int rows, int width) {
        if (tilt.size() != rows) {
            throw new IllegalArgumentException(
                    "tilt must have one row for each of the "
                            + rows
                            + " particles, got "
                            + tilt.size());
        }
        for (float[] row : tilt) {
            if (row.length != width) {
                throw new IllegalArgumentException(
                        "tilt must have L * (K + 1) = " + width + " numbers, got " + row.length);
            }
            for (float g : row) {
                if (Float.isNaN(g) || g == Float.POSITIVE_INFINITY) {
                    throw new IllegalArgumentException(
                            "tilt must be finite or negative infinity, got " + g);
                }
            }
        }
    }

    /** Copies some rows to the device. */
    static NDArray upload(long[] tokens, int length, int[] rows, NDManager manager) {
        long[] part = new long[rows.length * length];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(tokens, rows[i] * length, part, i * length, length);
        }
        return manager.create(part, new Shape(rows.length, length));
    }
}
