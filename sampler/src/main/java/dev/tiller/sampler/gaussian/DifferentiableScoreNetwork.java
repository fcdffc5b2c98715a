package dev.tiller.sampler.gaussian;

import ai.djl.ndarray.NDList;

/** A score network that can be differentiated by its noisy arrays. */
public interface DifferentiableScoreNetwork extends ScoreNetwork {
    /**
     * Computes a vector-Jacobian product: the gradient of sum(cotangent * output) over all
     * components, with respect to each component. Each row on its own, as in {@link #evaluate}.
     *
     * @param arrays the components in their order, float32 [B, ...], then for graphs the node mask
     * @param t the time of each row, [B], in [0, 1]
     * @param cotangents one array for each component, of its shape
     * @return one gradient for each component, of its shape; the two entries of a pair count as two
     *     inputs; owned by the manager of the first array
     */
    NDList vectorJacobian(NDList arrays, double[] t, NDList cotangents);
}
