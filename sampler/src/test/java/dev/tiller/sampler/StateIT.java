package dev.tiller.sampler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StateIT {
    private NDManager root;
    private NDManager home;

    @BeforeEach
    void open() {
        root = NDManager.newBaseManager();
        home = root.newSubManager();
    }

    @AfterEach
    void close() {
        home.close();
        int left = root.getManagedArrays().size();
        root.close();
        assertEquals(0, left, "arrays left in a parent manager");
    }

    /** Three particles with tokens int64 [3, 2] and features float32 [3, 2, 2]. */
    private State state() {
        NDArray tokens = home.create(new long[] {0, 1, 2, 3, 4, 5}, new Shape(3, 2));
        float[] numbers = {0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23};
        NDArray features = home.create(numbers, new Shape(3, 2, 2));
        features.setName("features");
        return new State(new NDList(tokens, features), new long[] {7, 8, 9}, new int[] {0, 1, 2});
    }

    @Test
    void selectsRowsInTheOrderAskedWithRepeats() {
        State picked = state().select(new int[] {2, 0, 2}, home);
        assertEquals(3, picked.rows());
        assertArrayEquals(new long[] {4, 5, 0, 1, 4, 5}, picked.array(0).toLongArray());
        assertEquals(new Shape(3, 2), picked.array(0).getShape());
        assertEquals(DataType.INT64, picked.array(0).getDataType());
        assertArrayEquals(
                new float[] {20, 21, 22, 23, 0, 1, 2, 3, 20, 21, 22, 23},
                picked.array(1).toFloatArray());
        assertEquals(new Shape(3, 2, 2), picked.array(1).getShape());
        assertEquals("features", picked.array(1).getName());
        assertArrayEquals(new long[] {9, 7, 9}, picked.sampleIds());
        assertArrayEquals(new int[] {2, 0, 2}, picked.chains());
        assertEquals(7, picked.sampleId(1));
        assertEquals(2, picked.chain(2));
    }

    @Test
    void selectsFewerMoreOrNoRows() {
        State state = state();
        assertArrayEquals(
                new long[] {2, 3}, state.select(new int[] {1}, home).array(0).toLongArray());
        assertEquals(
                new Shape(5, 2, 2),
                state.select(new int[] {1, 1, 1, 1, 1}, home).array(1).getShape());
        State none = state.select(new int[] {}, home);
        assertEquals(0, none.rows());
        assertEquals(new Shape(0, 2), none.array(0).getShape());
        assertEquals(List.of(), none.rowKeys());
    }

    @Test
    void selectionBelongsToTheGivenManagerAndOutlivesItsSource() {
        State state = state();
        int before = home.getManagedArrays().size();
        State picked;
        try (NDManager other = root.newSubManager()) {
            picked = state.select(new int[] {1, 0}, other);
            assertEquals(2, other.getManagedArrays().size());
            assertEquals(before, home.getManagedArrays().size());
            state.close();
            assertArrayEquals(new long[] {2, 3, 0, 1}, picked.array(0).toLongArray());
        }
        assertTrue(picked.array(0).isReleased());
        assertEquals(0, home.getManagedArrays().size());
    }

    @Test
    void selectionIsACopy() {
        State state = state();
        State picked = state.select(new int[] {0, 1, 2}, home);
        picked.array(0).addi(100);
        assertArrayEquals(new long[] {0, 1, 2, 3, 4, 5}, state.array(0).toLongArray());
    }

    @Test
    void joinsStatesAlongTheParticles() {
        State first = state();
        try (NDManager elsewhere = root.newSubManager();
                NDManager target = root.newSubManager()) {
            State second = first.select(new int[] {2}, elsewhere);
            int before = home.getManagedArrays().size();
            State all = State.concat(List.of(second, first, second), target);
            assertEquals(5, all.rows());
            assertArrayEquals(
                    new long[] {4, 5, 0, 1, 2, 3, 4, 5, 4, 5}, all.array(0).toLongArray());
            assertEquals(new Shape(5, 2, 2), all.array(1).getShape());
            assertEquals("features", all.array(1).getName());
            assertArrayEquals(new long[] {9, 7, 8, 9, 9}, all.sampleIds());
            assertArrayEquals(new int[] {2, 0, 1, 2, 2}, all.chains());
            assertEquals(2, target.getManagedArrays().size());
            assertEquals(2, elsewhere.getManagedArrays().size());
            assertEquals(before, home.getManagedArrays().size());
            first.close();
            assertArrayEquals(
                    new long[] {4, 5, 0, 1, 2, 3, 4, 5, 4, 5}, all.array(0).toLongArray());
        }
    }

    @Test
    void concatOfOneStateIsACopy() {
        State only = state();
        State copy = State.concat(List.of(only), home);
        only.close();
        assertArrayEquals(new long[] {0, 1, 2, 3, 4, 5}, copy.array(0).toLongArray());
    }

    @Test
    void keysAreEqualExactlyWhereAllArraysAgree() {
        NDArray tokens = home.create(new long[] {1, 2, 1, 2, 1, 2, 2, 1}, new Shape(4, 2));
        NDArray numbers = home.create(new float[] {0.5f, 0.5f, 0.25f, 0.5f}, new Shape(4, 1));
        State state = new State(new NDList(tokens, numbers), new long[] {7, 8, 9, 10}, new int[4]);
        List<Object> keys = state.rowKeys();
        assertEquals(keys.get(0), keys.get(1)); // other sample ids, same arrays
        assertEquals(keys.get(0).hashCode(), keys.get(1).hashCode());
        assertNotEquals(keys.get(0), keys.get(2)); // other number
        assertNotEquals(keys.get(0), keys.get(3)); // other tokens
        assertEquals(3, new HashSet<>(keys).size());
        assertEquals(keys, state.rowKeys());
    }

    @Test
    void keysCompareBits() {
        float[] values = {0f, -0f, Float.NaN, Float.NaN};
        NDArray numbers = home.create(values, new Shape(4, 1));
        List<Object> keys = new State(new NDList(numbers), new long[4], new int[4]).rowKeys();
        assertNotEquals(keys.get(0), keys.get(1));
        assertEquals(keys.get(2), keys.get(3));
    }

    @Test
    void keysDoNotShareMemoryWithTheState() {
        State state = state();
        List<Object> keys = state.rowKeys();
        List<Object> expected = state.select(new int[] {0, 1, 2}, home).rowKeys();
        state.array(0).addi(1);
        assertEquals(expected, keys);
        assertNotEquals(state.rowKeys(), keys);
    }

    @Test
    void attachMovesTheArrays() {
        State state = state();
        NDArray features = state.array(1);
        try (NDManager other = root.newSubManager()) {
            assertSame(state, state.attach(other));
            assertEquals(0, home.getManagedArrays().size());
            assertEquals(2, other.getManagedArrays().size());
        }
        assertTrue(features.isReleased());
    }

    @Test
    void closeFreesTheArrays() {
        State state = state();
        NDArray tokens = state.array(0);
        state.close();
        assertTrue(tokens.isReleased());
        assertEquals(0, home.getManagedArrays().size());
    }

    @Test
    void copiesIdsAndChains() {
        long[] ids = {7, 8, 9};
        int[] chains = {0, 1, 2};
        State state = new State(new NDList(home.zeros(new Shape(3, 2))), ids, chains);
        ids[0] = 100;
        chains[0] = 100;
        state.sampleIds()[1] = 100;
        state.chains()[1] = 100;
        assertArrayEquals(new long[] {7, 8, 9}, state.sampleIds());
        assertArrayEquals(new int[] {0, 1, 2}, state.chains());
    }

    @Test
    void refusesPartsOfDifferentLengths() {
        NDList arrays = new NDList(home.zeros(new Shape(3, 2)));
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> new State(arrays, new long[2], new int[2]));
        assertEquals(
                "arrays must have 2 rows, one for each sample id, got shape (3, 2)",
                e.getMessage());
        e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> new State(arrays, new long[3], new int[2]));
        assertEquals(
                "chains must have one entry for each of the 3 sample ids, got 2", e.getMessage());
    }
}
