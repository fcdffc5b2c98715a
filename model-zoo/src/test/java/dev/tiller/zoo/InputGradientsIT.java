package dev.tiller.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.tiller.rewards.DifferentiableReward;
import dev.tiller.rewards.RelaxedDesigns;
import dev.tiller.rewards.ScoredGradient;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.sampler.masked.Subs;
import dev.tiller.sampler.schedule.LogLinear;
import dev.tiller.zoo.architecture.ConvGru;
import dev.tiller.zoo.architecture.Dit;
import dev.tiller.zoo.architecture.DnaConv;
import dev.tiller.zoo.architecture.Enformer;
import dev.tiller.zoo.architecture.NamedBlock;
import dev.tiller.zoo.architecture.Optimus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Gradients by the input: right, of each row alone, and without traces. */
class InputGradientsIT {
    private static final int LENGTH = 24;
    private static final int ROWS = 40;
    private static final float STEP = 1e-2f;

    private NDManager manager;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager(Device.cpu());
    }

    @AfterEach
    void close() {
        manager.close();
    }

    static Stream<NamedBlock> rewards() {
        return Stream.of(
                new Optimus(new Optimus.Config(24, 8, 2, 40, 1, LENGTH, 0)),
                new ConvGru(new ConvGru.Config(16, 7, 5, 3, 2, true, true, 0)),
                new Enformer(new Enformer.Config(List.of(12, 12, 24), 1, 2, 8, 2, 0, 0, 0)),
                new DnaConv(new DnaConv.Config(16, 1, 4, 2, true, 0)));
    }

    static Stream<NamedBlock> denoisers() {
        return Stream.of(
                new DnaConv(new DnaConv.Config(16, 1, 4, 0, false, 0)),
                new DnaConv(new DnaConv.Config(12, 1, 4, 2, false, 0)),
                new Dit(new Dit.Config(16, 8, 1, 2, 4, 4, 0)));
    }

    private static double[] uniforms(int count, long seed) {
        double[] uniforms = new double[count];
        new Philox(seed).fill(0, 0, Purpose.TRAINING_INPUT, 0, uniforms);
        return uniforms;
    }

    private static Network network(NamedBlock block) {
        try (NDManager weights = NDManager.newBaseManager(Device.cpu())) {
            block.initialize(new Philox(1), weights);
            Map<String, NDArray> all = new LinkedHashMap<>(block.weights());
            // layers that start at zero would hide the rest
            all.replaceAll(
                    (name, array) ->
                            block instanceof Dit && array.abs().sum().getFloat() == 0
                                    ? noise(array, weights)
                                    : array);
            return new Network(block, all, Device.cpu(), "digest");
        }
    }

    private static NDArray noise(NDArray like, NDManager owner) {
        double[] uniforms = uniforms((int) like.size(), 9);
        float[] values = new float[uniforms.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (0.4 * uniforms[i] - 0.2);
        }
        return owner.create(values, like.getShape());
    }

    /** Positive numbers in [0, 1). */
    private NDArray relaxed(int rows, int columns, long seed) {
        double[] uniforms = uniforms(rows * LENGTH * columns, seed);
        float[] values = new float[uniforms.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) uniforms[i];
        }
        return manager.create(values, new Shape(rows, LENGTH, columns));
    }

    /** A function of rows, as numbers [B]. */
    private interface RowFunction {
        NDArray of(NDArray rows);
    }

    /**
     * Compares directional derivatives with central differences: along the gradient and along three
     * random directions of the same length. Float32 and kinks of ReLU leave some 1e-3 of the norm.
     */
    private void requireDerivative(NDArray x, NDArray gradient, RowFunction function) {
        int rows = (int) x.getShape().get(0);
        NDArray flat = gradient.reshape(rows, -1);
        NDArray norm = flat.mul(flat).sum(new int[] {1}).sqrt();
        assertTrue(norm.min().getFloat() > 1e-3, "gradients vanish: " + norm);
        Shape perRow = new Shape(rows, 1, 1);
        for (int seed = 0; seed < 4; seed++) {
            NDArray direction = seed == 0 ? gradient : relaxed(x, 20 + seed);
            NDArray length = direction.mul(direction).reshape(rows, -1).sum(new int[] {1}).sqrt();
            direction = direction.div(length.reshape(perRow));
            NDArray above = function.of(x.add(direction.mul(STEP)));
            NDArray below = function.of(x.sub(direction.mul(STEP)));
            float[] measured = above.sub(below).div(2 * STEP).toFloatArray();
            float[] expected =
                    gradient.mul(direction).reshape(rows, -1).sum(new int[] {1}).toFloatArray();
            for (int row = 0; row < rows; row++) {
                double allowed = 0.02 * norm.toFloatArray()[row] + 2e-4;
                assertEquals(expected[row], measured[row], allowed, "direction " + seed);
            }
        }
    }

    private NDArray relaxed(NDArray like, long seed) {
        return relaxed((int) like.getShape().get(0), (int) like.getShape().get(2), seed).sub(0.5f);
    }

    private static NDList first(Network network, NDArray x) {
        return network.gradients()
                .differentiate(
                        new NDList(x), new NDList(), (outputs, none) -> outputs.head().get(":, 0"));
    }

    @ParameterizedTest
    @MethodSource("rewards")
    void scoresHaveTheirDerivative(NamedBlock block) {
        try (Network network = network(block)) {
            NDArray x = relaxed(3, 4, 1);
            NDList result = first(network, x);
            float[] scores = network.run(new NDList(x)).head().get(":, 0").toFloatArray();
            assertArrayEquals(scores, result.get(0).toFloatArray(), 1e-6f);
            requireDerivative(
                    x, result.get(1), rows -> network.run(new NDList(rows)).head().get(":, 0"));
        }
    }

    private static NetworkDenoiser denoiser(NamedBlock block, Network network) {
        boolean classes = block instanceof DnaConv dna && dna.config().classes() > 0;
        return new NetworkDenoiser(
                network,
                new LogLinear(1e-3),
                new NetworkDenoiser.Options(
                        4, true, classes ? OptionalInt.of(1) : OptionalInt.empty()));
    }

    @ParameterizedTest
    @MethodSource("denoisers")
    void denoisersHaveTheirVectorJacobianProduct(NamedBlock block) {
        double[] t = {0.2, 0.5, 0.9};
        try (Network network = network(block);
                NetworkDenoiser denoiser = denoiser(block, network)) {
            NDArray x = relaxed(3, 5, 2);
            NDArray cotangent = relaxed(3, 4, 3).sub(0.5f);
            NDArray gradient = denoiser.vectorJacobian(x, t, cotangent);
            NDList beside = new NDList(sigma(t));
            if (block.inputs(true).size() > 2) {
                beside.add(manager.ones(new Shape(3), DataType.INT64));
            }
            requireDerivative(
                    x,
                    gradient,
                    rows -> {
                        NDList inputs = new NDList(rows);
                        inputs.addAll(beside);
                        NDArray logs = Subs.logPosterior(network.run(inputs).head(), 4);
                        return logs.mul(cotangent).reshape(3, -1).sum(new int[] {1});
                    });
        }
    }

    private NDArray sigma(double... t) {
        float[] sigma = new float[t.length];
        for (int i = 0; i < t.length; i++) {
            sigma[i] = (float) new LogLinear(1e-3).sigma(t[i]);
        }
        return manager.create(sigma);
    }

    @ParameterizedTest
    @MethodSource("rewards")
    void rowsDoNotDependOnTheirBatch(NamedBlock block) {
        try (Network network = network(block)) {
            NDArray x = relaxed(ROWS, 4, 1);
            NDList all = first(network, x);
            for (int[] range : new int[][] {{0, 1}, {39, 40}, {7, 24}, {5, 21}}) {
                String rows = range[0] + ":" + range[1];
                NDList some = first(network, x.get(rows));
                assertArrayEquals(
                        all.get(0).get(rows).toFloatArray(), some.get(0).toFloatArray(), rows);
                assertArrayEquals(
                        all.get(1).get(rows).toFloatArray(), some.get(1).toFloatArray(), rows);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("denoisers")
    void parametersKeepNoGradientAndCallsLeaveNothing(NamedBlock block) {
        double[] t = new double[ROWS];
        Arrays.fill(t, 0.5);
        try (Network network = network(block);
                NetworkDenoiser denoiser = denoiser(block, network)) {
            NDArray x = relaxed(ROWS, 5, 2);
            NDArray cotangent = relaxed(ROWS, 4, 3);
            float[] expected = denoiser.vectorJacobian(x, t, cotangent).toFloatArray();
            NDManager weights = block.weights().values().iterator().next().getManager();
            int own = manager.getManagedArrays().size();
            int kept = weights.getManagedArrays().size();
            for (int i = 0; i < 30; i++) {
                try (NDArray gradient = denoiser.vectorJacobian(x, t, cotangent)) {
                    assertArrayEquals(expected, gradient.toFloatArray()); // nothing adds up
                }
                assertEquals(own, manager.getManagedArrays().size());
                assertEquals(kept, weights.getManagedArrays().size());
            }
            block.weights().values().forEach(weight -> assertFalse(weight.hasGradient()));
            assertFalse(x.hasGradient());
        }
    }

    @Test
    void theTwinOfAnOnnxSessionGivesTheSameBytes() {
        List<ScoredGradient> there = scored(Backend.PYTORCH);
        List<ScoredGradient> here = scored(Backend.ONNX);
        assertEquals(5, here.size());
        for (int row = 0; row < there.size(); row++) {
            assertArrayEquals(there.get(row).gradient(), here.get(row).gradient());
            assertEquals(there.get(row).score(), here.get(row).score());
        }
    }

    private static LearnedReward mrl(Backend backend) {
        return new LearnedReward(
                "mrl", Optional.empty(), ModelZoo.builtIn("rna-utr5-mrl"), backend, Device.cpu());
    }

    private static List<float[]> designs(int count) {
        List<float[]> rows = new ArrayList<>();
        for (int row = 0; row < count; row++) {
            double[] uniforms = uniforms(200, row);
            float[] design = new float[200];
            IntStream.range(0, 200).forEach(i -> design[i] = (float) uniforms[i]);
            rows.add(design);
        }
        return rows;
    }

    private static List<ScoredGradient> scored(Backend backend) {
        try (LearnedReward reward = mrl(backend)) {
            DifferentiableReward relaxed = reward.differentiable().orElseThrow();
            return relaxed.differentiate(new RelaxedDesigns("ACGT", 50, designs(5)));
        }
    }

    @Test
    void weightsThatChangedSinceAreAnError(@TempDir Path folder) throws IOException {
        ModelDirectory model =
                ModelExport.safeTensors(ModelZoo.builtIn("rna-utr5-mrl"), folder.resolve("mrl"));
        try (LearnedReward reward =
                new LearnedReward("mrl", Optional.empty(), model, Backend.ONNX, Device.cpu())) {
            Path weights = folder.resolve("mrl/model.safetensors");
            Files.write(weights, new byte[1], StandardOpenOption.APPEND);
            DifferentiableReward relaxed = reward.differentiable().orElseThrow();
            RelaxedDesigns designs = new RelaxedDesigns("ACGT", 50, designs(1));
            String text =
                    assertThrows(IllegalStateException.class, () -> relaxed.differentiate(designs))
                            .getMessage();
            assertTrue(text.contains("must not change while it is in use"), text);
        }
    }

    @Test
    void columnsBelongToTheLettersOfTheGivenAlphabet() {
        try (LearnedReward reward = mrl(Backend.PYTORCH)) {
            DifferentiableReward relaxed = reward.differentiable().orElseThrow();
            List<float[]> rows = designs(2);
            List<float[]> turned = rows.stream().map(row -> turn(row)).toList();
            List<ScoredGradient> expected =
                    relaxed.differentiate(new RelaxedDesigns("ACGU", 50, rows));
            List<ScoredGradient> actual =
                    relaxed.differentiate(new RelaxedDesigns("TGCA", 50, turned));
            for (int row = 0; row < 2; row++) {
                assertEquals(expected.get(row).score(), actual.get(row).score());
                assertArrayEquals(turn(expected.get(row).gradient()), actual.get(row).gradient());
            }
            assertEquals(List.of(), relaxed.differentiate(new RelaxedDesigns("A", 9, List.of())));
            assertEquals(
                    "letters of relaxed designs must be of ACGTU for reward 'mrl', got 'X'",
                    refused(() -> relaxed.differentiate(new RelaxedDesigns("ACGX", 50, rows))));
            assertEquals(
                    "relaxed designs for reward 'mrl' must have 50 positions each, got 100",
                    refused(() -> relaxed.differentiate(new RelaxedDesigns("AC", 100, rows))));
        }
    }

    /** Turns the columns of each position round. */
    private static float[] turn(float[] row) {
        float[] turned = new float[row.length];
        for (int i = 0; i < row.length; i++) {
            turned[i / 4 * 4 + 3 - i % 4] = row[i];
        }
        return turned;
    }

    private static String refused(org.junit.jupiter.api.function.Executable call) {
        return assertThrows(IllegalArgumentException.class, call).getMessage();
    }

    @Test
    void valueNetworksHaveGradientsInTheUnitOfTheirReward() {
        NamedBlock block = new Optimus(new Optimus.Config(24, 8, 2, 10, 1, LENGTH, 0));
        try (NetworkValue value =
                new NetworkValue(network(block), 4, new ModelConfig.Target(5, 3))) {
            NDArray x = relaxed(3, 5, 1);
            NDArray gradient = value.gradients(x);
            NDArray letters = x.get("..., :4");
            float[] expected = first(value.network(), letters).get(1).mul(3).toFloatArray();
            assertArrayEquals(expected, gradient.get("..., :4").toFloatArray());
            assertEquals(0, gradient.get("..., 4:").abs().sum().getFloat());
            assertTrue(value.differentiable().isPresent());
            assertEquals(
                    "relaxed must be float32 [B, L, 5], got float32 (3, 24, 4)",
                    refused(() -> value.gradients(letters)));
        }
    }

    @Test
    void aTwinIsOpenedOnceWhenItIsNeededAndClosed() {
        AtomicInteger opened = new AtomicInteger();
        AtomicInteger closed = new AtomicInteger();
        InputGradients gradients =
                InputGradients.ofTwin(
                        () -> {
                            opened.incrementAndGet();
                            return new Doubling(closed);
                        });
        assertTrue(gradients.exist());
        assertEquals(0, opened.get());
        for (int i = 0; i < 2; i++) {
            NDList result =
                    gradients.differentiate(
                            new NDList(manager.create(new float[] {1, 2, 3})),
                            new NDList(),
                            (outputs, none) -> outputs.head());
            assertArrayEquals(new float[] {2, 4, 6}, result.get(0).toFloatArray());
            assertArrayEquals(new float[] {2, 2, 2}, result.get(1).toFloatArray());
        }
        gradients.close();
        gradients.close();
        assertEquals(1, opened.get());
        assertEquals(1, closed.get());
    }

    /** Gives twice its input. */
    private record Doubling(AtomicInteger closed) implements InferenceSession {
        @Override
        public NDList run(NDList inputs) {
            return new NDList(inputs.head().mul(2f));
        }

        @Override
        public Device device() {
            return Device.cpu();
        }

        @Override
        public Backend backend() {
            return Backend.PYTORCH;
        }

        @Override
        public void close() {
            closed.incrementAndGet();
        }
    }
}
