package dev.tiller.sampler;

import ai.djl.ndarray.NDArray;

/** A value network that also reads relaxed (soft) tokens and can be differentiated by them. */
public interface DifferentiableValueNetwork extends ValueNetwork {
    /**
     * Computes the gradient of each row's value with respect to its own relaxed tokens. Each row on
     * its own, as in {@link #values}.
     *
     * @param relaxed float32 [B, L, K + 1]: one-hot tokens, or any real mixture of them, the mask
     *     last
     * @return float32 [B, L, K + 1], in the unit of the value, owned by the manager of {@code
     *     relaxed}; zero for the mask where the network does not see it
     */
    NDArray gradients(NDArray relaxed);

    /**
     * Returns the number of clean tokens K.
     *
     * @return K; the mask token is K itself
     */
    int cleanTokens();
}
