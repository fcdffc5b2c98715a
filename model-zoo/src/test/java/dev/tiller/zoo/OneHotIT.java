package dev.tiller.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

class OneHotIT {
    @Test
    void leavesTheMaskZero() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray tokens = manager.create(new long[] {1, 2, 0}, new Shape(1, 3));
            NDArray encoded = OneHot.encode(tokens, 2);
            assertEquals(new Shape(1, 3, 2), encoded.getShape());
            assertArrayEquals(new float[] {0, 1, 0, 0, 1, 0}, encoded.toFloatArray());
        }
    }

    @Test
    void readsLetters() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray tokens = OneHot.tokens(List.of("ACGT", "TTAA"), "ACGT", manager);
            assertArrayEquals(new long[] {0, 1, 2, 3, 3, 3, 0, 0}, tokens.toLongArray());
            assertEquals(
                    "letters must be of ACGT, got 'N' at position 1 of sequence 0",
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> OneHot.tokens(List.of("AN"), "ACGT", manager))
                            .getMessage());
            assertEquals(
                    "sequences must have one length, got 1 and 2 (sequence 1)",
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> OneHot.tokens(List.of("A", "AC"), "ACGT", manager))
                            .getMessage());
        }
    }
}
