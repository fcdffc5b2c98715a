package dev.tiller.sampler;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * A batch of noisy designs: named arrays with the particle on axis 0, and for each particle the
 * sample it belongs to and its number there.
 *
 * <p>Decoders use the row operations alone and never look inside; a process knows its own arrays.
 * The arrays belong to the manager they were made in; {@link #close()} frees them.
 */
public final class State implements AutoCloseable {
    private final NDList arrays;
    private final long[] sampleIds;
    private final int[] chains;

    /**
     * Wraps arrays as a state, without copying.
     *
     * @param arrays one or more arrays of any dtype, each with {@code sampleIds.length} rows
     * @param sampleIds the sample id of each row
     * @param chains the number of each row among the particles of its sample, part of the address
     *     of its randomness; 0 where there is one particle per sample
     */
    public State(NDList arrays, long[] sampleIds, int[] chains) {
        if (chains.length != sampleIds.length) {
            throw new IllegalArgumentException(
                    "chains must have one entry for each of the "
                            + sampleIds.length
                            + " sample ids, got "
                            + chains.length);
        }
        for (NDArray array : arrays) {
            if (array.getShape().get(0) != sampleIds.length) {
                throw new IllegalArgumentException(
                        "arrays must have "
                                + sampleIds.length
                                + " rows, one for each sample id, got shape "
                                + array.getShape());
            }
        }
        this.arrays = Objects.requireNonNull(arrays);
        this.sampleIds = sampleIds.clone();
        this.chains = chains.clone();
    }

    /**
     * Returns the number of particles.
     *
     * @return the length of axis 0
     */
    public int rows() {
        return sampleIds.length;
    }

    /**
     * Returns the sample id of each row.
     *
     * @return a copy, int64 [rows]
     */
    public long[] sampleIds() {
        return sampleIds.clone();
    }

    /**
     * Returns the sample id of one row.
     *
     * @param row the row
     * @return its sample id
     */
    public long sampleId(int row) {
        return sampleIds[row];
    }

    /**
     * Returns the chain number of each row.
     *
     * @return a copy, [rows]
     */
    public int[] chains() {
        return chains.clone();
    }

    /**
     * Returns the chain number of one row.
     *
     * @param row the row
     * @return its number among the particles of its sample
     */
    public int chain(int row) {
        return chains[row];
    }

    /**
     * Returns one array.
     *
     * @param index its position in the list
     * @return the array itself, still owned by this state
     */
    public NDArray array(int index) {
        return arrays.get(index);
    }

    /**
     * Copies rows into a new state.
     *
     * @param rows the rows to take, in any order, repeats allowed
     * @param manager owner of the new arrays
     * @return a state with {@code rows.length} particles
     */
    public State select(int[] rows, NDManager manager) {
        NDList selected = new NDList(arrays.size());
        try (NDManager scope = manager.newSubManager()) {
            NDIndex index = new NDIndex("{}", scope.create(rows));
            for (NDArray array : arrays) {
                NDArray taken = array.get(scope, index);
                taken.attach(manager);
                taken.setName(array.getName());
                selected.add(taken);
            }
        }
        long[] ids = Arrays.stream(rows).mapToLong(row -> sampleIds[row]).toArray();
        int[] numbers = Arrays.stream(rows).map(row -> chains[row]).toArray();
        return new State(selected, ids, numbers);
    }

    /**
     * Copies rows into a new state whose particles are numbered anew, as after a resampling, where
     * copies of one particle must go different ways.
     *
     * @param rows the rows to take, in any order, repeats allowed
     * @param numbers the chain number of each new row
     * @param manager owner of the new arrays
     * @return a state with {@code rows.length} particles
     */
    public State select(int[] rows, int[] numbers, NDManager manager) {
        State selected = select(rows, manager);
        return new State(selected.arrays, selected.sampleIds, numbers);
    }

    /**
     * Joins states of the same arrays along the particle axis.
     *
     * @param states at least one state
     * @param manager owner of the new arrays
     * @return all particles, in the order given
     */
    public static State concat(List<State> states, NDManager manager) {
        NDList joined = new NDList();
        State first = states.get(0);
        for (int i = 0; i < first.arrays.size(); i++) {
            NDList parts = new NDList(states.size());
            for (State state : states) {
                parts.add(state.array(i));
            }
            NDArray all = NDArrays.concat(parts, 0);
            all.attach(manager);
            all.setName(first.array(i).getName());
            joined.add(all);
        }
        long[] ids = states.stream().flatMapToLong(s -> Arrays.stream(s.sampleIds)).toArray();
        int[] numbers = states.stream().flatMapToInt(s -> Arrays.stream(s.chains)).toArray();
        return new State(joined, ids, numbers);
    }

    /**
     * Returns a key for each row: equal keys mean bit-equal rows in all arrays. Sample ids are not
     * part of it.
     *
     * @return one key per row, fit for hash maps
     */
    public List<Object> rowKeys() {
        int rows = rows();
        List<ByteBuffer> bytes = new ArrayList<>(arrays.size());
        int width = 0;
        for (NDArray array : arrays) {
            ByteBuffer buffer = array.toByteBuffer();
            bytes.add(buffer);
            width += rows == 0 ? 0 : buffer.remaining() / rows;
        }
        List<Object> keys = new ArrayList<>(rows);
        for (int row = 0; row < rows; row++) {
            byte[] key = new byte[width];
            int offset = 0;
            for (ByteBuffer buffer : bytes) {
                int length = buffer.remaining() / rows;
                buffer.get(buffer.position() + row * length, key, offset, length);
                offset += length;
            }
            keys.add(ByteBuffer.wrap(key));
        }
        return keys;
    }

    /**
     * Moves the arrays to another manager.
     *
     * @param manager the new owner
     * @return this state
     */
    public State attach(NDManager manager) {
        arrays.attach(manager);
        return this;
    }

    /** Frees the arrays. */
    @Override
    public void close() {
        arrays.close();
    }
}
