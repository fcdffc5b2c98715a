package dev.tiller.finetune.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class ReplayBufferTest {
    private static final int STATES = 2;

    private final List<Long> made = new ArrayList<>();

    /** Trajectory i has the states (i, 0) and (i, 1), and the label i. */
    private LabelledTokens generate(long first, int count) {
        long[][] tokens = new long[count * STATES][];
        double[] labels = new double[tokens.length];
        for (int i = 0; i < tokens.length; i++) {
            long number = first + i / STATES;
            tokens[i] = new long[] {number, i % STATES};
            labels[i] = number;
            if (i % STATES == 0) {
                made.add(number);
            }
        }
        return new LabelledTokens(tokens, labels);
    }

    private ReplayBuffer buffer(int trajectories, int refresh, int every) {
        return new ReplayBuffer(
                new ReplayBuffer.Options(trajectories, refresh, every), STATES, this::generate);
    }

    /** Checks that states belong together and returns the trajectories at their places. */
    private static long[] trajectories(LabelledTokens contents) {
        long[] numbers = new long[contents.size() / STATES];
        for (int i = 0; i < contents.size(); i++) {
            numbers[i / STATES] = contents.tokens()[i][0];
            assertEquals(i % STATES, contents.tokens()[i][1]);
            assertEquals(contents.tokens()[i - i % STATES][0], contents.tokens()[i][0]);
            assertEquals(contents.tokens()[i][0], contents.labels()[i]);
        }
        return numbers;
    }

    @Test
    void newTrajectoriesTakeThePlaceOfTheOldest() {
        ReplayBuffer buffer = buffer(5, 2, 3);
        assertEquals(10, buffer.size());
        assertEquals(List.of(), made); // nothing is made before it is asked for
        long[][] expected = {{0, 1, 2, 3, 4}, {5, 6, 2, 3, 4}, {5, 6, 7, 8, 4}, {10, 6, 7, 8, 9}};
        for (long step = 0; step < 12; step++) {
            assertArrayEquals(expected[(int) step / 3], trajectories(buffer.at(step)));
            assertSame(buffer.at(step), buffer.at(step));
        }
        assertEquals(LongStream.range(0, 11).boxed().toList(), made); // each once, in order
        assertEquals(11, new ReplayBuffer.Options(5, 2, 3).made(12));
        assertEquals(5, new ReplayBuffer.Options(5, 2, 3).made(3));
        assertEquals(7, new ReplayBuffer.Options(5, 2, 3).made(4));
    }

    /** A run that begins at any step, as one that is resumed, has the same examples. */
    @Test
    void theContentsAreAFunctionOfTheStep() {
        for (int[] pace : new int[][] {{5, 2, 3}, {4, 4, 1}, {6, 1, 2}}) {
            ReplayBuffer whole = buffer(pace[0], pace[1], pace[2]);
            for (long step = 0; step < 40; step++) {
                LabelledTokens expected = whole.at(step);
                made.clear();
                LabelledTokens fresh = buffer(pace[0], pace[1], pace[2]).at(step);
                assertArrayEquals(expected.tokens(), fresh.tokens());
                assertArrayEquals(expected.labels(), fresh.labels());
                assertEquals(pace[0], made.size()); // no more than it holds
            }
            // back and forth
            assertArrayEquals(
                    buffer(pace[0], pace[1], pace[2]).at(7).labels(), whole.at(7).labels());
            assertArrayEquals(
                    buffer(pace[0], pace[1], pace[2]).at(39).labels(), whole.at(39).labels());
        }
    }

    @Test
    void whatWasHandedOutStaysAsItWas() {
        ReplayBuffer buffer = buffer(3, 1, 1);
        LabelledTokens before = buffer.at(0);
        long[][] tokens = Arrays.stream(before.tokens()).map(long[]::clone).toArray(long[][]::new);
        buffer.at(2);
        assertArrayEquals(tokens, before.tokens());
    }

    @Test
    void refusesAPaceThatIsNone() {
        assertRefused(
                "trajectories must be at least 1, got 0", () -> new ReplayBuffer.Options(0, 1, 1));
        assertRefused("refresh must be in [1, 4], got 5", () -> new ReplayBuffer.Options(4, 5, 1));
        assertRefused("refresh must be in [1, 4], got 0", () -> new ReplayBuffer.Options(4, 0, 1));
        assertRefused("every must be at least 1, got 0", () -> new ReplayBuffer.Options(4, 1, 0));
    }

    private static void assertRefused(String text, Executable call) {
        assertEquals(text, assertThrows(IllegalArgumentException.class, call).getMessage());
    }
}
