package dev.tiller.zoo.architecture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
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
import dev.tiller.sampler.parity.ParityCase;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Folded blocks compute what blocks as loaded do, and keep no more arrays from call to call. */
class FoldIT {
    private static final double TOLERANCE = 1e-6;
    private static final int ROWS = 3;

    private NDManager model;

    @BeforeEach
    void open() {
        model = NDManager.newBaseManager();
    }

    @AfterEach
    void close() {
        model.close();
    }

    static List<ParityCase> cases() {
        List<ParityCase> cases = new ArrayList<>();
        for (String prefix : List.of("01_dnaconv", "07_", "08_dit_forward")) {
            cases.addAll(ParityCase.find(prefix));
        }
        return cases;
    }

    private NamedBlock block(ParityCase parity) {
        String name = parity.name();
        NamedBlock block;
        if (name.startsWith("01_")) {
            block = new DnaConv(ParityBlocks.dnaConv(parity));
        } else if (name.startsWith("07_convgru")) {
            block = new ConvGru(ParityBlocks.convGru(parity));
        } else if (name.startsWith("07_")) {
            block = new Enformer(ParityBlocks.enformer(parity));
        } else {
            block = new Dit(ParityBlocks.dit(parity));
        }
        ParityBlocks.load(parity, block, model);
        block.freezeParameters(true);
        return block;
    }

    private NamedBlock first(String prefix) {
        return block(ParityCase.find(prefix).get(0));
    }

    /** Inputs as {@link NamedBlock#inputs} describes them; sigma is 0. */
    private static NDArray[] inputs(
            NamedBlock block, boolean withSigma, int length, NDManager manager) {
        List<NDArray> arrays = new ArrayList<>();
        for (Input input : block.inputs(withSigma)) {
            long[] shape = input.shape().getShape().clone();
            shape[0] = ROWS;
            if (shape.length > 1 && shape[1] == -1) {
                shape[1] = length;
            }
            double[] uniforms = new double[(int) new Shape(shape).size()];
            new Philox(9).fill(shape.length, 0, Purpose.TRAINING_INPUT, 0, uniforms);
            int choices = input.name().equals("class") ? 2 : block.letters() + 1;
            float[] values = new float[uniforms.length];
            for (int i = 0; i < values.length; i++) {
                values[i] =
                        (float)
                                (input.type() == DataType.INT64
                                        ? Math.floor(uniforms[i] * choices)
                                        : uniforms[i]);
            }
            NDArray array = manager.create(values, new Shape(shape));
            arrays.add(
                    input.name().equals("sigma")
                            ? manager.zeros(new Shape(ROWS))
                            : array.toType(input.type(), false));
        }
        return arrays.toArray(NDArray[]::new);
    }

    private static float[] run(NamedBlock block, boolean withSigma, int length) {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDList out = ParityBlocks.forward(block, inputs(block, withSigma, length, manager));
            assertEquals(block.outputs().size(), out.size());
            return out.head().toFloatArray();
        }
    }

    private static void assertClose(float[] expected, float[] actual) {
        assertEquals(expected.length, actual.length);
        double largest = 0;
        for (float value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        for (int i = 0; i < actual.length; i++) {
            double difference = Math.abs((double) expected[i] - actual[i]);
            assertTrue(difference <= TOLERANCE * largest, i + ": " + difference / largest);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void computesTheSame(ParityCase parity) {
        NamedBlock block = block(parity);
        for (int length : new int[] {20, 33}) {
            float[] loaded = run(block, true, length);
            assertClose(loaded, run(block, false, length));
            block.fold(model);
            assertClose(loaded, run(block, false, length));
            assertClose(loaded, run(block, false, length));
            assertClose(loaded, run(block, true, length));
            block.freezeParameters(false);
            assertClose(loaded, run(block, false, length));
            block.freezeParameters(true);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void keepsTheNumberOfArrays(ParityCase parity) {
        NamedBlock block = block(parity);
        block.fold(model);
        try (NDManager data = NDManager.newBaseManager()) {
            NDArray[] inputs = inputs(block, false, 20, data);
            ParameterStore store = new ParameterStore(model, false);
            block.forward(store, new NDList(inputs), false).close();
            int kept = model.getManagedArrays().size();
            int given = data.getManagedArrays().size();
            for (int i = 0; i < 100; i++) {
                block.forward(store, new NDList(inputs), false).close();
            }
            assertEquals(kept, model.getManagedArrays().size());
            assertEquals(given, data.getManagedArrays().size());
        }
    }

    @Test
    void keepsALimitedNumberOfLengths() {
        NamedBlock block = first("07_enformer");
        List<float[]> loaded = new ArrayList<>();
        int most = 8 * (Constants.MOST + 4);
        for (int length = 4; length <= most; length += 4) {
            loaded.add(run(block, false, length));
        }
        int weights = model.getManagedArrays().size();
        block.fold(model);
        for (int round = 0; round < 2; round++) {
            for (int length = 4; length <= most; length += 4) {
                assertClose(loaded.get(length / 4 - 1), run(block, false, length));
            }
            assertEquals(weights + Constants.MOST, model.getManagedArrays().size());
        }
    }

    @Test
    void runsConcurrently() throws ExecutionException, InterruptedException {
        for (String prefix : List.of("01_dnaconv", "07_enformer", "08_dit_forward")) {
            NamedBlock block = first(prefix);
            int[] lengths = {12, 13, 30, 41};
            List<float[]> expected = new ArrayList<>();
            for (int length : lengths) {
                expected.add(run(block, false, length));
            }
            block.fold(model);
            ExecutorService threads = Executors.newFixedThreadPool(4);
            try {
                List<Future<?>> calls = new ArrayList<>();
                for (int i = 0; i < 80; i++) {
                    int which = i % lengths.length;
                    calls.add(
                            threads.submit(
                                    () ->
                                            assertClose(
                                                    expected.get(which),
                                                    run(block, false, lengths[which]))));
                }
                for (Future<?> call : calls) {
                    call.get();
                }
            } finally {
                threads.shutdown();
            }
        }
    }

    @Test
    void newOrUnfrozenWeightsUndoIt() {
        NamedBlock block = first("08_dit_forward");
        int weights = model.getManagedArrays().size();
        block.fold(model);
        float[] before = run(block, false, 20);
        assertTrue(model.getManagedArrays().size() > weights);
        block.freezeParameters(false);
        assertEquals(weights, model.getManagedArrays().size());
        assertEquals(
                "mdlm-dit must be frozen to be folded; call freezeParameters(true)",
                assertThrows(IllegalStateException.class, () -> block.fold(model)).getMessage());
        block.freezeParameters(true);
        block.fold(model);
        assertArrayEquals(before, run(block, false, 20));
        block.initialize(new Philox(1), model);
        // the last layer starts at zero
        assertArrayEquals(new float[before.length], run(block, false, 20));
    }

    @Test
    void needsWeights() {
        assertEquals(
                "enformer has no weights yet; call load(weights, owner) or initialize(noise,"
                        + " owner)",
                assertThrows(
                                IllegalStateException.class,
                                () -> new Enformer(Enformer.Config.defaults()).fold(model))
                        .getMessage());
    }
}
