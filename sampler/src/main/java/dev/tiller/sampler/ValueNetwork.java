package dev.tiller.sampler;

import ai.djl.ndarray.NDArray;
import java.util.Optional;

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

    /**
     * Returns the gradient of this network, for methods that need one.
     *
     * @return this network in its differentiable form, or empty if it has none
     */
    default Optional<DifferentiableValueNetwork> differentiable() {
        return this instanceof DifferentiableValueNetwork self
                ? Optional.of(self)
                : Optional.empty();
    }
}
