package dev.tiller.zoo.onnx;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Records operations over axes, and matrix products, under the names {@link NDArray} has. */
final class ReductionOperations {
    private final Trace trace;
    private final OnnxGraph graph;
    private final NDArray self;

    ReductionOperations(Trace trace, NDArray self) {
        this.trace = trace;
        this.graph = trace.graph();
        this.self = self;
    }

    NDArray sum(int[] axes, boolean keepDims) {
        Symbol x = trace.symbol(self);
        Symbol which = graph.vector(Arrays.stream(axes).mapToLong(x::axis).toArray());
        return trace.symbolic(
                graph.node(
                        "ReduceSum",
                        x.type(),
                        reduced(x, axes, keepDims),
                        List.of(x, which),
                        Attributes.integer("keepdims", keepDims ? 1 : 0)));
    }

    NDArray mean(int[] axes, boolean keepDims) {
        return reduce("ReduceMean", axes, keepDims);
    }

    NDArray max(int[] axes, boolean keepDims) {
        return reduce("ReduceMax", axes, keepDims);
    }

    NDArray min(int[] axes, boolean keepDims) {
        return reduce("ReduceMin", axes, keepDims);
    }

    NDArray sum() {
        return sum(all(), false);
    }

    NDArray mean() {
        return mean(all(), false);
    }

    NDArray argMax(int axis) {
        Symbol x = trace.symbol(self);
        return trace.symbolic(
                graph.node(
                        "ArgMax",
                        DataType.INT64,
                        reduced(x, new int[] {axis}, false),
                        List.of(x),
                        Attributes.integer("axis", x.axis(axis)),
                        Attributes.integer("keepdims", 0)));
    }

    NDArray softmax(int axis) {
        return normalise("Softmax", axis);
    }

    NDArray logSoftmax(int axis) {
        return normalise("LogSoftmax", axis);
    }

    NDArray matMul(NDArray other) {
        Symbol x = trace.symbol(self);
        Symbol y = trace.symbol(other);
        return trace.symbolic(graph.node("MatMul", x.type(), product(x, y), List.of(x, y)));
    }

    NDArray batchMatMul(NDArray other) {
        return matMul(other);
    }

    private static Shape product(Symbol x, Symbol y) {
        if (x.rank() < 2 || y.rank() < 2) {
            throw OnnxGraph.unsupported("a product of " + x.shape() + " and " + y.shape());
        }
        Shape rows = x.shape();
        Shape columns = y.shape();
        Shape batch =
                ElementwiseOperations.broadcast(
                        rows.slice(0, x.rank() - 2), columns.slice(0, y.rank() - 2));
        return batch.add(rows.get(x.rank() - 2), columns.get(y.rank() - 1));
    }

    private NDArray normalise(String operator, int axis) {
        Symbol x = trace.symbol(self);
        return trace.symbolic(
                graph.node(
                        operator,
                        x.type(),
                        x.shape(),
                        List.of(x),
                        Attributes.integer("axis", x.axis(axis))));
    }

    private NDArray reduce(String operator, int[] axes, boolean keepDims) {
        Symbol x = trace.symbol(self);
        return trace.symbolic(
                graph.node(
                        operator,
                        x.type(),
                        reduced(x, axes, keepDims),
                        List.of(x),
                        Attributes.integers(
                                "axes", Arrays.stream(axes).mapToLong(x::axis).toArray()),
                        Attributes.integer("keepdims", keepDims ? 1 : 0)));
    }

    private int[] all() {
        return IntStream.range(0, trace.symbol(self).rank()).toArray();
    }

    private static Shape reduced(Symbol x, int[] axes, boolean keepDims) {
        List<Integer> gone = Arrays.stream(axes).map(x::axis).boxed().toList();
        List<Long> sizes = new ArrayList<>();
        for (int axis = 0; axis < x.rank(); axis++) {
            if (!gone.contains(axis)) {
                sizes.add(x.shape().get(axis));
            } else if (keepDims) {
                sizes.add(1L);
            }
        }
        return new Shape(sizes);
    }
}
