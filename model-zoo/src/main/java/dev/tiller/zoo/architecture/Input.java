package dev.tiller.zoo.architecture;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

/**
 * One input of an architecture.
 *
 * @param name what exporters call it
 * @param type its dtype
 * @param shape its shape; -1 is a free dimension. The first one is the batch and always free
 */
public record Input(String name, DataType type, Shape shape) {
    /**
     * Fixes the length.
     *
     * @param length the length of the sequences
     * @return this input with {@code length} in place of every -1 but the first
     */
    public Input withLength(long length) {
        long[] sizes = shape.getShape().clone();
        for (int axis = 1; axis < sizes.length; axis++) {
            sizes[axis] = sizes[axis] == -1 ? length : sizes[axis];
        }
        return new Input(name, type, new Shape(sizes));
    }

    static Input tokens() {
        return new Input("tokens", DataType.INT64, new Shape(-1, -1));
    }

    static Input sigma() {
        return new Input("sigma", DataType.FLOAT32, new Shape(-1));
    }

    static Input label() {
        return new Input("class", DataType.INT64, new Shape(-1));
    }

    /** {@code length} -1 is free. */
    static Input oneHot(long length, long letters) {
        return new Input("one_hot", DataType.FLOAT32, new Shape(-1, length, letters));
    }
}
