package dev.tiller.sampler;

import java.util.List;

/** The derivative of {@link ReverseProcess#predict} by a relaxed state. */
public interface DifferentiablePrediction {
    /**
     * Computes a vector-Jacobian product for each particle: the gradient of sum(cotangent *
     * prediction) with respect to the relaxed state, at the state itself. What the prediction is
     * used for is not part of it.
     *
     * @param x a state at time index {@code index}
     * @param index a time index in [0, T]
     * @param cotangents one float32 row for each particle, of the shape of its prediction; not
     *     modified, may be kept
     * @param ledger where the evaluation is counted ({@link Ledger.Account#GRADIENT}), batched and
     *     saved
     * @param noise the randomness of the run
     * @return one float32 row for each particle in the coordinates of a relaxed state (for tokens:
     *     row-major [L, K + 1], one-hot, the mask last); not to be modified
     */
    List<float[]> vectorJacobian(
            State x, int index, List<float[]> cotangents, Ledger ledger, Randomness noise);
}
