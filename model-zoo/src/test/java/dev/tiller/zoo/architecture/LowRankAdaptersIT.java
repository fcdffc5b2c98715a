package dev.tiller.zoo.architecture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.sampler.numerics.Gradients;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LowRankAdaptersIT {
    private static final LowRank OPTIONS = new LowRank(2, 3, List.of());
    private static final int LENGTH = 10;
    // recurrent layers round by where their weights lie in memory
    private static final float ROUNDING = 1e-6f;

    private NDManager manager;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager();
    }

    @AfterEach
    void close() {
        manager.close();
    }

    /** Linear layers, convolutions, recurrent and embedding matrices, attention, folded tables. */
    static Stream<Supplier<NamedBlock>> networks() {
        return Stream.of(
                () -> new DnaConv(new DnaConv.Config(8, 1, 4, 2, false, 0.1)),
                () -> new ConvGru(new ConvGru.Config(8, 5, 3, 2, 1, true, true, 0.1)),
                () -> new Dit(new Dit.Config(16, 4, 2, 2, 4, 4, 0.1)),
                () -> new Enformer(new Enformer.Config(List.of(12, 24), 1, 2, 4, 1, 0, 0, 0)),
                () -> new Optimus(new Optimus.Config(6, 3, 2, 8, 2, LENGTH, 0.1)));
    }

    /** Noise everywhere, since layers that start at zero would hide what is in front of them. */
    private Map<String, NDArray> noise(Map<String, NDArray> start, double scale, long seed) {
        Map<String, NDArray> weights = new LinkedHashMap<>();
        start.forEach(
                (name, array) -> {
                    double[] uniforms = new double[(int) array.size()];
                    new Philox(seed).fill(weights.size(), 0, Purpose.TRAINING_INPUT, 0, uniforms);
                    float[] noise = new float[uniforms.length];
                    for (int i = 0; i < noise.length; i++) {
                        noise[i] = (float) (scale * (2 * uniforms[i] - 1));
                    }
                    boolean fixed = name.endsWith("running_var") || name.endsWith("inv_freq");
                    NDArray added = manager.create(noise, array.getShape());
                    weights.put(name, fixed ? array : array.stopGradient().add(added));
                });
        return weights;
    }

    private NamedBlock base(Supplier<NamedBlock> network) {
        NamedBlock block = network.get();
        block.initialize(new Philox(1), manager);
        block.load(noise(block.weights(), 0.1, 4), manager);
        return block;
    }

    /** A block whose adapters change something. */
    private NamedBlock adapted(Supplier<NamedBlock> network) {
        NamedBlock block = base(network);
        LowRankAdapters adapters = block.adapt(OPTIONS);
        adapters.initialize(new Philox(2), manager);
        adapters.load(noise(adapters.weights(), 0.1, 5), manager);
        return block;
    }

    private NDList inputs(NamedBlock block) {
        double[] uniforms = new double[2 * LENGTH * 4];
        new Philox(6).fill(0, 0, Purpose.TRAINING_INPUT, 0, uniforms);
        float[] x = new float[uniforms.length];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) uniforms[i];
        }
        NDArray soft = manager.create(x, new Shape(2, LENGTH, 4));
        NDList inputs = new NDList();
        for (Input input : block.inputs(true)) {
            switch (input.name()) {
                case "tokens" -> inputs.add(soft.argMax(2));
                case "sigma" -> inputs.add(manager.create(new float[] {0.3f, 2}));
                case "class" -> inputs.add(manager.create(new long[] {0, 1}));
                default -> inputs.add(soft);
            }
        }
        return inputs;
    }

    private NDArray run(NamedBlock block) {
        ParameterStore store = new ParameterStore(manager, false);
        return block.forward(store, inputs(block), false).head();
    }

    private static Map<String, float[]> values(Map<String, NDArray> arrays) {
        Map<String, float[]> values = new LinkedHashMap<>();
        arrays.forEach((name, array) -> values.put(name, array.toFloatArray()));
        return values;
    }

    private static void assertSame(Map<String, float[]> expected, Map<String, float[]> actual) {
        assertEquals(List.copyOf(expected.keySet()), List.copyOf(actual.keySet()));
        expected.forEach((name, array) -> assertArrayEquals(array, actual.get(name), name));
    }

    @ParameterizedTest
    @MethodSource("networks")
    void changeNothingAtFirst(Supplier<NamedBlock> network) {
        NamedBlock block = base(network);
        float[] before = run(block).toFloatArray();
        block.adapt(OPTIONS).initialize(new Philox(2), manager);
        assertArrayEquals(before, run(block).toFloatArray(), ROUNDING);
        float[] after = run(adapted(network)).toFloatArray();
        float largest = 0;
        for (int i = 0; i < after.length; i++) {
            largest = Math.max(largest, Math.abs(after[i] - before[i]));
        }
        assertTrue(largest > 100 * ROUNDING, "changed by " + largest);
    }

    /** dL/dB = s G A' and dL/dA = s B' G, where G is the gradient of the merged weight. */
    @ParameterizedTest
    @MethodSource("networks")
    void haveTheGradientsOfTheChainRule(Supplier<NamedBlock> network) {
        NamedBlock block = adapted(network);
        block.freezeParameters(false);
        double loss = backward(block);
        NamedBlock whole = adapted(network);
        LowRankAdapters adapters = whole.adapters().orElseThrow();
        adapters.merge();
        whole.freezeParameters(false);
        assertEquals(loss, backward(whole), 1e-5 * loss);
        float scale = (float) (OPTIONS.alpha() / OPTIONS.rank());
        Map<String, NDArray> weights = block.weights();
        int compared = 0;
        for (Map.Entry<String, Shape> entry : adapters.adapted().entrySet()) {
            NDArray a = weights.get(LowRankAdapters.nameOfA(entry.getKey()));
            NDArray b = weights.get(LowRankAdapters.nameOfB(entry.getKey()));
            NDArray full = whole.weights().get(entry.getKey()).getGradient();
            NDArray matrix = full.reshape(entry.getValue().get(0), -1);
            NDArray ofB = matrix.matMul(a.stopGradient().transpose()).mul(scale);
            NDArray ofA = b.stopGradient().transpose().matMul(matrix).mul(scale);
            assertClose(ofA, a.getGradient(), entry.getKey() + " A");
            assertClose(ofB, b.getGradient(), entry.getKey() + " B");
            compared += ofA.abs().max().getFloat() > 0 ? 1 : 0;
            assertFalse(weights.get(entry.getKey()).hasGradient(), entry.getKey());
        }
        assertTrue(compared > 0.9 * adapters.adapted().size(), compared + " gradients");
    }

    private double backward(NamedBlock block) {
        return Gradients.backward(
                manager,
                () -> {
                    NDArray y = run(block);
                    return y.mul(y).sum();
                });
    }

    private static void assertClose(NDArray expected, NDArray actual, String name) {
        float largest = expected.abs().max().getFloat();
        float difference = expected.sub(actual).abs().max().getFloat();
        assertTrue(difference <= 2e-5 * largest, name + " " + difference + " of " + largest);
    }

    /** Central differences of a loss, for a few elements of one adapter. */
    @Test
    void haveTheGradientsOfFiniteDifferences() {
        NamedBlock block = adapted(() -> new Optimus(new Optimus.Config(6, 3, 2, 8, 2, 10, 0)));
        block.freezeParameters(false);
        backward(block);
        for (String name : List.of("convs.1.lora_A", "dense.lora_B")) {
            float[] gradient = block.weights().get(name).getGradient().toFloatArray();
            for (int element = 0; element < 6; element++) {
                double up = lossAfter(block, name, element, 0.01f);
                double down = lossAfter(block, name, element, -0.01f);
                // a quadratic loss of float32 numbers near 1
                assertEquals((up - down) / 0.02, gradient[element], 2e-3, name + element);
            }
        }
    }

    private double lossAfter(NamedBlock block, String name, int element, float change) {
        Map<String, NDArray> weights = new LinkedHashMap<>(block.weights());
        float[] values = weights.get(name).toFloatArray();
        values[element] += change;
        weights.put(name, manager.create(values, weights.get(name).getShape()));
        NamedBlock other = new Optimus(new Optimus.Config(6, 3, 2, 8, 2, 10, 0));
        other.adapt(OPTIONS);
        other.load(weights, manager);
        NDArray y = run(other);
        return y.mul(y).sum().getFloat();
    }

    @ParameterizedTest
    @MethodSource("networks")
    void mergeAndComeBackToTheLastBit(Supplier<NamedBlock> network) {
        NamedBlock block = adapted(network);
        LowRankAdapters adapters = block.adapters().orElseThrow();
        Map<String, float[]> before = values(block.weights());
        float[] output = run(block).toFloatArray();
        adapters.merge();
        assertTrue(block.adapters().isEmpty());
        assertArrayEquals(output, run(block).toFloatArray(), ROUNDING);
        NamedBlock plain = network.get();
        plain.load(block.weights(), manager); // no other names than those of the architecture
        assertArrayEquals(output, run(plain).toFloatArray(), ROUNDING);
        block.weights().values().forEach(array -> assertFalse(array.hasGradient()));
        block.freezeParameters(false);
        assertEquals(plain.trainable(), block.trainable());
        adapters.unmerge();
        assertSame(before, values(block.weights()));
        assertArrayEquals(output, run(block).toFloatArray(), ROUNDING);
        block.freezeParameters(false);
        block.weights()
                .forEach(
                        (name, array) ->
                                assertEquals(name.contains(".lora_"), array.hasGradient()));
        adapters.drop();
        assertFalse(Arrays.equals(output, run(block).toFloatArray()));
    }

    @ParameterizedTest
    @MethodSource("networks")
    void actInFoldedBlocks(Supplier<NamedBlock> network) {
        NamedBlock block = adapted(network);
        ParameterStore store = new ParameterStore(manager, false);
        NDList inputs = inputs(block);
        inputs.removeIf(array -> array.getShape().equals(new Shape(2)) && isFloat(array));
        float[] output = block.forward(store, inputs, false).head().toFloatArray();
        block.freezeParameters(true);
        block.fold(manager);
        for (int call = 0; call < 2; call++) {
            NDArray folded = block.forward(store, inputs, false).head();
            assertArrayEquals(output, folded.toFloatArray(), 1e-5f);
        }
        block.adapters().orElseThrow().merge();
        ParameterStore fresh = new ParameterStore(manager, false); // stores remember arrays
        NDArray merged = block.forward(fresh, inputs, false).head();
        assertArrayEquals(output, merged.toFloatArray(), 1e-5f);
    }

    private static boolean isFloat(NDArray array) {
        return array.getDataType() == DataType.FLOAT32;
    }

    @Test
    void startInTheSameWayWhateverOthersThereAre() {
        NamedBlock all = base(() -> new DnaConv(new DnaConv.Config(8, 1, 4, 0, false, 0)));
        all.adapt(OPTIONS).initialize(new Philox(2), manager);
        NamedBlock one = base(() -> new DnaConv(new DnaConv.Config(8, 1, 4, 0, false, 0)));
        one.adapt(new LowRank(2, 1, List.of("convs.3"))).initialize(new Philox(2), manager);
        float[] a = one.weights().get("convs.3.lora_A").toFloatArray();
        assertArrayEquals(all.weights().get("convs.3.lora_A").toFloatArray(), a);
        float bound = (float) (1 / Math.sqrt(8 * 9));
        float largest = 0;
        for (float element : a) {
            largest = Math.max(largest, Math.abs(element));
        }
        // 144 draws; all are below 0.9 of the bound with chance 0.9^144 = 3e-7
        assertTrue(largest <= bound && largest > 0.9f * bound, "largest " + largest);
        for (float element : one.weights().get("convs.3.lora_B").toFloatArray()) {
            assertEquals(0, element);
        }
        // not the numbers of the weight itself
        one.initialize(new Philox(2), manager);
        float[] weight = one.weights().get("convs.3.weight").toFloatArray();
        assertArrayEquals(a, one.weights().get("convs.3.lora_A").toFloatArray());
        assertFalse(Arrays.equals(a, Arrays.copyOf(weight, a.length)));
    }

    /** Dropout aside, training mode is evaluation mode: batch norm keeps its statistics. */
    @Test
    void freezeRunningStatistics() {
        NamedBlock block =
                adapted(() -> new ConvGru(new ConvGru.Config(8, 5, 3, 2, 1, true, true, 0)));
        Map<String, float[]> before = values(block.weights());
        float[] evaluated = run(block).toFloatArray();
        ParameterStore store = new ParameterStore(manager, false);
        NDArray trained = block.forward(store, inputs(block), true).head();
        assertArrayEquals(evaluated, trained.toFloatArray(), 1e-6f);
        assertSame(before, values(block.weights()));
    }

    @ParameterizedTest
    @MethodSource("networks")
    void leaveNothingButTheOutputsBehind(Supplier<NamedBlock> network) {
        NamedBlock block = adapted(network);
        try (NDManager caller = manager.newSubManager()) {
            NDList inputs = inputs(block);
            inputs.attach(caller);
            ParameterStore store = new ParameterStore(manager, false);
            // the arrays of the caller and of all others
            int given = caller.getManagedArrays().size();
            int all = manager.getManagedArrays().size();
            for (int call = 0; call < 3; call++) {
                int outputs = block.forward(store, inputs, false).size();
                given += outputs;
                all += outputs;
                assertEquals(given, caller.getManagedArrays().size());
                assertEquals(all, manager.getManagedArrays().size());
            }
        }
    }

    @Test
    void loadWithTheNetworkOrApart() {
        Supplier<NamedBlock> network = () -> new Dit(new Dit.Config(16, 4, 1, 2, 4, 4, 0));
        NamedBlock block = adapted(network);
        float[] output = run(block).toFloatArray();
        NamedBlock together = network.get();
        together.adapt(OPTIONS);
        together.load(block.weights(), manager);
        assertArrayEquals(output, run(together).toFloatArray());
        NamedBlock apart = network.get();
        LowRankAdapters adapters = apart.adapt(OPTIONS);
        adapters.load(block.adapters().orElseThrow().weights(), manager);
        assertEquals(
                "mdlm-dit has no weights yet; call load(weights, owner) or initialize(noise,"
                        + " owner), for its adapters too",
                assertThrows(IllegalStateException.class, apart::weights).getMessage());
        Map<String, NDArray> own = new LinkedHashMap<>(block.weights());
        own.keySet().removeIf(name -> name.contains(".lora_"));
        apart.load(own, manager);
        assertArrayEquals(output, run(apart).toFloatArray());
        own.put("blocks.0.mlp.0.lora_A", manager.zeros(new Shape(2, 16)));
        String complaint =
                assertThrows(IllegalArgumentException.class, () -> apart.load(own, manager))
                        .getMessage();
        assertTrue(complaint.startsWith("weights do not fit mdlm-dit: missing ["), complaint);
    }

    @Test
    void refuseWhatIsOutOfOrder() {
        NamedBlock block = base(() -> new Dit(new Dit.Config(16, 4, 1, 2, 4, 4, 0)));
        LowRankAdapters adapters = block.adapt(OPTIONS);
        assertEquals(
                "adapters of mdlm-dit have no weights yet; call initialize(noise, owner) or"
                        + " load(weights, owner)",
                refusal(adapters::weights));
        assertTrue(refusal(adapters::merge).startsWith("mdlm-dit has no weights yet"));
        assertEquals("adapters of mdlm-dit are not merged", refusal(adapters::unmerge));
        adapters.initialize(new Philox(1), manager);
        adapters.merge();
        assertEquals("mdlm-dit does not use these adapters", refusal(adapters::merge));
        block.adapt(OPTIONS);
        assertEquals("mdlm-dit has other adapters now", refusal(adapters::unmerge));
    }

    private static String refusal(Runnable call) {
        return assertThrows(IllegalStateException.class, call::run).getMessage();
    }
}
