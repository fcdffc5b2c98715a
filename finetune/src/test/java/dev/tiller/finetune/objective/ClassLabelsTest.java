package dev.tiller.finetune.objective;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tiller.sampler.Philox;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ClassLabelsTest {
    private static final int ROWS = 4000;

    private static ClassLabels labels(double dropout) {
        long[] classes = IntStream.range(0, ROWS).mapToLong(row -> row % 3).toArray();
        return new ClassLabels(classes, classes, 3, dropout);
    }

    private static int[] reversed() {
        return IntStream.range(0, ROWS).map(row -> ROWS - 1 - row).toArray();
    }

    /** 4,000 draws of chance 0.1: standard deviation 19, six of them are a chance of 2e-9. */
    @Test
    void hidesAShareOfTheClasses() {
        int[] batch = reversed();
        long[] shown = labels(0.1).shown(batch, 5, new Philox(1));
        int hidden = 0;
        for (int i = 0; i < ROWS; i++) {
            if (shown[i] == 3) {
                hidden++;
            } else {
                assertEquals(batch[i] % 3, shown[i]);
            }
        }
        assertEquals(400, hidden, 114);
        assertArrayEquals(shown, labels(0.1).shown(batch, 5, new Philox(1)));
        assertFalse(Arrays.equals(shown, labels(0.1).shown(batch, 6, new Philox(1))));
    }

    @Test
    void hidesNoneWithoutDropoutAndAllWhenAskedTo() {
        long[] shown = labels(0).shown(reversed(), 0, new Philox(1));
        assertEquals(0, Arrays.stream(shown).filter(label -> label == 3).count());
        ClassLabels without = labels(0).withoutClasses();
        assertEquals(ROWS, Arrays.stream(without.validation()).filter(c -> c == 3).count());
        assertArrayEquals(labels(0).training(), without.training());
    }

    @Test
    void refusesOtherShares() {
        for (double share : new double[] {-0.1, 1, Double.NaN}) {
            assertEquals(
                    "dropout must be in [0, 1), got " + share,
                    assertThrows(IllegalArgumentException.class, () -> labels(share)).getMessage());
        }
    }
}
