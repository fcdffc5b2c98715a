package dev.tiller.zoo.onnx;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.List;

/**
 * Records operations that treat each element alone, under the names and parameters that {@link
 * NDArray} has for them.
 */
final class ElementwiseOperations {
    private final Trace trace;
    private final OnnxGraph graph;
    private final NDArray self;

    ElementwiseOperations(Trace trace, NDArray self) {
        this.trace = trace;
        this.graph = trace.graph();
        this.self = self;
    }

    NDArray add(NDArray other) {
        Symbol x = trace.symbol(self);
        if (!trace.of(other).isKnown()) {
            Symbol y = trace.symbol(other);
            if (graph.isImage(x) && graph.isImage(y) && x.shape().equals(y.shape())) {
                Symbol image = graph.image(x);
                Symbol sum =
                        graph.node("Add", x.type(), image.shape(), List.of(image, graph.image(y)));
                return trace.symbolic(graph.sequences(sum));
            }
        }
        return binary("Add", other);
    }

    NDArray add(Number other) {
        return binary("Add", other);
    }

    NDArray sub(NDArray other) {
        return binary("Sub", other);
    }

    NDArray sub(Number other) {
        return binary("Sub", other);
    }

    NDArray mul(NDArray other) {
        return binary("Mul", other);
    }

    NDArray mul(Number other) {
        return binary("Mul", other);
    }

    NDArray div(NDArray other) {
        return binary("Div", other);
    }

    NDArray div(Number other) {
        return binary("Div", other);
    }

    NDArray pow(NDArray other) {
        return binary("Pow", other);
    }

    NDArray pow(Number other) {
        return binary("Pow", other);
    }

    NDArray maximum(NDArray other) {
        return binary("Max", other);
    }

    NDArray maximum(Number other) {
        return binary("Max", other);
    }

    NDArray minimum(NDArray other) {
        return binary("Min", other);
    }

    NDArray minimum(Number other) {
        return binary("Min", other);
    }

    NDArray eq(NDArray other) {
        return compare("Equal", other);
    }

    NDArray eq(Number other) {
        return compare("Equal", other);
    }

    NDArray neq(NDArray other) {
        return compare("Equal", other).logicalNot();
    }

    NDArray neq(Number other) {
        return compare("Equal", other).logicalNot();
    }

    NDArray gt(NDArray other) {
        return compare("Greater", other);
    }

    NDArray gt(Number other) {
        return compare("Greater", other);
    }

    NDArray gte(NDArray other) {
        return compare("GreaterOrEqual", other);
    }

    NDArray gte(Number other) {
        return compare("GreaterOrEqual", other);
    }

    NDArray lt(NDArray other) {
        return compare("Less", other);
    }

    NDArray lt(Number other) {
        return compare("Less", other);
    }

    NDArray lte(NDArray other) {
        return compare("LessOrEqual", other);
    }

    NDArray lte(Number other) {
        return compare("LessOrEqual", other);
    }

    NDArray logicalAnd(NDArray other) {
        return compare("And", other);
    }

    NDArray logicalOr(NDArray other) {
        return compare("Or", other);
    }

    NDArray logicalNot() {
        return unary("Not");
    }

    NDArray neg() {
        return unary("Neg");
    }

    NDArray abs() {
        return unary("Abs");
    }

    NDArray sign() {
        return unary("Sign");
    }

    NDArray square() {
        return self.mul(self);
    }

    NDArray sqrt() {
        return unary("Sqrt");
    }

    NDArray floor() {
        return unary("Floor");
    }

    NDArray ceil() {
        return unary("Ceil");
    }

    NDArray exp() {
        return unary("Exp");
    }

    NDArray log() {
        return unary("Log");
    }

    NDArray sin() {
        return unary("Sin");
    }

    NDArray cos() {
        return unary("Cos");
    }

    NDArray tanh() {
        return unary("Tanh");
    }

    NDArray erf() {
        return unary("Erf");
    }

    NDArray clip(Number min, Number max) {
        Symbol x = trace.symbol(self);
        return trace.symbolic(
                graph.node(
                        "Clip",
                        x.type(),
                        x.shape(),
                        List.of(x, graph.scalar(min, x.type()), graph.scalar(max, x.type()))));
    }

    NDArray toType(DataType type, boolean copy) {
        Symbol x = trace.symbol(self);
        return x.type() == type
                ? self
                : trace.symbolic(
                        graph.node(
                                "Cast",
                                type,
                                x.shape(),
                                List.of(x),
                                Attributes.integer("to", ElementTypes.onnx(type).getNumber())));
    }

    private NDArray unary(String operator) {
        Symbol x = trace.symbol(self);
        return trace.symbolic(graph.node(operator, x.type(), x.shape(), List.of(x)));
    }

    private NDArray binary(String operator, Object other) {
        Symbol x = trace.symbol(self);
        return trace.symbolic(record(operator, x, operand(other, x), x.type()));
    }

    private NDArray compare(String operator, Object other) {
        Symbol x = trace.symbol(self);
        return trace.symbolic(record(operator, x, operand(other, x), DataType.BOOLEAN));
    }

    private Symbol record(String operator, Symbol x, Symbol y, DataType result) {
        return graph.node(operator, result, broadcast(x.shape(), y.shape()), List.of(x, y));
    }

    private Symbol operand(Object other, Symbol x) {
        Symbol y =
                other instanceof Number number
                        ? graph.scalar(number, x.type())
                        : trace.symbol((NDArray) other);
        if (y.type() != x.type()) {
            throw OnnxGraph.unsupported("arithmetic of " + x.type() + " with " + y.type());
        }
        return y;
    }

    /** The shape that both broadcast to. */
    static Shape broadcast(Shape a, Shape b) {
        int rank = Math.max(a.dimension(), b.dimension());
        long[] shape = new long[rank];
        for (int i = 1; i <= rank; i++) {
            long sizeA = i <= a.dimension() ? a.get(a.dimension() - i) : 1;
            long sizeB = i <= b.dimension() ? b.get(b.dimension() - i) : 1;
            if (sizeA != sizeB && sizeA != 1 && sizeB != 1) {
                throw new IllegalArgumentException("shapes " + a + " and " + b + " do not fit");
            }
            shape[rank - i] = sizeA == 1 ? sizeB : sizeA;
        }
        return new Shape(shape);
    }
}
