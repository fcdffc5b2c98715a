package dev.tiller.sampler.masked;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.numerics.Scope;

/**
 * The SUBS parameterisation (MDLM, Sahoo et al. 2024, section 3.2.3): a clean design never holds
 * the mask, and tokens that are clean already are carried over. Gradients flow through both
 * methods.
 */
public final class Subs {
    /** What stands for log 0: finite, so that no product with 0 becomes NaN. */
    public static final float LOG_ZERO = -1e6f;

    private Subs() {}

    /**
     * Normalises logits over the clean tokens; the mask has probability 0.
     *
     * @param logits the network's output, float32 [B, L, V], V &gt; K
     * @param cleanTokens K
     * @return log p(x0 = k | xt), float32 [B, L, K], owned by the manager of {@code logits}
     */
    public static NDArray logPosterior(NDArray logits, int cleanTokens) {
        try (Scope scope = Scope.of(logits)) {
            NDArray clean = scope.borrow(logits).get(new NDIndex("..., :" + cleanTokens));
            return scope.give(clean.logSoftmax(-1));
        }
    }

    /**
     * Carries clean tokens over: where xt is not masked, its own token has log-probability 0 and
     * all others {@link #LOG_ZERO}. The mask has {@link #LOG_ZERO} everywhere.
     *
     * @param logPosterior log p(x0 = k | xt), float32 [B, L, K]
     * @param xt tokens, int64 [B, L]; K is the mask
     * @return float32 [B, L, K + 1], owned by the manager of {@code logPosterior}
     */
    public static NDArray carriedOver(NDArray logPosterior, NDArray xt) {
        try (Scope scope = Scope.of(logPosterior)) {
            NDArray own = scope.borrow(logPosterior);
            Shape shape = own.getShape();
            int letters = (int) shape.get(2);
            NDArray tokens = scope.borrow(xt);
            NDArray noMask =
                    scope.manager().full(new Shape(shape.get(0), shape.get(1), 1), LOG_ZERO);
            NDArray masked = tokens.eq(letters).toType(DataType.FLOAT32, false).expandDims(-1);
            NDArray free = own.concat(noMask, 2).mul(masked);
            NDArray elsewhere = tokens.oneHot(letters + 1).mul(-1).add(1).mul(LOG_ZERO);
            return scope.give(free.add(elsewhere.mul(masked.mul(-1).add(1))));
        }
    }
}
