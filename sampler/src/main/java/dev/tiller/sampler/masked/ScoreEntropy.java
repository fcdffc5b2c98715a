package dev.tiller.sampler.masked;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.numerics.Scope;

/**
 * The score parameterisation of SEDD (Lou et al., "Discrete diffusion modeling by estimating the
 * ratios of the data distribution", 2024) for the absorbing state: a network tells how much more
 * likely each token is than the present one. Gradients flow through.
 */
public final class ScoreEntropy {
    private ScoreEntropy() {}

    /**
     * Takes a network's output to log-ratios of probabilities of noisy sequences,
     *
     * <pre>log s(x, i, y) = log p_t(x with y at i) / p_t(x)
     *               = logits - log(exp(sigma) - 1) - log(V - 1), and 0 for y = x_i.</pre>
     *
     * <p>V - 1 is the number of other tokens; exp(sigma) - 1 is the odds of a mask, so what the
     * network has to learn is of the same size at all times.
     *
     * @param logits the network's output, float32 [B, L, V]
     * @param xt tokens, int64 [B, L]
     * @param sigma the total noise of each row, positive
     * @return float32 [B, L, V], owned by the manager of {@code logits}
     * @throws IllegalArgumentException if there is not one positive, finite sigma for each row
     */
    public static NDArray logScore(NDArray logits, NDArray xt, double[] sigma) {
        Shape shape = logits.getShape();
        float[] offsets = new float[sigma.length];
        for (int i = 0; i < sigma.length; i++) {
            if (!(sigma[i] > 0) || Double.isInfinite(sigma[i])) {
                throw new IllegalArgumentException(
                        "sigma must be positive and finite, got " + sigma[i] + " in row " + i);
            }
            offsets[i] = (float) (Math.log(Math.expm1(sigma[i])) + Math.log(shape.get(2) - 1));
        }
        if (sigma.length != shape.get(0)) {
            throw new IllegalArgumentException(
                    "sigma must have one value for each of the "
                            + shape.get(0)
                            + " rows, got "
                            + sigma.length);
        }
        try (Scope scope = Scope.of(logits)) {
            NDArray others = scope.borrow(xt).oneHot((int) shape.get(2)).mul(-1).add(1);
            NDArray offset = scope.manager().create(offsets, new Shape(sigma.length, 1, 1));
            return scope.give(scope.borrow(logits).sub(offset).mul(others));
        }
    }
}
