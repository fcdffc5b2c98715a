package dev.tiller.guidance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.rewards.Designs;
import dev.tiller.sampler.State;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TokenReaderIT {
    private NDManager manager;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager();
    }

    @AfterEach
    void close() {
        manager.close();
    }

    private Designs read(String alphabet, int length, long... tokens) {
        int rows = tokens.length / length;
        NDList arrays = new NDList(manager.create(tokens, new Shape(rows, length)));
        State x0 = new State(arrays, new long[rows], new int[rows]);
        return DesignReader.ofTokens(alphabet).read(x0);
    }

    @Test
    void writesTheLetterOfEachToken() {
        assertEquals(List.of("ACG", "TTA"), read("ACGT", 3, 0, 1, 2, 3, 3, 0).sequences());
        assertEquals(List.of("B"), read("AB", 1, 1).sequences());
        assertEquals(List.of(), read("AB", 1).sequences());
    }

    @Test
    void refusesTokensThatAreNoLetters() {
        assertRefused("x0 must be clean, got token 4 in row 1 at position 2", 0, 0, 0, 1, 1, 4);
        assertRefused("x0 must be clean, got token -1 in row 0 at position 0", -1, 0, 0);
    }

    private void assertRefused(String text, long... tokens) {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> read("ACGT", 3, tokens));
        assertEquals(text, e.getMessage());
    }
}
