package dev.tiller.sampler.numerics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ScopeIT {
    private NDManager manager;
    private NDArray x;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager();
        x = manager.create(new float[] {1, 2, 3, 4}, new Shape(2, 2));
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void borrowingLeavesTheArrayWhereItIs() {
        NDArray first;
        NDArray temporary;
        try (Scope scope = Scope.of(x)) {
            first = scope.borrow(x);
            NDArray second = scope.borrow(x); // the same input twice
            temporary = first.add(second);
            assertSame(scope.manager(), first.getManager());
            assertSame(scope.manager(), temporary.getManager());
            assertEquals(x.getShape(), first.getShape());
            assertEquals(x.getDataType(), first.getDataType());
            assertArrayEquals(new float[] {2, 4, 6, 8}, temporary.toFloatArray());
        }
        assertTrue(first.isReleased());
        assertTrue(temporary.isReleased());
        assertSame(manager, x.getManager());
        assertArrayEquals(new float[] {1, 2, 3, 4}, x.toFloatArray());
        assertEquals(1, manager.getManagedArrays().size());
    }

    @Test
    void givesOnlyTheResult() {
        NDArray result;
        try (Scope scope = Scope.of(x)) {
            result = scope.give(scope.borrow(x).mul(2).add(1));
        }
        assertFalse(result.isReleased());
        assertSame(manager, result.getManager());
        assertArrayEquals(new float[] {3, 5, 7, 9}, result.toFloatArray());
        assertEquals(2, manager.getManagedArrays().size());
    }

    @Test
    void givesListsAndToAnyManager() {
        try (NDManager target = manager.newSubManager()) {
            NDList results;
            try (Scope scope = Scope.of(target)) {
                NDArray view = scope.borrow(x);
                results = scope.give(new NDList(view.add(1), view.add(2)));
            }
            assertEquals(2, target.getManagedArrays().size());
            assertArrayEquals(new float[] {3, 4, 5, 6}, results.get(1).toFloatArray());
        }
        assertEquals(1, manager.getManagedArrays().size());
    }

    @Test
    void freesTheTemporariesOfAFailedCall() {
        NDArray[] temporary = new NDArray[1];
        try (Scope scope = Scope.of(x)) {
            temporary[0] = scope.borrow(x).add(1);
            throw new UnsupportedOperationException("stop");
        } catch (UnsupportedOperationException e) {
            assertTrue(temporary[0].isReleased());
        }
        assertEquals(1, manager.getManagedArrays().size());
    }

    @Test
    void threadsMayShareAnInput() {
        boolean allRight =
                IntStream.range(0, 2000)
                        .parallel()
                        .allMatch(
                                i -> {
                                    try (Scope scope = Scope.of(x)) {
                                        NDArray sum = scope.borrow(x).add(scope.borrow(x)).sum();
                                        return sum.getFloat() == 20;
                                    }
                                });
        assertTrue(allRight);
        assertFalse(x.isReleased());
        assertSame(manager, x.getManager());
        assertEquals(1, manager.getManagedArrays().size());
    }

    @Test
    void gradientsFlowThroughTheView() {
        x.setRequiresGradient(true);
        double value =
                Gradients.backward(
                        manager,
                        () -> {
                            try (Scope scope = Scope.of(x)) {
                                NDArray view = scope.borrow(x);
                                return scope.give(view.mul(view).sum());
                            }
                        });
        assertEquals(30, value);
        try (NDArray gradient = x.getGradient()) {
            assertArrayEquals(new float[] {2, 4, 6, 8}, gradient.toFloatArray());
        }
    }
}
