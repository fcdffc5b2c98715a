package dev.tiller.zoo.onnx;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.internal.NDArrayEx;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;

/** Records activations and joins, under the names {@link NDArrayEx} has for them. */
final class ActivationOperations {
    private final Trace trace;
    private final OnnxGraph graph;
    private final NDArray self;

    ActivationOperations(Trace trace, NDArray self) {
        this.trace = trace;
        this.graph = trace.graph();
        this.self = self;
    }

    NDArray relu() {
        Symbol x = trace.symbol(self);
        if (graph.isImage(x)) {
            Symbol image = graph.image(x);
            Symbol active = graph.node("Relu", x.type(), image.shape(), List.of(image));
            return trace.symbolic(graph.sequences(active));
        }
        return unary("Relu");
    }

    NDArray sigmoid() {
        return unary("Sigmoid");
    }

    NDArray tanh() {
        return unary("Tanh");
    }

    NDArray elu(float alpha) {
        Symbol x = trace.symbol(self);
        return trace.symbolic(
                graph.node(
                        "Elu", x.type(), x.shape(), List.of(x), Attributes.number("alpha", alpha)));
    }

    NDArray softPlus() {
        return unary("Softplus");
    }

    /** x Phi(x), with the error function. */
    NDArray gelu() {
        NDArray share = self.mul((float) Math.sqrt(0.5)).erf().add(1f).mul(0.5f);
        return self.mul(share);
    }

    NDArray rsub(Number other) {
        return self.neg().add(other);
    }

    NDArray rdiv(Number other) {
        Symbol x = trace.symbol(self);
        Symbol numerator = graph.scalar(other, x.type());
        return trace.symbolic(graph.node("Div", x.type(), x.shape(), List.of(numerator, x)));
    }

    /** Where this condition holds the first, else the second. */
    NDArray where(NDArray condition, NDArray other) {
        Symbol x = trace.symbol(self);
        Symbol y = trace.symbol(other);
        Symbol which = trace.symbol(condition);
        Shape shape =
                ElementwiseOperations.broadcast(
                        which.shape(), ElementwiseOperations.broadcast(x.shape(), y.shape()));
        Symbol bool =
                which.type() == DataType.BOOLEAN
                        ? which
                        : trace.symbol(trace.symbolic(which).toType(DataType.BOOLEAN, false));
        return trace.symbolic(graph.node("Where", x.type(), shape, List.of(bool, x, y)));
    }

    NDArray concat(NDList more, int axis) {
        List<Symbol> parts = parts(more);
        int at = parts.get(0).axis(axis);
        long[] sizes = parts.get(0).shape().getShape().clone();
        for (Symbol part : parts.subList(1, parts.size())) {
            if (FreeDimensions.isFree(sizes[at]) || FreeDimensions.isFree(part.shape().get(at))) {
                throw OnnxGraph.unsupported("a join along an axis whose size is free");
            }
            sizes[at] += part.shape().get(at);
        }
        return trace.symbolic(
                graph.node(
                        "Concat",
                        parts.get(0).type(),
                        new Shape(sizes),
                        parts,
                        Attributes.integer("axis", at)));
    }

    NDArray stack(NDList more, int axis) {
        NDList wide = new NDList(more.size());
        more.forEach(array -> wide.add(array.expandDims(axis)));
        return new ActivationOperations(trace, self.expandDims(axis)).concat(wide, axis);
    }

    private List<Symbol> parts(NDList more) {
        List<Symbol> parts = new ArrayList<>();
        parts.add(trace.symbol(self));
        more.forEach(array -> parts.add(trace.symbol(array)));
        return parts;
    }

    private NDArray unary(String operator) {
        Symbol x = trace.symbol(self);
        return trace.symbolic(graph.node(operator, x.type(), x.shape(), List.of(x)));
    }
}
