package dev.tiller.sampler.gaussian;

import ai.djl.ndarray.NDList;

/**
 * One network call of a Gaussian diffusion: all components in, one output for each.
 *
 * <p>Implementations are safe for concurrent calls and evaluate each row on its own: the result of
 * a row does not depend on the other rows, to the last bit.
 */
public interface ScoreNetwork {
    /**
     * Evaluates the network.
     *
     * @param arrays the components in their order, float32 [B, ...], then for graphs the node mask,
     *     float32 [B, N], 1 where a node exists; entries that do not exist are 0
     * @param t the time of each row, [B], in [0, 1]
     * @return one output for each component, of its shape, in its {@link Component#parameterisation
     *     parameterisation}, 0 where there is no entry; owned by the manager of the first array
     */
    NDList evaluate(NDList arrays, double[] t);

    /**
     * Tells whether the output depends on the time. If not, a row's output is reused for as long as
     * the row does not change.
     *
     * @return true if the network looks at {@code t}
     */
    boolean dependsOnTime();
}
