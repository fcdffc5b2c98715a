package dev.tiller.sampler.numerics;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The only door to automatic differentiation. DJL allows one gradient collector per JVM, so callers
 * take turns.
 */
public final class Gradients {
    /** What to say where a gradient is missing. */
    public static final String ALTERNATIVES =
            "methods that need no gradient are svdd-pm, svdd-mc, svdd-r, smc, fk,"
                    + " nested-is, refine and best-of-n";

    private static final ReentrantLock ONE_COLLECTOR = new ReentrantLock();

    private Gradients() {}

    /**
     * Evaluates a scalar and adds its gradient to every leaf that requires one.
     *
     * @param manager any manager of the engine
     * @param scalar computes a float32 scalar, shape () or (1); called once, on this thread
     * @return its value
     * @throws IllegalStateException if the scalar is not finite
     */
    public static double backward(NDManager manager, Supplier<NDArray> scalar) {
        ONE_COLLECTOR.lock();
        try (GradientCollector collector = manager.getEngine().newGradientCollector()) {
            NDArray target = scalar.get();
            if (target.size() != 1) {
                throw new IllegalArgumentException(
                        "target must be a scalar, got shape " + target.getShape());
            }
            double value = target.toFloatArray()[0];
            if (!Double.isFinite(value)) {
                throw new IllegalStateException("loss must be finite, got " + value);
            }
            collector.backward(target);
            return value;
        } finally {
            ONE_COLLECTOR.unlock();
        }
    }

    /**
     * Multiplies by a number where a gradient is taken. {@code x.mul(number)} of DJL puts the
     * number into memory of the JVM, which frees it at once, while the backward pass reads it once
     * more; the same holds for every array made from numbers of the JVM and closed before the
     * backward pass. Here the number lies in the engine's memory.
     *
     * @param x float32, any shape
     * @param number the factor
     * @return float32 of the same shape, owned by the manager of {@code x}
     */
    public static NDArray times(NDArray x, double number) {
        try (NDArray factor = x.getManager().full(new Shape(1), (float) number)) {
            return x.mul(factor);
        }
    }
}
