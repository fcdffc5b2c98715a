package dev.tiller.sampler.numerics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GradientsIT {
    private NDManager manager;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager();
    }

    @AfterEach
    void close() {
        manager.close();
    }

    private NDArray leaf(float... values) {
        NDArray x = manager.create(values);
        x.setRequiresGradient(true);
        return x;
    }

    private static float[] gradient(NDArray x) {
        try (NDArray gradient = x.getGradient()) {
            return gradient.toFloatArray();
        }
    }

    @Test
    void returnsTheValueAndItsGradient() {
        NDArray x = leaf(1, -2, 3);
        assertEquals(14, Gradients.backward(manager, () -> x.mul(x).sum()));
        assertArrayEquals(new float[] {2, -4, 6}, gradient(x));
    }

    @Test
    void acceptsOneElementOfRankOne() {
        NDArray x = leaf(3);
        assertEquals(9, Gradients.backward(manager, () -> x.mul(x)));
        assertArrayEquals(new float[] {6}, gradient(x));
    }

    @Test
    void gradientsOfSeveralCallsAddUp() {
        NDArray x = leaf(1, 2);
        Gradients.backward(manager, () -> x.sum());
        Gradients.backward(manager, () -> x.mul(10).sum());
        assertArrayEquals(new float[] {11, 11}, gradient(x));
    }

    @Test
    void refusesATargetThatIsNotScalar() {
        NDArray x = leaf(1, 2);
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> Gradients.backward(manager, () -> x.mul(2)));
        assertEquals("target must be a scalar, got shape (2)", e.getMessage());
        assertArrayEquals(new float[] {0, 0}, gradient(x));
    }

    @Test
    void refusesALossThatIsNotFinite() {
        NDArray x = leaf(-1);
        IllegalStateException e =
                assertThrows(
                        IllegalStateException.class,
                        () -> Gradients.backward(manager, () -> x.log().sum()));
        assertEquals("loss must be finite, got NaN", e.getMessage());
        e =
                assertThrows(
                        IllegalStateException.class,
                        () -> Gradients.backward(manager, () -> x.add(1).log().sum()));
        assertEquals("loss must be finite, got -Infinity", e.getMessage());
        assertArrayEquals(new float[] {0}, gradient(x));
    }

    @Test
    void theDoorIsOpenAgainAfterAFailure() {
        UnsupportedOperationException failure = new UnsupportedOperationException("stop");
        UnsupportedOperationException thrown =
                assertThrows(
                        UnsupportedOperationException.class,
                        () ->
                                Gradients.backward(
                                        manager,
                                        () -> {
                                            throw failure;
                                        }));
        assertSame(failure, thrown);
        NDArray x = leaf(2);
        Gradients.backward(manager, () -> x.mul(x).sum());
        assertArrayEquals(new float[] {4}, gradient(x));
    }

    /** Without the lock DJL refuses the second of two collectors that are open at a time. */
    @Test
    void threadsTakeTurns() {
        boolean allRight =
                IntStream.range(0, 400)
                        .parallel()
                        .allMatch(
                                i -> {
                                    try (NDManager own = manager.newSubManager()) {
                                        NDArray x = own.full(new Shape(3), (float) i);
                                        x.setRequiresGradient(true);
                                        Gradients.backward(own, () -> x.mul(x).sum());
                                        return gradient(x)[1] == 2 * i;
                                    }
                                });
        assertTrue(allRight);
    }
}
