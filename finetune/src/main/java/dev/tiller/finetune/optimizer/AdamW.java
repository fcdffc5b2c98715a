package dev.tiller.finetune.optimizer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.numerics.Tensors;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * AdamW (Loshchilov and Hutter 2019) by PyTorch's formula: decoupled weight decay, and the bias
 * correction applied to both moments before epsilon is added. With {@link Decay#IN_GRADIENT} it is
 * PyTorch's Adam (Kingma and Ba 2015) instead, whose moments see the decay.
 *
 * <pre>
 * AdamW: p = p (1 - lr wd);  Adam: g = g + wd p
 * m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g^2
 * p = p - lr / (1 - b1^n) m / (sqrt(v) / sqrt(1 - b2^n) + eps)
 * </pre>
 *
 * <p>Parameters are changed in place. Not safe for concurrent use.
 */
public final class AdamW implements AutoCloseable {
    /** Where the weight decay acts; without decay both are the same. */
    public enum Decay {
        /** On the parameters alone: AdamW. */
        DECOUPLED,
        /** As a part of the gradient: Adam. */
        IN_GRADIENT
    }

    /**
     * Hyper-parameters.
     *
     * @param beta1 decay of the first moment, in [0, 1)
     * @param beta2 decay of the second moment, in [0, 1)
     * @param epsilon added to the root of the second moment, positive
     * @param weightDecay wd, at least 0
     * @param decay where that acts
     */
    public record Options(
            double beta1, double beta2, double epsilon, double weightDecay, Decay decay) {
        public Options {
            Objects.requireNonNull(decay);
            if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1)) {
                throw new IllegalArgumentException(
                        "beta1 and beta2 must be in [0, 1), got " + beta1 + " and " + beta2);
            }
            if (!(epsilon > 0) || !(weightDecay >= 0)) {
                throw new IllegalArgumentException(
                        "epsilon must be above 0 and weightDecay at least 0, got "
                                + epsilon
                                + " and "
                                + weightDecay);
            }
        }

        /**
         * Hyper-parameters of AdamW.
         *
         * @param beta1 decay of the first moment, in [0, 1)
         * @param beta2 decay of the second moment, in [0, 1)
         * @param epsilon added to the root of the second moment, positive
         * @param weightDecay decoupled weight decay, at least 0
         */
        public Options(double beta1, double beta2, double epsilon, double weightDecay) {
            this(beta1, beta2, epsilon, weightDecay, Decay.DECOUPLED);
        }
    }

    private final Options options;
    private final NDManager manager;
    private final Map<String, NDArray> parameters;
    private final Map<String, NDArray> firstMoments = new LinkedHashMap<>();
    private final Map<String, NDArray> secondMoments = new LinkedHashMap<>();
    private long steps;

    /**
     * Creates an optimiser with zero moments.
     *
     * @param parameters what is trained, by name; float32 leaves that require a gradient
     * @param options the hyper-parameters
     * @param manager owner of the manager that holds the moments
     */
    public AdamW(Map<String, NDArray> parameters, Options options, NDManager manager) {
        this.parameters = new LinkedHashMap<>(parameters);
        this.options = options;
        this.manager = manager.newSubManager();
        this.parameters.forEach(
                (name, parameter) -> {
                    firstMoments.put(name, this.manager.zeros(parameter.getShape()));
                    secondMoments.put(name, this.manager.zeros(parameter.getShape()));
                });
    }

    /**
     * Makes one step.
     *
     * @param gradients the gradient of each parameter, float32 of its shape
     * @param learningRate lr
     */
    public void step(Map<String, NDArray> gradients, double learningRate) {
        steps++;
        double correction1 = 1 - Math.pow(options.beta1(), steps);
        double correction2 = Math.sqrt(1 - Math.pow(options.beta2(), steps));
        try (NDManager scope = manager.newSubManager()) {
            for (Map.Entry<String, NDArray> entry : parameters.entrySet()) {
                NDArray values = entry.getValue().stopGradient();
                NDArray gradient = decayed(gradients.get(entry.getKey()), values, scope);
                NDArray first = firstMoments.get(entry.getKey());
                NDArray second = secondMoments.get(entry.getKey());
                NDArray scaled = gradient.mul(1 - options.beta1());
                NDArray square = gradient.mul(gradient).muli(1 - options.beta2());
                first.muli(options.beta1()).addi(scaled);
                second.muli(options.beta2()).addi(square);
                NDArray denominator = second.sqrt().divi(correction2).addi(options.epsilon());
                NDArray update = first.div(denominator).muli(learningRate / correction1);
                for (NDArray temporary :
                        new NDArray[] {scaled, square, denominator, update, values}) {
                    temporary.attach(scope);
                }
                if (options.decay() == Decay.DECOUPLED) {
                    values.muli(1 - learningRate * options.weightDecay());
                }
                values.subi(update);
            }
        }
    }

    /** The gradient that the moments see; the given one is not changed. */
    private NDArray decayed(NDArray gradient, NDArray values, NDManager scope) {
        if (options.decay() == Decay.DECOUPLED || options.weightDecay() == 0) {
            return gradient;
        }
        NDArray sum = values.mul(options.weightDecay()).addi(gradient);
        sum.attach(scope);
        return sum;
    }

    /**
     * Returns the number of steps made.
     *
     * @return n
     */
    public long steps() {
        return steps;
    }

    /**
     * Returns the moments, for a checkpoint.
     *
     * @return {@code m.NAME} and {@code v.NAME} for each parameter; the arrays themselves
     */
    public Map<String, NDArray> state() {
        Map<String, NDArray> state = new LinkedHashMap<>();
        firstMoments.forEach((name, array) -> state.put("m." + name, array));
        secondMoments.forEach((name, array) -> state.put("v." + name, array));
        return state;
    }

    /**
     * Takes the moments of a checkpoint.
     *
     * @param state as {@link #state()} returned it; the values are copied
     * @param stepsMade the number of steps they are the result of
     */
    public void restore(Map<String, NDArray> state, long stepsMade) {
        state().forEach((name, array) -> Tensors.assign(state.get(name), array));
        steps = stepsMade;
    }

    /** Frees the moments. */
    @Override
    public void close() {
        manager.close();
    }
}
