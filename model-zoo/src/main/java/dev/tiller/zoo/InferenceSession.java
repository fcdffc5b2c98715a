package dev.tiller.zoo;

import ai.djl.Device;
import ai.djl.ndarray.NDList;

/**
 * A network that some engine evaluates. It knows nothing of batches: {@link Network} cuts rows to
 * calls, and other callers do as they need.
 *
 * <p>Safe for concurrent calls.
 */
public interface InferenceSession extends AutoCloseable {
    /**
     * Evaluates all rows in one call of the engine, in evaluation mode.
     *
     * @param inputs the inputs in the order of the network, on {@link #device()}; not modified
     * @return the outputs in the order of the network, owned by the manager of the first input
     * @throws IllegalArgumentException if the inputs do not fit the network
     */
    NDList run(NDList inputs);

    /**
     * Returns the device.
     *
     * @return where inputs must be and outputs are
     */
    Device device();

    /** Frees the network. */
    @Override
    void close();
}
