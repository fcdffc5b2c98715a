package dev.tiller.zoo.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.Philox;
import dev.tiller.zoo.Backend;
import dev.tiller.zoo.BlockSession;
import dev.tiller.zoo.Network;
import dev.tiller.zoo.architecture.ConvGru;
import dev.tiller.zoo.architecture.Dit;
import dev.tiller.zoo.architecture.DnaConv;
import dev.tiller.zoo.architecture.Enformer;
import dev.tiller.zoo.architecture.Gdss;
import dev.tiller.zoo.architecture.Input;
import dev.tiller.zoo.architecture.NamedBlock;
import dev.tiller.zoo.architecture.Optimus;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every architecture exports, and computes the same for all sizes of its inputs. */
class ArchitectureExportIT {
    private static final int LENGTH = 50;

    static Stream<Arguments> blocks() {
        return Stream.of(
                block("dna-conv", () -> new DnaConv(new DnaConv.Config(32, 1, 4, 0, false, 0.1))),
                block("guided", () -> new DnaConv(new DnaConv.Config(16, 2, 4, 3, false, 0))),
                block("classifier", () -> new DnaConv(new DnaConv.Config(16, 1, 4, 3, true, 0))),
                block(
                        "conv-gru",
                        () -> new ConvGru(new ConvGru.Config(16, 8, 5, 4, 2, true, true, 0.1))),
                block(
                        "gdss",
                        () ->
                                new Gdss(
                                        new Gdss.Config(
                                                5,
                                                3,
                                                Gdss.Part.convolution(2, 8),
                                                Gdss.Part.attention(3, 8)))),
                block("gdss of attention", ArchitectureExportIT::attention),
                block("optimus", () -> new Optimus(new Optimus.Config(24, 8, 2, 9, 2, 50, 0.2))),
                block("mdlm-dit", () -> new Dit(new Dit.Config(32, 16, 2, 4, 4, 4, 0.1))),
                block(
                        "enformer",
                        () ->
                                new Enformer(
                                        new Enformer.Config(
                                                List.of(24, 24, 48), 2, 2, 8, 2, 0.1, 0.1, 0.1))));
    }

    private static Gdss attention() {
        Gdss.Part mlp =
                new Gdss.Part(Gdss.Type.ATTENTION, 2, 8, 2, 1, 3, 2, 8, 2, Gdss.Projection.MLP);
        return new Gdss(new Gdss.Config(5, 3, mlp, mlp));
    }

    private static Arguments block(String name, Supplier<NamedBlock> maker) {
        return Arguments.of(name, maker);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("blocks")
    void computesTheSame(String name, Supplier<NamedBlock> maker) {
        for (boolean withSigma : new boolean[] {false, true}) {
            try (BlockSession block = session(maker)) {
                List<Input> inputs = inputs(block.block(), withSigma);
                byte[] graph = export(block.block(), inputs);
                try (OnnxSession exported = new OnnxSession(name, graph, OnnxSession.Options.CPU)) {
                    List<OnnxVerification.Comparison> comparisons =
                            OnnxVerification.compare(block, exported, inputs, 4, sizes(inputs));
                    for (OnnxVerification.Comparison comparison : comparisons) {
                        double allowed = 1e-5 * Math.max(comparison.magnitude(), 1e-2);
                        assertTrue(comparison.difference() <= allowed, comparison.toString());
                        assertTrue(comparison.magnitude() > 0, comparison.toString());
                    }
                }
            }
        }
    }

    /** A block whose every weight is random, so that no branch of the network is switched off. */
    private static BlockSession session(Supplier<NamedBlock> maker) {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            NamedBlock random = maker.get();
            random.initialize(new Philox(1), manager);
            int seed = 0;
            for (Map.Entry<String, NDArray> weight : random.weights().entrySet()) {
                NDArray array = weight.getValue();
                boolean table = weight.getKey().endsWith("inv_freq");
                if (!table && array.max().getFloat() == array.min().getFloat()) {
                    array.addi(noise(array.getShape(), seed++, manager).mul(0.3f));
                }
            }
            return new BlockSession(maker.get(), random.weights(), Device.cpu());
        }
    }

    private static NDArray noise(Shape shape, int seed, NDManager manager) {
        double[] uniforms = new double[(int) shape.size()];
        new Philox(9)
                .fill(seed, 0, dev.tiller.sampler.Randomness.Purpose.INITIALIZATION, 0, uniforms);
        float[] values = new float[uniforms.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) uniforms[i];
        }
        return manager.create(values, shape);
    }

    private static List<Input> inputs(NamedBlock block, boolean withSigma) {
        return block.inputs(withSigma).stream()
                .map(input -> block.lengthSpecific() ? input.withLength(LENGTH) : input)
                .toList();
    }

    private static byte[] export(NamedBlock block, List<Input> inputs) {
        return OnnxExporter.export(block, inputs, block.outputs(), Map.of()).toByteArray();
    }

    private static List<long[]> sizes(List<Input> inputs) {
        boolean free = inputs.get(0).shape().get(1) == -1;
        return free
                ? List.of(new long[] {16, 50}, new long[] {8, 31}, new long[] {1, 64})
                : List.of(new long[] {16, LENGTH}, new long[] {8, LENGTH}, new long[] {1, LENGTH});
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("blocks")
    void rowsDoNotDependOnTheirBatch(String name, Supplier<NamedBlock> maker) {
        try (BlockSession block = session(maker)) {
            List<Input> inputs = inputs(block.block(), false);
            byte[] graph = export(block.block(), inputs);
            OnnxSession exported = new OnnxSession(name, graph, OnnxSession.Options.CPU);
            try (Network network = new Network(exported, "digest", Backend.ONNX.toString());
                    NDManager manager = network.newManager()) {
                NDList arrays = new NDList();
                for (Input input : inputs) {
                    arrays.add(rows(input, 19, manager));
                }
                float[] all = network.run(arrays).head().toFloatArray();
                int width = all.length / 19;
                for (int start = 0; start < 19; start += 5) {
                    int end = Math.min(19, start + 5);
                    NDList part = new NDList();
                    for (NDArray array : arrays) {
                        part.add(array.get(start + ":" + end).duplicate());
                    }
                    float[] some = network.run(part).head().toFloatArray();
                    float[] same = java.util.Arrays.copyOfRange(all, start * width, end * width);
                    assertArrayEquals(same, some);
                }
            }
        }
    }

    private static NDArray rows(Input input, int rows, NDManager manager) {
        long[] sizes = input.withLength(LENGTH).shape().getShape().clone();
        sizes[0] = rows;
        Shape shape = new Shape(sizes);
        NDArray values = noise(shape, 77, manager).mul(4f);
        return input.type() == DataType.INT64
                ? values.toType(DataType.INT64, false).mul(shape.dimension() == 1 ? 0 : 1)
                : values;
    }
}
