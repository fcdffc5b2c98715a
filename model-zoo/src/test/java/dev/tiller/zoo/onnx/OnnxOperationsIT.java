package dev.tiller.zoo.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.LambdaBlock;
import ai.djl.training.ParameterStore;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.zoo.architecture.Input;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each operation that the exporter records computes in ONNX Runtime what it computes in DJL. */
class OnnxOperationsIT {
    private static final int CHANNELS = 16;
    private static final int LENGTH = 6;

    /** Operations on x, float32 [B, 16, L]. */
    private static final Map<String, UnaryOperator<NDArray>> OPERATIONS = new LinkedHashMap<>();

    /** Those of them that a free length rules out. */
    private static final Set<String> FIXED_LENGTH =
            Set.of("pad", "flatten", "concat of lengths", "slice of lengths", "repeat", "split");

    static {
        elementwise();
        reductions();
        shapes();
        layers();
    }

    private static void elementwise() {
        OPERATIONS.put("add", x -> x.add(1.5f).add(x).add(known(x, LastAxis.CHANNEL)));
        OPERATIONS.put("sub", x -> x.sub(2).sub(x.mul(3f)));
        OPERATIONS.put("known operand first", x -> known(x, LastAxis.CHANNEL).sub(x));
        OPERATIONS.put("div", x -> x.div(3f).div(x.abs().add(1f)));
        OPERATIONS.put("pow", x -> x.abs().pow(1.5f).add(x.square()));
        OPERATIONS.put("maximum", x -> x.maximum(0.1f).minimum(x.neg()).maximum(x.mul(0.3f)));
        OPERATIONS.put("comparison", x -> x.gt(0.2f).toType(DataType.FLOAT32, false));
        OPERATIONS.put(
                "comparisons",
                x ->
                        x.gte(0)
                                .logicalAnd(x.lt(0.5f))
                                .logicalOr(x.lte(-0.5f))
                                .toType(DataType.FLOAT32, false)
                                .add(x.eq(x.mul(1f)).toType(DataType.FLOAT32, false))
                                .add(x.neq(0).logicalNot().toType(DataType.FLOAT32, false)));
        OPERATIONS.put("exp and log", x -> x.exp().add(1f).log());
        OPERATIONS.put("sin and cos", x -> x.sin().add(x.cos()));
        OPERATIONS.put("roots", x -> x.abs().sqrt().add(x.sign()).add(x.floor()).sub(x.ceil()));
        OPERATIONS.put("tanh", x -> x.tanh().add(x.erf()));
        OPERATIONS.put("clip", x -> x.clip(-0.3, 0.4));
        OPERATIONS.put("relu", x -> x.getNDArrayInternal().relu());
        OPERATIONS.put("sigmoid", x -> x.getNDArrayInternal().sigmoid());
        OPERATIONS.put("softPlus", x -> x.getNDArrayInternal().softPlus());
        OPERATIONS.put("gelu", x -> x.getNDArrayInternal().gelu());
        OPERATIONS.put("rsub", x -> x.getNDArrayInternal().rsub(2f));
        OPERATIONS.put("where", x -> NDArrays.where(x.gt(0f), x, x.mul(0.1f)));
    }

    private static void reductions() {
        OPERATIONS.put("sum", x -> x.sum(new int[] {1}));
        OPERATIONS.put("sum kept", x -> x.sum(new int[] {-1}, true));
        OPERATIONS.put("mean", x -> x.mean(new int[] {2}));
        OPERATIONS.put("max", x -> x.max(new int[] {1}).add(x.min(new int[] {1})));
        OPERATIONS.put("argMax", x -> x.argMax(1).toType(DataType.FLOAT32, false));
        OPERATIONS.put("softmax", x -> x.softmax(1));
        OPERATIONS.put("logSoftmax", x -> x.logSoftmax(-1));
        OPERATIONS.put("matMul", x -> x.transpose(0, 2, 1).matMul(x));
    }

    private static void shapes() {
        OPERATIONS.put("transpose", x -> x.transpose(2, 0, 1));
        OPERATIONS.put("reshape", x -> x.reshape(x.getShape().get(0), 4, 4, -1));
        OPERATIONS.put(
                "reshape of two free axes",
                x -> x.transpose(2, 0, 1).reshape(x.getShape().get(2), x.getShape().get(0), 2, 8));
        OPERATIONS.put("flatten", x -> x.reshape(x.getShape().get(0), -1));
        OPERATIONS.put("expandDims", x -> x.expandDims(1).expandDims(-1).squeeze(1));
        OPERATIONS.put("broadcast", x -> x.get(new NDIndex(":, :1")).broadcast(x.getShape()));
        OPERATIONS.put("slice", x -> x.get(new NDIndex("..., 2:12:3, :")));
        OPERATIONS.put("slice of lengths", x -> x.get(new NDIndex(":, :, 1:-1")));
        OPERATIONS.put("fixed index", x -> x.get(new NDIndex(":, 3")).add(x.get(":, -1")));
        OPERATIONS.put("pad", x -> x.pad(new Shape(1, 2, 0, 3), 0.5));
        OPERATIONS.put("repeat", x -> x.repeat(2, 3));
        OPERATIONS.put("split", x -> x.split(new long[] {1, 4}, 2).get(1));
        OPERATIONS.put("split of channels", x -> x.split(4, 1).get(2));
        OPERATIONS.put("concat", x -> x.concat(x.mul(2f), 1));
        OPERATIONS.put("concat of lengths", x -> x.concat(x.mul(2f), 2));
        OPERATIONS.put("stack", x -> NDArrays.stack(new NDList(x, x.neg()), 1));
        OPERATIONS.put(
                "zeros", x -> x.add(x.getManager().zeros(new Shape(x.getShape().get(0), 1, 1))));
        OPERATIONS.put("oneHot", x -> x.abs().mul(3f).toType(DataType.INT64, false).oneHot(40));
    }

    private static void layers() {
        OPERATIONS.put(
                "linear",
                x ->
                        x.getNDArrayInternal()
                                .linear(
                                        x.transpose(0, 2, 1),
                                        weights(x, 5, CHANNELS),
                                        weights(x, 5))
                                .head());
        OPERATIONS.put(
                "convolution",
                x ->
                        x.getNDArrayInternal()
                                .convolution(
                                        x,
                                        weights(x, CHANNELS, CHANNELS, 5),
                                        weights(x, CHANNELS),
                                        new Shape(1),
                                        new Shape(4),
                                        new Shape(2),
                                        1)
                                .head());
        OPERATIONS.put("convolutions of even width", x -> even(even(x)).add(x));
        OPERATIONS.put(
                "layerNorm",
                x ->
                        x.getNDArrayInternal()
                                .layerNorm(
                                        x.transpose(0, 2, 1),
                                        new Shape(CHANNELS),
                                        weights(x, CHANNELS),
                                        weights(x, CHANNELS),
                                        1e-5f)
                                .head());
        OPERATIONS.put(
                "batchNorm",
                x ->
                        x.getNDArrayInternal()
                                .batchNorm(
                                        x,
                                        weights(x, CHANNELS),
                                        weights(x, CHANNELS).abs().add(0.5f),
                                        weights(x, CHANNELS),
                                        weights(x, CHANNELS),
                                        1,
                                        0.9f,
                                        1e-5f,
                                        false)
                                .head());
        OPERATIONS.put(
                "embedding",
                x ->
                        x.getNDArrayInternal()
                                .embedding(
                                        x.abs().toType(DataType.INT64, false),
                                        weights(x, 9, 3),
                                        SparseFormat.DENSE)
                                .head());
        OPERATIONS.put("gru in one direction", x -> gru(x, false));
        OPERATIONS.put("gru in both directions", x -> gru(x, true));
    }

    private static NDArray even(NDArray x) {
        return x.getNDArrayInternal()
                .convolution(
                        x.pad(new Shape(1, 2), 0),
                        weights(x, CHANNELS, CHANNELS, 4),
                        weights(x, CHANNELS),
                        new Shape(1),
                        new Shape(0),
                        new Shape(1),
                        1)
                .head()
                .getNDArrayInternal()
                .relu();
    }

    private enum LastAxis {
        CHANNEL
    }

    private static NDArray known(NDArray x, LastAxis axis) {
        return weights(x, CHANNELS, axis.ordinal() + 1);
    }

    private static NDArray gru(NDArray x, boolean both) {
        int hidden = 7;
        NDList parameters = new NDList();
        for (int direction = 0; direction < (both ? 2 : 1); direction++) {
            parameters.add(weights(x, 3 * hidden, CHANNELS).add(0.1f * direction));
            parameters.add(weights(x, 3 * hidden, hidden));
            parameters.add(weights(x, 3 * hidden));
            parameters.add(weights(x, 3 * hidden).mul(0.7f));
        }
        NDArray rows = x.transpose(0, 2, 1);
        NDArray state = x.getManager().zeros(new Shape(both ? 2 : 1, x.getShape().get(0), hidden));
        return x.getNDArrayInternal()
                .gru(rows, state, parameters, true, 1, 0, false, both, true)
                .head();
    }

    private static NDArray weights(NDArray x, long... shape) {
        return x.getManager().create(uniforms((int) new Shape(shape).size(), 9), new Shape(shape));
    }

    private static float[] uniforms(int size, int seed) {
        double[] uniforms = new double[size];
        new Philox(seed).fill(0, 0, Purpose.TRAINING_INPUT, 0, uniforms);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) (2 * uniforms[i] - 1);
        }
        return values;
    }

    static Stream<String> names() {
        return OPERATIONS.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void computesTheSame(String name) {
        boolean fixed = FIXED_LENGTH.contains(name);
        assertEqual(OPERATIONS.get(name), fixed ? LENGTH : -1, 3, LENGTH);
        if (!fixed) {
            assertEqual(OPERATIONS.get(name), -1, 5, LENGTH + 3);
        }
    }

    private static void assertEqual(
            UnaryOperator<NDArray> operation, int declared, int rows, int length) {
        LambdaBlock block =
                new LambdaBlock(list -> new NDList(operation.apply(list.head())), "operation");
        byte[] graph = export(block, declared);
        try (OnnxSession session = new OnnxSession("graph", graph, OnnxSession.Options.CPU);
                NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            float[] content = uniforms(rows * CHANNELS * length, 1);
            NDArray x = manager.create(content, new Shape(rows, CHANNELS, length));
            NDArray expected =
                    block.forward(new ParameterStore(manager, false), new NDList(x), false, null)
                            .head();
            NDArray got = session.run(new NDList(x)).head();
            assertEquals(expected.getShape(), got.getShape());
            assertEquals(expected.getDataType(), got.getDataType());
            float difference = expected.sub(got).abs().max().getFloat();
            float largest = Math.max(1, expected.abs().max().getFloat());
            assertTrue(difference <= 2e-6f * largest, "difference " + difference);
        }
    }

    private static byte[] export(LambdaBlock block, int length) {
        Input x = new Input("x", DataType.FLOAT32, new Shape(-1, CHANNELS, length));
        return OnnxExporter.export(block, List.of(x), List.of("y"), Map.of()).toByteArray();
    }

    @Test
    void anUnknownOperationFailsByName() {
        assertFailure(x -> x.cumSum(1), "operation NDArray.cumSum(int) cannot be exported to ONNX");
        assertFailure(
                x -> x.getNDArrayInternal().selu(),
                "operation NDArrayEx.selu() cannot be exported to ONNX");
        assertFailure(
                x -> x.get(new NDIndex(":, :, 1:")),
                "a slice that depends on the size of an input: 1:100003 cannot be exported to"
                        + " ONNX");
        assertFailure(
                x -> x.mul(x.toFloatArray()[0]),
                "operation NDArray.toByteBuffer(boolean) cannot be exported to ONNX");
        assertFailure(
                x -> x.add(x.getManager().arange((int) x.getShape().get(2))),
                "a constant that depends on the size of an input cannot be exported to ONNX");
    }

    private static void assertFailure(UnaryOperator<NDArray> operation, String message) {
        LambdaBlock block =
                new LambdaBlock(list -> new NDList(operation.apply(list.head())), "operation");
        UnsupportedOperationException e =
                assertThrows(UnsupportedOperationException.class, () -> export(block, -1));
        assertEquals(message, e.getMessage());
    }

    @Test
    void equalBlocksGiveEqualFiles() {
        LambdaBlock block =
                new LambdaBlock(list -> new NDList(gru(list.head(), true)), "operation");
        assertTrue(java.util.Arrays.equals(export(block, -1), export(block, -1)));
    }
}
