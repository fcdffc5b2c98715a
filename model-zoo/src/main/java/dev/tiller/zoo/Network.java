package dev.tiller.zoo;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import dev.tiller.sampler.numerics.Scope;
import dev.tiller.zoo.architecture.NamedBlock;
import java.util.Map;
import java.util.Objects;

/**
 * A trained network, for evaluation.
 *
 * <p>Rows are evaluated in calls of a fixed number of rows, the last one filled up with copies of
 * its last row: the engine picks its kernels by the shape of the batch, so only then do the bytes
 * of a row not depend on the rows beside it. Concurrent calls are allowed.
 */
public final class Network implements AutoCloseable {
    /** Rows per call on the CPU. */
    public static final int ROWS_PER_CALL = 16;

    /** Rows per call on a GPU, where small calls leave the device idle. */
    public static final int ROWS_PER_CALL_GPU = 256;

    private final InferenceSession session;
    private final NDManager manager;
    private final String digest;
    private final String engine;
    private final int rowsPerCall;

    /**
     * Wraps a session.
     *
     * @param session what evaluates the rows; closed with this network
     * @param digest the SHA-256 of the weights, for records
     * @param engine one line that says what runs the network, and why
     */
    public Network(InferenceSession session, String digest, String engine) {
        this.session = Objects.requireNonNull(session);
        this.digest = Objects.requireNonNull(digest);
        this.engine = Objects.requireNonNull(engine);
        this.manager = NDManager.newBaseManager(session.device());
        this.rowsPerCall = session.onGpu() ? ROWS_PER_CALL_GPU : ROWS_PER_CALL;
    }

    /**
     * Copies weights to a device, to run on DJL's engine.
     *
     * @param block the architecture; from now on owned by this network
     * @param weights its weights, float32 arrays by published name; not kept
     * @param device the device to run on
     * @param digest the SHA-256 of the weights, for records
     * @throws IllegalArgumentException if the weights do not fit
     */
    public Network(NamedBlock block, Map<String, NDArray> weights, Device device, String digest) {
        this(new BlockSession(block, weights, device), digest, Backend.PYTORCH.toString());
    }

    /**
     * Returns the architecture with its weights.
     *
     * @return the block, still owned by this network
     * @throws IllegalStateException if the network does not run on DJL's engine
     */
    public NamedBlock block() {
        if (session instanceof BlockSession blocks) {
            return blocks.block();
        }
        throw new IllegalStateException(
                "gradients and weights need backend pytorch, got " + session.backend());
    }

    /**
     * Returns the engine.
     *
     * @return what runs the network
     */
    public Backend backend() {
        return session.backend();
    }

    /**
     * Says what runs the network, and why.
     *
     * @return one line
     */
    public String engine() {
        return engine;
    }

    /**
     * Returns the device.
     *
     * @return where inputs are taken to and outputs are made
     */
    public Device device() {
        return session.device();
    }

    /**
     * Returns the digest of the weights.
     *
     * @return SHA-256, as given
     */
    public String digest() {
        return digest;
    }

    /**
     * Returns the number of rows of each call.
     *
     * @return the number on this device; multiples of it waste nothing
     */
    public int rowsPerCall() {
        return rowsPerCall;
    }

    /**
     * Opens a manager for inputs and outputs.
     *
     * @return a manager on the device of the weights, closed by the caller
     */
    public NDManager newManager() {
        return manager.newSubManager();
    }

    /**
     * Evaluates the network in evaluation mode.
     *
     * @param inputs the inputs of the architecture, all with the same number of rows, at least 1,
     *     on any device
     * @return the outputs of the architecture, one row for each input row, owned by the manager of
     *     the first input and on its device
     */
    public NDList run(NDList inputs) {
        long rows = inputs.head().getShape().get(0);
        for (NDArray input : inputs) {
            if (rows < 1 || input.getShape().get(0) != rows) {
                throw new IllegalArgumentException(
                        "inputs must have equally many rows, at least 1, got "
                                + inputs.head().getShape()
                                + " and "
                                + input.getShape());
            }
        }
        try (Scope scope = Scope.of(inputs.head())) {
            NDList borrowed = new NDList(inputs.size());
            for (NDArray input : inputs) {
                borrowed.add(scope.borrow(input));
            }
            if (rows == rowsPerCall) {
                return scope.give(wholeCall(borrowed));
            }
            NDList[] parts = new NDList[(int) ((rows + rowsPerCall - 1) / rowsPerCall)];
            for (int i = 0; i < parts.length; i++) {
                long start = (long) i * rowsPerCall;
                parts[i] = call(borrowed, start, Math.min(rows, start + rowsPerCall), scope);
            }
            return scope.give(join(parts));
        }
    }

    /**
     * Evaluates a network of one input and one output, as {@link #run(NDList)} does.
     *
     * @param input the input, at least 1 row
     * @return the output, owned by the manager of the input
     */
    public NDArray run(NDArray input) {
        return run(new NDList(input)).singletonOrThrow();
    }

    /** The call that nothing has to be cut for, which is most of them. */
    private NDList wholeCall(NDList inputs) {
        NDList own = new NDList(inputs.size());
        for (NDArray input : inputs) {
            own.add(input.duplicate().toDevice(device(), false));
        }
        NDList outputs = session.run(own);
        NDList back = new NDList(outputs.size());
        for (NDArray output : outputs) {
            back.add(output.toDevice(inputs.head().getDevice(), false));
        }
        return back;
    }

    private NDList call(NDList inputs, long start, long end, Scope results) {
        try (Scope scope = Scope.of(results.manager())) {
            NDList chunk = new NDList(inputs.size());
            for (NDArray input : inputs) {
                NDArray rows = chunk(scope.borrow(input), start, end);
                chunk.add(rows.toDevice(device(), false));
            }
            NDList outputs = session.run(chunk);
            NDList cut = new NDList(outputs.size());
            for (NDArray output : outputs) {
                NDArray rows = output.get(new NDIndex("0:{}", end - start));
                cut.add(rows.toDevice(inputs.head().getDevice(), false));
            }
            return scope.give(cut);
        }
    }

    /** Copies rows, also where a view would do: views may be aligned differently in memory. */
    private NDArray chunk(NDArray input, long start, long end) {
        NDArray rows = input.get(new NDIndex("{}:{}", start, end));
        long missing = rowsPerCall - (end - start);
        if (missing == 0) {
            return rows.duplicate();
        }
        NDArray last = input.get(new NDIndex("{}:{}", end - 1, end));
        return rows.concat(last.repeat(0, missing), 0);
    }

    private static NDList join(NDList[] parts) {
        NDList joined = new NDList(parts[0].size());
        for (int i = 0; i < parts[0].size(); i++) {
            NDList column = new NDList(parts.length);
            for (NDList part : parts) {
                column.add(part.get(i));
            }
            joined.add(parts.length == 1 ? column.head() : NDArrays.concat(column, 0));
        }
        return joined;
    }

    /** Frees the weights. */
    @Override
    public void close() {
        manager.close();
        session.close();
    }
}
