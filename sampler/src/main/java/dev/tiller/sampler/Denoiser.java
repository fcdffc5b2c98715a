package dev.tiller.sampler;

import ai.djl.ndarray.NDArray;
import java.util.Optional;

/**
 * One network call: the denoiser p(x0 | xt) of masked diffusion.
 *
 * <p>Implementations are safe for concurrent calls and evaluate each row on its own: the result of
 * a row does not depend on the other rows, to the last bit. (The zoo's networks keep that promise
 * by running a fixed number of rows per call.)
 */
public interface Denoiser {
    /**
     * Evaluates the denoiser.
     *
     * @param xt tokens, int64 [B, L]; K is the mask
     * @param t the time of each row, [B], in [0, 1]
     * @return log p(x0 = k | xt), float32 [B, L, K], normalised over the K clean tokens (unless the
     *     implementation says otherwise), owned by the manager of {@code xt}; at positions that
     *     already hold a clean token the values are the network's own and are not used
     */
    NDArray logPosterior(NDArray xt, double[] t);

    /**
     * Tells whether the output depends on the time. If not, a row's output is reused for as long as
     * the row does not change.
     *
     * @return true if the network looks at {@code t}
     */
    boolean dependsOnTime();

    /**
     * Returns the number of clean tokens K.
     *
     * @return K; the mask token is K itself
     */
    int cleanTokens();

    /**
     * Returns the denoiser of rows that are drawn given a condition: the backbone that a protein is
     * to fold into, for instance. Conditions are numbered, by whoever made the denoiser; a denoiser
     * that knows none is the same for all of them.
     *
     * @param conditions the number of the condition of each row of the next call
     * @return p(x0 | xt, condition) for calls of just so many rows
     */
    default Denoiser given(int[] conditions) {
        return this;
    }

    /**
     * Returns the gradient of this denoiser, for methods that need one.
     *
     * @return this denoiser in its differentiable form, or empty if it has none
     */
    default Optional<DifferentiableDenoiser> differentiable() {
        return this instanceof DifferentiableDenoiser self ? Optional.of(self) : Optional.empty();
    }
}
