package dev.tiller.sampler.masked;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tiller.sampler.Conditions;
import java.util.List;
import org.junit.jupiter.api.Test;

class LayoutTest {
    private static final Layout TIED =
            new Layout(new int[] {-1, 2, -1, -1}, new int[] {0, 1, 2, 0});

    @Test
    void countsWhatIsToBeDecided() {
        assertEquals(2, TIED.freePositions());
        assertEquals(5, Layout.free(5).freePositions());
    }

    @Test
    void whatLiesBeyondTheEndIsNotFree() {
        assertTrue(TIED.isFree(3));
        assertFalse(TIED.isFree(1));
        assertFalse(TIED.isFree(4));
        assertEquals(7, TIED.leaderOf(7));
    }

    @Test
    void tiedPositionsGetTheirGeometricMean() {
        float[] logs = new float[8];
        double[] first = {0.8, 0.2};
        double[] last = {0.2, 0.8};
        for (int k = 0; k < 2; k++) {
            logs[k] = (float) Math.log(first[k]);
            logs[6 + k] = (float) Math.log(last[k]);
            logs[2 + k] = -k;
        }
        TIED.tie(logs, 2);
        float half = (float) Math.log(0.5);
        assertArrayEquals(new float[] {half, half, 0, -1, 0, 0, half, half}, logs, 1e-6f);
    }

    @Test
    void longestLayoutsSetTheLength() {
        Layouts layouts = new Layouts(List.of(TIED, Layout.free(3)), id -> (int) (id % 2));
        assertEquals(4, layouts.length());
        assertEquals(3, layouts.freePositions());
        assertEquals(3, layouts.of(5).length());
        assertTrue(layouts.areConditional());
        assertFalse(new Layouts(List.of(TIED), Conditions.NONE).areFree());
    }

    @Test
    void refusesLayoutsThatContradictThemselves() {
        Exception tied =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> new Layout(new int[] {1, 2}, new int[] {0, 0}));
        assertEquals(
                "tied positions must be given the same letter or be free together, got 1 at 0 and 2"
                        + " at 1",
                tied.getMessage());
        assertThrows(
                IllegalArgumentException.class,
                () -> new Layout(new int[] {-1, -1}, new int[] {1, 1}));
        assertThrows(IllegalArgumentException.class, () -> new Layout(new int[0], new int[0]));
    }
}
