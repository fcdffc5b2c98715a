package dev.tiller.zoo.onnx;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

/**
 * A value of the graph under construction.
 *
 * @param name its name in the graph
 * @param type its element type
 * @param shape its shape; dimensions that are free when the graph runs have the stand-in numbers of
 *     {@link FreeDimensions}
 */
record Symbol(String name, DataType type, Shape shape) {
    int rank() {
        return shape.dimension();
    }

    /** Counts a negative axis from the end. */
    int axis(int axis) {
        return axis < 0 ? axis + rank() : axis;
    }
}
