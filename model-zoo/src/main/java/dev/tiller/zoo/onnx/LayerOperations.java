package dev.tiller.zoo.onnx;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.internal.NDArrayEx;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.onnx.proto.OnnxMl.AttributeProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Records layers in evaluation mode, under the names {@link NDArrayEx} has for them. */
final class LayerOperations {
    private final Trace trace;
    private final OnnxGraph graph;

    LayerOperations(Trace trace) {
        this.trace = trace;
        this.graph = trace.graph();
    }

    NDList linear(NDArray input, NDArray weight, NDArray bias) {
        NDArray product = input.matMul(weight.transpose());
        return new NDList(bias == null ? product : product.add(bias));
    }

    NDList convolution(
            NDArray input,
            NDArray weight,
            NDArray bias,
            Shape stride,
            Shape padding,
            Shape dilation,
            int groups) {
        Symbol x = trace.symbol(input);
        if (x.rank() == 3) {
            return list(sequenceConvolution(x, weight, bias, stride, padding, dilation, groups));
        }
        long[] pads = {padding.get(0), padding.get(1), padding.get(0), padding.get(1)};
        return list(convolution(x, weight, bias, stride, pads, dilation, groups));
    }

    private Symbol sequenceConvolution(
            Symbol x,
            NDArray weight,
            NDArray bias,
            Shape stride,
            Shape padding,
            Shape dilation,
            int groups) {
        OnnxGraph.Padded source = graph.unpadded(x);
        long before = source.before() + padding.get(0);
        long after = source.after() + padding.get(0);
        Symbol image =
                convolution(
                        graph.image(source.source()),
                        weight.expandDims(2),
                        bias,
                        new Shape(1, stride.get(0)),
                        new long[] {0, before, 0, after},
                        new Shape(1, dilation.get(0)),
                        groups);
        return graph.sequences(image);
    }

    /** {@code pads} are rows above and columns left of the image, then those below and right. */
    private Symbol convolution(
            Symbol x,
            NDArray weight,
            NDArray bias,
            Shape stride,
            long[] pads,
            Shape dilation,
            int groups) {
        Symbol w = trace.symbol(weight);
        long[] sizes = x.shape().getShape().clone();
        sizes[1] = w.shape().get(0);
        for (int i = 0; i < 2; i++) {
            long loss = dilation.get(i) * (w.shape().get(2 + i) - 1) - pads[i] - pads[2 + i];
            if (FreeDimensions.isFree(sizes[2 + i]) && (loss != 0 || stride.get(i) != 1)) {
                throw OnnxGraph.unsupported("a convolution that changes a free length");
            }
            sizes[2 + i] = (sizes[2 + i] - loss - 1) / stride.get(i) + 1;
        }
        List<Symbol> inputs = new ArrayList<>(List.of(x, w));
        if (bias != null) {
            inputs.add(trace.symbol(bias));
        }
        AttributeProto[] attributes = {
            Attributes.integers("pads", pads),
            Attributes.integers("strides", stride.getShape()),
            Attributes.integers("dilations", dilation.getShape()),
            Attributes.integer("group", groups)
        };
        return graph.node("Conv", x.type(), new Shape(sizes), inputs, attributes);
    }

    NDList layerNorm(NDArray input, Shape normalized, NDArray gamma, NDArray beta, float eps) {
        Symbol x = trace.symbol(input);
        List<Symbol> inputs = new ArrayList<>(List.of(x, trace.symbol(gamma)));
        if (beta != null) {
            inputs.add(trace.symbol(beta));
        }
        return list(
                graph.node(
                        "LayerNormalization",
                        x.type(),
                        x.shape(),
                        inputs,
                        Attributes.integer("axis", x.rank() - normalized.dimension()),
                        Attributes.number("epsilon", eps)));
    }

    @SuppressWarnings("checkstyle:parameternumber")
    NDList batchNorm(
            NDArray input,
            NDArray mean,
            NDArray variance,
            NDArray gamma,
            NDArray beta,
            int axis,
            float momentum,
            float eps,
            boolean training) {
        if (training || axis != 1) {
            throw OnnxGraph.unsupported("batch norm in training or along axis " + axis);
        }
        Symbol x = trace.symbol(input);
        List<Symbol> inputs =
                List.of(
                        x,
                        trace.symbol(gamma),
                        trace.symbol(beta),
                        trace.symbol(mean),
                        trace.symbol(variance));
        return list(
                graph.node(
                        "BatchNormalization",
                        x.type(),
                        x.shape(),
                        inputs,
                        Attributes.number("epsilon", eps)));
    }

    NDList embedding(NDArray indices, NDArray weight, SparseFormat format) {
        Symbol x = trace.symbol(indices);
        Symbol w = trace.symbol(weight);
        return list(graph.node("Gather", w.type(), x.shape().add(w.shape().get(1)), List.of(w, x)));
    }

    /** One layer; PyTorch orders the gates r, z, n, ONNX z, r, h. */
    @SuppressWarnings("checkstyle:parameternumber")
    NDList gru(
            NDArray input,
            NDArray state,
            NDList parameters,
            boolean biases,
            int layers,
            double dropout,
            boolean training,
            boolean bidirectional,
            boolean batchFirst) {
        if (layers != 1 || training || !biases) {
            throw OnnxGraph.unsupported("a GRU of several layers, in training or without biases");
        }
        Symbol x = trace.symbol(batchFirst ? input.transpose(1, 0, 2) : input);
        int directions = bidirectional ? 2 : 1;
        long hidden = parameters.get(1).getShape().get(1);
        List<NDArray> weights = new ArrayList<>();
        for (int kind = 0; kind < 4; kind++) {
            weights.add(joined(parameters, kind, directions));
        }
        NDArray bias = weights.get(2).concat(weights.get(3), 1);
        long length = x.shape().get(0);
        long rows = x.shape().get(1);
        List<Symbol> inputs =
                Arrays.asList(
                        x,
                        trace.symbol(weights.get(0)),
                        trace.symbol(weights.get(1)),
                        trace.symbol(bias),
                        null,
                        trace.symbol(state));
        Symbol y =
                graph.node(
                        "GRU",
                        x.type(),
                        new Shape(length, directions, rows, hidden),
                        inputs,
                        Attributes.integer("hidden_size", hidden),
                        Attributes.integer("linear_before_reset", 1),
                        Attributes.text("direction", bidirectional ? "bidirectional" : "forward"));
        int[] order = batchFirst ? new int[] {2, 0, 1, 3} : new int[] {0, 2, 1, 3};
        NDArray turned = trace.symbolic(y).transpose(order);
        Shape flat = turned.getShape().slice(0, 2).add(directions * hidden);
        return new NDList(turned.reshape(flat));
    }

    /** Parameters of one kind for all directions, [directions, 3 hidden, ...], gates z, r, h. */
    private static NDArray joined(NDList parameters, int kind, int directions) {
        NDList all = new NDList();
        for (int direction = 0; direction < directions; direction++) {
            NDList gates = parameters.get(4 * direction + kind).split(3);
            NDArray ordered = gates.get(1).concat(gates.get(0), 0).concat(gates.get(2), 0);
            all.add(ordered.expandDims(0));
        }
        NDArray first = all.get(0);
        return directions == 1 ? first : first.concat(all.get(1), 0);
    }

    private NDList list(Symbol symbol) {
        return new NDList(trace.symbolic(symbol));
    }
}
