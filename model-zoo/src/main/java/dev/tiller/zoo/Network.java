package dev.tiller.zoo;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
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
    private final RowCalls calls;
    private final InputGradients gradients;

    /**
     * Wraps a session.
     *
     * @param session what evaluates the rows; closed with this network
     * @param digest the SHA-256 of the weights, for records
     * @param engine one line that says what runs the network, and why
     */
    public Network(InferenceSession session, String digest, String engine) {
        this(
                session,
                digest,
                engine,
                session.carriesGradients()
                        ? InputGradients.of(session)
                        : InputGradients.none("a network on " + engine + " has no gradient"));
    }

    Network(InferenceSession session, String digest, String engine, InputGradients gradients) {
        this.session = Objects.requireNonNull(session);
        this.digest = Objects.requireNonNull(digest);
        this.engine = Objects.requireNonNull(engine);
        this.manager = NDManager.newBaseManager(session.device());
        int rows = session.onGpu() ? ROWS_PER_CALL_GPU : ROWS_PER_CALL;
        this.calls = new RowCalls(rows, session.device());
        this.gradients = Objects.requireNonNull(gradients);
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
        return calls.rowsPerCall();
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
        return calls.run(inputs, session::run);
    }

    /**
     * Evaluates a network of one input, as {@link #run(NDList)} does.
     *
     * @param input the input, at least 1 row
     * @return the first output, owned by the manager of the input
     */
    public NDArray run(NDArray input) {
        return run(new NDList(input)).head();
    }

    /**
     * Tells whether this network can be differentiated by its first input.
     *
     * @return false for an ONNX graph of another program, and for denoisers that read whole tokens
     *     alone
     */
    public boolean hasGradients() {
        return gradients.exist();
    }

    InferenceSession session() {
        return session;
    }

    InputGradients gradients() {
        return gradients;
    }

    /** Frees the weights. */
    @Override
    public void close() {
        gradients.close();
        manager.close();
        session.close();
    }
}
