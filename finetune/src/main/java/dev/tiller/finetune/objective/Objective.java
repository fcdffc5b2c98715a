package dev.tiller.finetune.objective;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.Map;

/** What a training run minimises, on its examples. */
public interface Objective {
    /**
     * The network being trained.
     *
     * <p>Inputs and outputs are those of its architecture.
     */
    @FunctionalInterface
    interface Forward {
        /**
         * Runs the network.
         *
         * @param inputs arrays on the network's device
         * @param step the training step (for dropout), or -1 to evaluate
         * @return its output, owned by the manager of the first input
         */
        NDArray run(NDList inputs, long step);

        /**
         * Runs a network that has more outputs than one.
         *
         * @param inputs arrays on the network's device
         * @param step the training step (for dropout), or -1 to evaluate
         * @return all its outputs, owned by the manager of the first input
         */
        default NDList outputs(NDList inputs, long step) {
            return new NDList(run(inputs, step));
        }

        /**
         * Returns the forward function of a network with any number of outputs.
         *
         * @param outputs runs the network
         * @return the function; {@link #run} gives the first output
         */
        static Forward of(Outputs outputs) {
            return new Forward() {
                @Override
                public NDArray run(NDList inputs, long step) {
                    return outputs.of(inputs, step).head();
                }

                @Override
                public NDList outputs(NDList inputs, long step) {
                    return outputs.of(inputs, step);
                }
            };
        }
    }

    /** A network with any number of outputs. */
    @FunctionalInterface
    interface Outputs {
        /**
         * Runs the network.
         *
         * @param inputs arrays on the network's device
         * @param step the training step (for dropout), or -1 to evaluate
         * @return its outputs, owned by the manager of the first input
         */
        NDList of(NDList inputs, long step);
    }

    /**
     * Result of a validation.
     *
     * @param loss what early stopping watches, lower is better
     * @param metrics further numbers for the log, by name; always the same names
     * @param stop why training must not go on, in one line, or null to go on. The weights of a
     *     validation that stops are not those that the run results in, unless it is the first
     */
    record Validation(double loss, Map<String, Double> metrics, String stop) {
        /**
         * Creates a validation after which training goes on.
         *
         * @param loss what early stopping watches, lower is better
         * @param metrics further numbers for the log, by name
         */
        public Validation(double loss, Map<String, Double> metrics) {
            this(loss, metrics, null);
        }
    }

    /**
     * Returns the number of training examples.
     *
     * @return at least 1
     */
    int examples();

    /**
     * Brings the examples to where they are at a step; called before the loss of that step, outside
     * of differentiation.
     *
     * @param step the training step
     */
    default void prepare(long step) {}

    /**
     * What a batch gave.
     *
     * @param loss its mean loss
     * @param metrics further numbers for the log, by name; always the same names
     */
    record Evaluated(double loss, Map<String, Double> metrics) {}

    /**
     * Adds the gradient of the mean loss of a batch to every trained parameter.
     *
     * @param network the network in training mode
     * @param batch indices of training examples
     * @param step the number of the batch since the beginning, which addresses the randomness
     * @param scope owner of all arrays made
     * @return the loss
     * @throws IllegalStateException if the loss is not finite
     */
    Evaluated accumulate(Forward network, int[] batch, long step, NDManager scope);

    /**
     * Evaluates the validation examples; the same network gives the same numbers at any time.
     *
     * @param network the network in evaluation mode
     * @param scope owner of all arrays made
     * @return the validation
     */
    Validation validate(Forward network, NDManager scope);
}
