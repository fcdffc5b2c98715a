package dev.tiller.rewards.composition;

import java.util.Map;

/**
 * Takes a raw score to the scale on which components are combined. All but {@link Identity} map to
 * [0, 1]. Parameters are in the unit of the raw score. Immutable, hence safe for concurrent use.
 */
public sealed interface Transform
        permits Identity, Sigmoid, ReverseSigmoid, DoubleSigmoid, Step, Linear {

    /**
     * Reads a transform.
     *
     * @param value the text {@code identity}, or a map with {@code type} and the parameters of that
     *     type, such as {@code {type: sigmoid, low: 5, high: 8}}
     * @return the transform
     * @throws IllegalArgumentException if type, a key or a value is wrong
     */
    static Transform of(Object value) {
        return TransformReader.read("transform", value);
    }

    /**
     * Transforms a raw score.
     *
     * @param x the raw score, finite
     * @return the transformed score
     */
    double apply(double x);

    /**
     * Differentiates. Where the transform has a kink, this is the derivative of one of the sides.
     *
     * @param x the raw score, finite
     * @return the derivative of {@link #apply} at {@code x}
     * @throws UnsupportedOperationException if the transform is not {@link #differentiable()}
     */
    double derivative(double x);

    /**
     * Tells whether gradients can pass.
     *
     * @return false if the transform jumps
     */
    default boolean differentiable() {
        return true;
    }

    /**
     * Returns what {@link #of} reads.
     *
     * @return the type and all parameters, those included that have their default
     */
    Map<String, Object> toMap();
}
