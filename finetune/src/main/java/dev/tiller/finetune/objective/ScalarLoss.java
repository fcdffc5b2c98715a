package dev.tiller.finetune.objective;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.numerics.Gradients;
import java.util.Map;

/** An objective that is one graph from the batch to a number. */
public interface ScalarLoss extends Objective {
    /**
     * Computes the mean loss of a batch.
     *
     * @param network the network in training mode
     * @param batch indices of training examples
     * @param step the number of the batch since the beginning, which addresses the randomness
     * @param scope owner of all arrays made
     * @return a float32 scalar
     */
    NDArray loss(Forward network, int[] batch, long step, NDManager scope);

    @Override
    default Evaluated accumulate(Forward network, int[] batch, long step, NDManager scope) {
        double loss = Gradients.backward(scope, () -> loss(network, batch, step, scope));
        return new Evaluated(loss, Map.of());
    }
}
