package dev.tiller.sampler.masked;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.numerics.Scope;

/**
 * The x0-parameterisation of D3PM (Austin et al., "Structured denoising diffusion models in
 * discrete state-spaces", 2021) for the absorbing state: the network's output is log p(x0 | xt) up
 * to a constant, also where xt tells x0. Gradients flow through both methods.
 */
public final class D3pm {
    private D3pm() {}

    /**
     * Normalises logits over all tokens; the mask may have mass.
     *
     * @param logits the network's output, float32 [B, L, V]
     * @return log p(x0 = k | xt), float32 [B, L, V], owned by the manager of {@code logits}
     */
    public static NDArray logPosterior(NDArray logits) {
        try (Scope scope = Scope.of(logits)) {
            return scope.give(scope.borrow(logits).logSoftmax(-1));
        }
    }

    /**
     * Normalises logits after {@link Subs#LOG_ZERO} was added to that of the mask, the last token,
     * as MDLM does with its option subs_masking: the mask has no mass.
     *
     * @param logits the network's output, float32 [B, L, V]
     * @return log p(x0 = k | xt), float32 [B, L, V], owned by the manager of {@code logits}; about
     *     {@link Subs#LOG_ZERO} at the mask
     */
    public static NDArray logPosteriorOfCleanTokens(NDArray logits) {
        try (Scope scope = Scope.of(logits)) {
            NDArray own = scope.borrow(logits);
            int v = (int) own.getShape().get(2);
            float[] penalties = new float[v];
            penalties[v - 1] = Subs.LOG_ZERO;
            NDArray penalty = scope.manager().create(penalties, new Shape(v));
            return scope.give(own.add(penalty).logSoftmax(-1));
        }
    }
}
