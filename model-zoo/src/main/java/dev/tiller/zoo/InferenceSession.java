package dev.tiller.zoo;

import ai.djl.Device;
import ai.djl.ndarray.NDList;

/** A network ready for inference on some engine and device. */
public interface InferenceSession extends AutoCloseable {
    /**
     * Evaluates rows in one call of the engine, in evaluation mode. Safe for concurrent calls.
     *
     * @param inputs the inputs of the network on the session's {@link #device()}, all with the same
     *     number of rows on axis 0; not changed
     * @return the outputs, one row for each input row, owned by the manager of the first input
     */
    NDList run(NDList inputs);

    /**
     * Returns where inputs must be and outputs are.
     *
     * @return the device of the arrays, which need not be the device that computes
     */
    Device device();

    /**
     * Tells whether a GPU computes, which large calls keep busy.
     *
     * @return true if the network runs on a GPU
     */
    default boolean onGpu() {
        return device().isGpu();
    }

    /**
     * Returns the engine.
     *
     * @return what runs the network, never {@link Backend#AUTO}
     */
    Backend backend();

    /**
     * Tells whether outputs carry gradients on: if an input requires one, {@link #run} may be
     * called within {@link dev.tiller.sampler.numerics.Gradients#backward}.
     *
     * @return false unless DJL's engine runs the network
     */
    default boolean carriesGradients() {
        return false;
    }

    /** Frees the network. */
    @Override
    void close();
}
