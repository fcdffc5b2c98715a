package dev.tiller.finetune.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tiller.sampler.Philox;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SplitTest {
    private static int[] all(Split split) {
        return Stream.of(split.training(), split.validation(), split.test())
                .flatMapToInt(Arrays::stream)
                .sorted()
                .toArray();
    }

    @Test
    void putsEachRowIntoOnePart() {
        for (int rows : new int[] {1, 2, 9, 10, 1000, 1003}) {
            Split split = Split.of(rows, 0.1, 0.2, new Philox(3));
            assertArrayEquals(IntStream.range(0, rows).toArray(), all(split));
            assertEquals(Math.round(rows * 0.1), split.validation().length);
            assertEquals(Math.round(rows * 0.2), split.test().length);
        }
    }

    @Test
    void isAFunctionOfTheSeed() {
        Split first = Split.of(100, 0.1, 0.2, new Philox(3));
        Split again = Split.of(100, 0.1, 0.2, new Philox(3));
        Split other = Split.of(100, 0.1, 0.2, new Philox(4));
        assertArrayEquals(first.training(), again.training());
        assertArrayEquals(first.validation(), again.validation());
        assertArrayEquals(first.test(), again.test());
        assertFalse(Arrays.equals(first.test(), other.test()));
    }

    /** What jobs without groups were split into from the first: tests, validations, the rest. */
    @Test
    void isAPermutationThatIsCutTwice() {
        Philox noise = new Philox(8);
        int[] order = Split.permutation(50, 0, noise);
        Split split = Split.of(50, 0.1, 0.2, noise);
        assertArrayEquals(Arrays.copyOfRange(order, 0, 10), split.test());
        assertArrayEquals(Arrays.copyOfRange(order, 10, 15), split.validation());
        assertArrayEquals(Arrays.copyOfRange(order, 15, 50), split.training());
    }

    @Test
    void permutesDifferentlyInEachEpoch() {
        Philox noise = new Philox(5);
        int[] first = Split.permutation(200, 1, noise);
        assertArrayEquals(first, Split.permutation(200, 1, noise));
        assertFalse(Arrays.equals(first, Split.permutation(200, 2, noise)));
        assertArrayEquals(
                IntStream.range(0, 200).toArray(), Arrays.stream(first).sorted().toArray());
    }

    /**
     * Where row 0 of 4 ends up in 4,000 permutations: chi-square of 3 degrees of freedom, false
     * alarm 1e-6 at 30.7.
     */
    @Test
    void favoursNoPlace() {
        int[] counts = new int[4];
        for (int number = 0; number < 4000; number++) {
            int[] order = Split.permutation(4, number, new Philox(6));
            for (int place = 0; place < 4; place++) {
                counts[place] += order[place] == 0 ? 1 : 0;
            }
        }
        double distance = 0;
        for (int count : counts) {
            distance += (count - 1000.0) * (count - 1000.0) / 1000.0;
        }
        assertEquals(0, distance, 30.7, Arrays.toString(counts));
    }

    @Test
    void refusesSharesThatLeaveNothing() {
        assertEquals(
                "validation and test must be at least 0 and below 1 together, got 0.5 and 0.5",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> Split.of(10, 0.5, 0.5, new Philox(1)))
                        .getMessage());
        assertThrows(
                IllegalArgumentException.class, () -> Split.of(10, Double.NaN, 0, new Philox(1)));
    }
}
