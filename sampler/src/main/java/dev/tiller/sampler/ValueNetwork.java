package dev.tiller.sampler;

import ai.djl.ndarray.NDArray;

/**
 * A learned soft value: one number for each noisy sequence. The same promises as {@link Denoiser}:
 * concurrent calls are allowed, and a row's result does not depend on its batch.
 */
public interface ValueNetwork {
    /**
     * Evaluates the network.
     *
     * @param xt tokens, int64 [B, L]; K is the mask
     * @return float32 [B], in the unit of the reward it was trained on, owned by the manager of
     *     {@code xt}
     */
    NDArray values(NDArray xt);
}
