package dev.tiller.finetune.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tiller.sampler.Philox;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TeacherLabelsTest {
    /** Row i does not depend on how many rows there are. */
    @Test
    void drawsRowsThatStandAlone() {
        long[][] few = TeacherLabels.randomSequences(3, 5, 4, new Philox(2));
        long[][] many = TeacherLabels.randomSequences(7, 5, 4, new Philox(2));
        assertArrayEquals(few, Arrays.copyOf(many, 3));
    }

    /** 4,000 letters: chi-square of 3 degrees of freedom, false alarm 1e-6 at 30.7. */
    @Test
    void drawsAllLettersEquallyOften() {
        int[] counts = new int[4];
        for (long[] row : TeacherLabels.randomSequences(400, 10, 4, new Philox(8))) {
            Arrays.stream(row).forEach(token -> counts[(int) token]++);
        }
        double distance = 0;
        for (int count : counts) {
            distance += (count - 1000.0) * (count - 1000.0) / 1000.0;
        }
        assertEquals(0, distance, 30.7, Arrays.toString(counts));
    }
}
