package dev.tiller.finetune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.tiller.sampler.Philox;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BatchOrderTest {
    private static int[] epoch(BatchOrder order, int first, int steps) {
        return IntStream.range(first, first + steps)
                .flatMap(step -> Arrays.stream(order.batch(step)))
                .toArray();
    }

    @Test
    void showsEachExampleOncePerEpoch() {
        BatchOrder order = new BatchOrder(12, 4, new Philox(1));
        int[] all = IntStream.range(0, 12).toArray();
        int[] first = epoch(order, 0, 3);
        int[] second = epoch(order, 3, 3);
        assertArrayEquals(all, Arrays.stream(first).sorted().toArray());
        assertArrayEquals(all, Arrays.stream(second).sorted().toArray());
        assertFalse(Arrays.equals(first, second));
    }

    /** Also after what was asked before, as in a run that is resumed. */
    @Test
    void isAFunctionOfTheStep() {
        BatchOrder order = new BatchOrder(13, 4, new Philox(1));
        int[] late = order.batch(7);
        order.batch(0);
        assertArrayEquals(late, order.batch(7));
        assertArrayEquals(late, new BatchOrder(13, 4, new Philox(1)).batch(7));
        assertFalse(Arrays.equals(late, new BatchOrder(13, 4, new Philox(2)).batch(7)));
    }

    @Test
    void leavesOutWhatDoesNotFillABatch() {
        BatchOrder order = new BatchOrder(13, 4, new Philox(1));
        assertEquals(12, Arrays.stream(epoch(order, 0, 3)).distinct().count());
    }

    @Test
    void makesOneBatchOfFewExamples() {
        BatchOrder order = new BatchOrder(3, 100, new Philox(1));
        assertArrayEquals(new int[] {0, 1, 2}, Arrays.stream(order.batch(5)).sorted().toArray());
    }
}
