package dev.tiller.zoo.onnx;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.index.dim.NDIndexAll;
import ai.djl.ndarray.index.dim.NDIndexElement;
import ai.djl.ndarray.index.dim.NDIndexFixed;
import ai.djl.ndarray.index.dim.NDIndexSlice;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Records operations that move elements, under the names {@link NDArray} has for them. */
final class ShapeOperations {
    private final Trace trace;
    private final OnnxGraph graph;
    private final NDArray self;

    ShapeOperations(Trace trace, NDArray self) {
        this.trace = trace;
        this.graph = trace.graph();
        this.self = self;
    }

    NDArray transpose() {
        int rank = trace.symbol(self).rank();
        return transpose(IntStream.range(0, rank).map(i -> rank - 1 - i).toArray());
    }

    NDArray transpose(int... axes) {
        Symbol x = trace.symbol(self);
        long[] order = Arrays.stream(axes).mapToLong(x::axis).toArray();
        Shape shape =
                new Shape(Arrays.stream(axes).mapToLong(a -> x.shape().get(x.axis(a))).toArray());
        return trace.symbolic(
                graph.node(
                        "Transpose",
                        x.type(),
                        shape,
                        List.of(x),
                        Attributes.integers("perm", order)));
    }

    NDArray reshape(Shape target) {
        Symbol x = trace.symbol(self);
        Shape full = complete(x.shape(), target);
        if (full.equals(x.shape())) {
            return self;
        }
        return trace.symbolic(
                graph.node("Reshape", x.type(), full, List.of(x, reshapeVector(x.shape(), full))));
    }

    NDArray flatten() {
        return reshape(new Shape(-1));
    }

    NDArray expandDims(int axis) {
        Symbol x = trace.symbol(self);
        int at = axis < 0 ? axis + x.rank() + 1 : axis;
        List<Long> sizes = new ArrayList<>(Arrays.stream(x.shape().getShape()).boxed().toList());
        sizes.add(at, 1L);
        return trace.symbolic(
                graph.node("Unsqueeze", x.type(), new Shape(sizes), List.of(x, graph.vector(at))));
    }

    NDArray squeeze(int[] axes) {
        Symbol x = trace.symbol(self);
        List<Integer> gone = Arrays.stream(axes).map(x::axis).boxed().toList();
        long[] sizes =
                IntStream.range(0, x.rank())
                        .filter(axis -> !gone.contains(axis))
                        .mapToLong(x.shape()::get)
                        .toArray();
        Symbol which = graph.vector(gone.stream().mapToLong(Integer::longValue).toArray());
        return trace.symbolic(graph.node("Squeeze", x.type(), new Shape(sizes), List.of(x, which)));
    }

    NDArray broadcast(Shape shape) {
        Symbol x = trace.symbol(self);
        return trace.symbolic(
                graph.node("Expand", x.type(), shape, List.of(x, graph.shapeVector(shape))));
    }

    /** Paddings as pairs (before, after), the last axis first. */
    NDArray pad(Shape padding, double value) {
        Symbol x = trace.symbol(self);
        long[] pads = new long[2 * x.rank()];
        long[] sizes = x.shape().getShape().clone();
        for (int i = 0; i < padding.dimension() / 2; i++) {
            int axis = x.rank() - 1 - i;
            pads[axis] = padding.get(2 * i);
            pads[x.rank() + axis] = padding.get(2 * i + 1);
            sizes[axis] += pads[axis] + pads[x.rank() + axis];
        }
        Symbol result =
                graph.node(
                        "Pad",
                        x.type(),
                        new Shape(sizes),
                        List.of(x, graph.vector(pads), graph.scalar(value, x.type())));
        if (x.rank() == 3 && value == 0 && pads[0] + pads[1] + pads[3] + pads[4] == 0) {
            graph.padded(result, new OnnxGraph.Padded(x, pads[2], pads[5]));
        }
        return trace.symbolic(result);
    }

    NDArray repeat(int axis, long repeats) {
        // each element `repeats` times in a row: [.., n, ..] to [.., n, r, ..] to [.., n r, ..]
        Symbol x = trace.symbol(self);
        int at = x.axis(axis);
        requireFixed(x.shape().get(at), repeats - 1);
        long[] wide = new long[x.rank() + 1];
        System.arraycopy(x.shape().getShape(), 0, wide, 0, at + 1);
        wide[at + 1] = repeats;
        System.arraycopy(x.shape().getShape(), at + 1, wide, at + 2, x.rank() - at - 1);
        long[] flat = x.shape().getShape().clone();
        flat[at] *= repeats;
        return self.expandDims(at + 1).broadcast(new Shape(wide)).reshape(new Shape(flat));
    }

    NDArray oneHot(int depth, float on, float off, DataType type) {
        Symbol x = trace.symbol(self);
        Symbol values = trace.symbol(trace.known(trace.engine().create(new float[] {off, on})));
        Symbol number = graph.scalar(depth, DataType.INT64);
        Symbol hot =
                graph.node(
                        "OneHot",
                        DataType.FLOAT32,
                        x.shape().add(depth),
                        List.of(x, number, values));
        return trace.symbolic(hot).toType(type, false);
    }

    NDList split(long sections, int axis) {
        Symbol x = trace.symbol(self);
        long size = x.shape().get(x.axis(axis)) / sections;
        return split(LongStream.range(1, sections).map(i -> i * size).toArray(), axis);
    }

    NDList split(long[] indices, int axis) {
        Symbol x = trace.symbol(self);
        int at = x.axis(axis);
        NDList parts = new NDList(indices.length + 1);
        for (int i = 0; i <= indices.length; i++) {
            long start = i == 0 ? 0 : indices[i - 1];
            long end = i == indices.length ? x.shape().get(at) : indices[i];
            parts.add(trace.symbolic(slice(x, at, start, end, 1)));
        }
        return parts;
    }

    NDArray get(NDManager manager, NDIndex index) {
        Symbol x = trace.symbol(self);
        int axis = 0;
        List<Integer> fixed = new ArrayList<>();
        for (int i = 0; i < index.getIndices().size(); i++) {
            if (i == index.getEllipsisIndex()) {
                axis = x.rank() - (index.getRank() - i);
            }
            NDIndexElement element = index.get(i);
            if (element instanceof NDIndexFixed one) {
                long at =
                        one.getIndex() < 0 ? one.getIndex() + x.shape().get(axis) : one.getIndex();
                x = slice(x, axis, at, at + 1, 1);
                fixed.add(axis);
            } else if (element instanceof NDIndexSlice range) {
                x = slice(x, axis, range);
            } else if (!(element instanceof NDIndexAll)) {
                throw OnnxGraph.unsupported(
                        "an index of kind " + element.getClass().getSimpleName());
            }
            axis++;
        }
        NDArray result = trace.symbolic(x);
        return fixed.isEmpty()
                ? result
                : result.squeeze(fixed.stream().mapToInt(Integer::intValue).toArray());
    }

    private Symbol slice(Symbol x, int axis, NDIndexSlice range) {
        long size = x.shape().get(axis);
        long step = range.getStep() == null ? 1 : range.getStep();
        long start = range.getMin() == null ? 0 : range.getMin();
        long end = range.getMax() == null ? size : range.getMax();
        return slice(x, axis, start < 0 ? start + size : start, end < 0 ? end + size : end, step);
    }

    private Symbol slice(Symbol x, int axis, long start, long end, long step) {
        long size = x.shape().get(axis);
        boolean whole = start == 0 && end >= size;
        if (whole && step == 1) {
            return x;
        }
        // what is left of a free axis must have a fixed size
        boolean free = FreeDimensions.isFree(size) || FreeDimensions.isDerived(size);
        if (free && (end >= size || FreeDimensions.isDerived(end) || step < 1)) {
            throw OnnxGraph.unsupported(
                    "a slice that depends on the size of an input: " + start + ":" + end);
        }
        long[] sizes = x.shape().getShape().clone();
        long stop = Math.min(end, size);
        sizes[axis] = Math.max(0, (stop - start + step - 1) / step);
        return graph.node(
                "Slice",
                x.type(),
                new Shape(sizes),
                List.of(
                        x,
                        graph.vector(start),
                        graph.vector(stop),
                        graph.vector(axis),
                        graph.vector(step)));
    }

    private static void requireFixed(long size, long growth) {
        if (FreeDimensions.isFree(size) && growth != 0) {
            throw OnnxGraph.unsupported("an array whose size grows with a free dimension");
        }
    }

    /** Resolves one -1. */
    private static Shape complete(Shape from, Shape target) {
        long[] sizes = target.getShape().clone();
        int open = -1;
        long known = 1;
        for (int i = 0; i < sizes.length; i++) {
            if (sizes[i] == -1) {
                open = i;
            } else {
                known *= sizes[i];
            }
        }
        if (open >= 0) {
            sizes[open] = from.size() / known;
        }
        if (new Shape(sizes).size() != from.size()) {
            throw new IllegalArgumentException("cannot reshape " + from + " to " + target);
        }
        return new Shape(sizes);
    }

    /** 0 copies the size of the same axis, -1 computes it; only else are sizes read and joined. */
    private Symbol reshapeVector(Shape from, Shape target) {
        long[] sizes = target.getShape().clone();
        int computed = 0;
        for (int i = 0; i < sizes.length; i++) {
            boolean same = i < from.dimension() && from.get(i) == sizes[i];
            if (FreeDimensions.isFree(sizes[i]) && same) {
                sizes[i] = 0;
            } else if (FreeDimensions.isFree(sizes[i]) || FreeDimensions.isDerived(sizes[i])) {
                sizes[i] = -1;
                computed++;
            }
        }
        if (computed <= 1) {
            return graph.vector(sizes);
        }
        if (Arrays.stream(target.getShape()).anyMatch(FreeDimensions::isDerived)) {
            throw OnnxGraph.unsupported("the reshape of " + from + " to " + target);
        }
        return graph.shapeVector(target);
    }
}
