package dev.tiller.finetune.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class LabelledTokensTest {
    private static final LabelledTokens THREE =
            new LabelledTokens(new long[][] {{0, 1}, {2, 3}, {1, 1}}, new double[] {5, 6, 7});

    @Test
    void selectsRowsInTheOrderAsked() {
        LabelledTokens selected = THREE.select(new int[] {2, 0, 2});
        assertEquals(3, selected.size());
        assertArrayEquals(new long[][] {{1, 1}, {0, 1}, {1, 1}}, selected.tokens());
        assertArrayEquals(new double[] {7, 5, 7}, selected.labels());
    }

    @Test
    void needsOneLabelForEachSequence() {
        assertEquals(
                "there must be one label for each sequence and at least one, got 1 sequences and 2"
                        + " labels",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> new LabelledTokens(new long[][] {{0}}, new double[2]))
                        .getMessage());
        assertThrows(IllegalArgumentException.class, () -> THREE.select(new int[0]));
    }
}
