package dev.tiller.zoo.onnx;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.onnx.proto.OnnxMl;
import dev.tiller.zoo.architecture.Input;
import java.util.List;
import java.util.Map;

/**
 * Exports a block to ONNX by tracing one forward call in evaluation mode.
 *
 * <p>The graph is of operator set {@value #OPSET}. The parameters of the block become constants
 * under their own names; everything that depends on them alone is computed now. The call must
 * compute with NDArray operations alone: values that are read to the host, or branches on the size
 * of a free dimension, cannot be seen.
 */
public final class OnnxExporter {
    /** The ONNX operator set of exported graphs. */
    public static final int OPSET = OnnxGraph.OPSET;

    private OnnxExporter() {}

    /**
     * Exports a block.
     *
     * @param block a block with weights
     * @param inputs what its forward call takes. A free size on axis 0 is the number of rows; on
     *     other axes it is the length, the same in all inputs
     * @param outputs a name for each array that its forward call gives
     * @param metadata text entries to store in the file
     * @return the ONNX file's contents; equal arguments give equal contents
     * @throws UnsupportedOperationException naming the first operation that cannot be exported
     */
    public static OnnxMl.ModelProto export(
            Block block, List<Input> inputs, List<String> outputs, Map<String, String> metadata) {
        try (Trace trace = new Trace()) {
            NDList symbols = new NDList(inputs.size());
            for (Input input : inputs) {
                Shape shape = FreeDimensions.standIns(input.shape());
                symbols.add(trace.symbolic(trace.graph().input(input.name(), input.type(), shape)));
            }
            NDList results = block.forward(new TracedParameters(trace), symbols, false, null);
            if (results.size() != outputs.size()) {
                throw new IllegalArgumentException(
                        "outputs must name "
                                + results.size()
                                + " arrays, got "
                                + String.join(", ", outputs));
            }
            for (int i = 0; i < results.size(); i++) {
                NDArray result = results.get(i);
                trace.graph().output(outputs.get(i), trace.symbol(result));
            }
            return trace.graph().model("forward", metadata);
        }
    }
}
