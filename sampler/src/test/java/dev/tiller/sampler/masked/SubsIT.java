package dev.tiller.sampler.masked;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.numerics.Gradients;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SubsIT {
    private static final float ZERO = Subs.LOG_ZERO;

    private NDManager manager;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager();
    }

    @AfterEach
    void close() {
        manager.close();
    }

    private static float log(double probability) {
        return (float) Math.log(probability);
    }

    @Test
    void normalisesOverTheCleanTokensAlone() {
        // the last column is the mask, however likely the network finds it
        float[] logits = {log(1), log(3), 50, log(2), log(2), -50};
        NDArray logPosterior = Subs.logPosterior(manager.create(logits, new Shape(1, 2, 3)), 2);
        assertEquals(new Shape(1, 2, 2), logPosterior.getShape());
        assertArrayEquals(
                new float[] {log(0.25), log(0.75), log(0.5), log(0.5)},
                logPosterior.toFloatArray(),
                1e-6f);
        assertEquals(2, manager.getManagedArrays().size()); // logits and result
    }

    @Test
    void carriesCleanTokensOver() {
        float[] logs = {log(0.25), log(0.75), log(0.5), log(0.5), log(0.1), log(0.9)};
        NDArray logPosterior = manager.create(logs, new Shape(1, 3, 2));
        NDArray xt = manager.create(new long[] {2, 0, 1}, new Shape(1, 3)); // 2 is the mask
        NDArray carried = Subs.carriedOver(logPosterior, xt);
        assertEquals(new Shape(1, 3, 3), carried.getShape());
        assertArrayEquals(
                new float[] {log(0.25), log(0.75), ZERO, 0, ZERO, ZERO, ZERO, 0, ZERO},
                carried.toFloatArray(),
                1e-12f); // 0 may be -0
        assertEquals(3, manager.getManagedArrays().size());
    }

    @Test
    void gradientsReachMaskedPositionsOnly() {
        NDArray logits = manager.create(new float[] {0, 0, 0, 0, 0, 0}, new Shape(1, 2, 3));
        logits.setRequiresGradient(true);
        NDArray xt = manager.create(new long[] {2, 0}, new Shape(1, 2));
        Gradients.backward(
                manager,
                () ->
                        Subs.carriedOver(Subs.logPosterior(logits, 2), xt)
                                .get(new NDIndex("..., 0"))
                                .sum());
        try (NDArray gradient = logits.getGradient()) {
            // d log softmax_0 = 1 - 1/2, -1/2; the mask's logit has no part
            assertArrayEquals(
                    new float[] {0.5f, -0.5f, 0, 0, 0, 0}, gradient.toFloatArray(), 1e-7f);
        }
    }
}
