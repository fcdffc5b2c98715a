package dev.tiller.sampler.numerics;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;

/** What DJL's arrays lack. */
public final class Tensors {
    private Tensors() {}

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
