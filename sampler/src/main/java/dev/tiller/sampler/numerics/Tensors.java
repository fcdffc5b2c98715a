package dev.tiller.sampler.numerics;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;

/** What DJL's arrays lack. */
public final class Tensors {
    private Tensors() {}

    /**
     * Makes an array in the engine's own memory.
     *
     * <p>{@link NDManager#create(float[], Shape)} leaves the elements in Java's memory, which is
     * freed some time after the array is closed, although the graph of a gradient may still need
     * them. Constants that are multiplied with anything that is trained must be made here.
     *
     * @param manager owner of the result
     * @param elements the elements, in row-major order
     * @param shape the shape
     * @return float32 of that shape
     */
    public static NDArray create(NDManager manager, float[] elements, Shape shape) {
        try (NDArray host = manager.create(elements, shape)) {
            return host.duplicate();
        }
    }

    /**
     * Makes an array of indices in the engine's own memory, which the graph of a gradient may keep.
     *
     * @param manager owner of the result
     * @param elements the elements, in row-major order
     * @param shape the shape
     * @return int64 of that shape
     */
    public static NDArray create(NDManager manager, long[] elements, Shape shape) {
        try (NDArray host = manager.create(elements, shape)) {
            return host.duplicate();
        }
    }

    /**
     * Multiplies by a number, which lies in the engine's memory for as long as a gradient needs it.
     *
     * <p>{@code x.mul(number)} leaves the number in Java's memory: where {@code x} needs a
     * gradient, that is wrong whenever Java frees the memory before the gradient is formed.
     *
     * @param x float32, at least one axis
     * @param factor the number, rounded to float32
     * @return float32 of the shape of {@code x}, owned by its manager
     */
    public static NDArray scale(NDArray x, double factor) {
        try (NDArray number = x.getManager().full(new Shape(1), (float) factor)) {
            return x.mul(number);
        }
    }

    /**
     * Copies values into an array, outside of any gradient.
     *
     * <p>Not {@code source.copyTo(target)}: that makes the target share the memory of the source.
     *
     * @param source any array
     * @param target an array of the same shape and dtype; its values are replaced
     */
    public static void assign(NDArray source, NDArray target) {
        if (!source.getShape().equals(target.getShape())
                || source.getDataType() != target.getDataType()) {
            throw new IllegalArgumentException(
                    "source must be "
                            + target.getDataType()
                            + " "
                            + target.getShape()
                            + ", got "
                            + source.getDataType()
                            + " "
                            + source.getShape());
        }
        try (NDArray from = source.stopGradient();
                NDArray to = target.stopGradient()) {
            to.set(new NDIndex("..."), from);
        }
    }
}
