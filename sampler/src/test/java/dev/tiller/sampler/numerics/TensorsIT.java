package dev.tiller.sampler.numerics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TensorsIT {
    private NDManager manager;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager();
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void copiesValuesAndSharesNoMemory() {
        NDArray source = manager.create(new float[] {1, 2, 3, 4}, new Shape(2, 2));
        NDArray target = manager.zeros(new Shape(2, 2));
        Tensors.assign(source, target);
        source.muli(100);
        assertArrayEquals(new float[] {1, 2, 3, 4}, target.toFloatArray());
        target.addi(1);
        assertArrayEquals(new float[] {100, 200, 300, 400}, source.toFloatArray());
        assertEquals(2, manager.getManagedArrays().size());
    }

    /** The gradient of x c is c, whatever became of Java's memory in between. */
    @Test
    void constantsAreThereWhenTheGradientIsFormed() {
        float[] elements = new float[512];
        for (int i = 0; i < elements.length; i++) {
            elements[i] = i;
        }
        NDArray x = manager.ones(new Shape(elements.length));
        x.setRequiresGradient(true);
        Gradients.backward(
                manager,
                () -> {
                    NDArray sum;
                    try (NDArray factor = Tensors.create(manager, elements, x.getShape())) {
                        assertArrayEquals(elements, factor.toFloatArray());
                        sum = Tensors.scale(x.mul(factor), 3).sum();
                    }
                    System.gc();
                    float[] other = new float[elements.length];
                    Arrays.fill(other, Float.NaN);
                    for (int i = 0; i < 500; i++) {
                        manager.create(other);
                        manager.create(Float.NaN);
                    }
                    return sum;
                });
        float[] gradient = x.getGradient().toFloatArray();
        for (int i = 0; i < gradient.length; i++) {
            assertEquals(3f * i, gradient[i]);
        }
    }

    @Test
    void replacesTheValuesOfAWeight() {
        NDArray weight = manager.create(new float[] {1, 2});
        weight.setRequiresGradient(true);
        Tensors.assign(manager.create(new float[] {3, 4}), weight);
        assertEquals(25, Gradients.backward(manager, () -> weight.mul(weight).sum()));
        try (NDArray gradient = weight.getGradient()) {
            assertArrayEquals(new float[] {6, 8}, gradient.toFloatArray());
        }
    }

    @Test
    void refusesAnotherShapeOrType() {
        NDArray target = manager.zeros(new Shape(2, 2));
        assertRefused(
                "source must be float32 (2, 2), got float32 (4)",
                manager.create(new float[4]),
                target);
        assertRefused(
                "source must be float32 (2, 2), got int64 (2, 2)",
                manager.create(new long[4], new Shape(2, 2)),
                target);
    }

    private static void assertRefused(String text, NDArray source, NDArray target) {
        assertEquals(
                text,
                assertThrows(IllegalArgumentException.class, () -> Tensors.assign(source, target))
                        .getMessage());
    }
}
