package dev.tiller.sampler;

import ai.djl.ndarray.NDArray;

/**
 * A denoiser that also reads relaxed (soft) tokens, float32 [B, L, K + 1], in {@link
 * #logPosterior}, and can be differentiated by them.
 */
public interface DifferentiableDenoiser extends Denoiser {
    /**
     * Computes a vector-Jacobian product: the gradient of sum(cotangent * log p(x0 | relaxed)) with
     * respect to the relaxed tokens. Each row on its own, as in {@link #logPosterior}.
     *
     * @param relaxed float32 [B, L, K + 1]: one-hot tokens, or any real mixture of them, the mask
     *     last
     * @param t the time of each row, [B], in [0, 1]
     * @param cotangent float32 [B, L, K]
     * @return float32 [B, L, K + 1], owned by the manager of {@code relaxed}
     */
    NDArray vectorJacobian(NDArray relaxed, double[] t, NDArray cotangent);

    @Override
    default DifferentiableDenoiser given(int[] conditions) {
        return this;
    }
}
