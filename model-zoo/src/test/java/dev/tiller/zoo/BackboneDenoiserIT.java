package dev.tiller.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.rewards.protein.Backbone;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.sampler.masked.Subs;
import dev.tiller.zoo.architecture.ProteinMpnn;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BackboneDenoiserIT {
    private static final List<Backbone> BACKBONES =
            List.of(Helices.of(20), Helices.pair(15, 16), Helices.of(5));
    private static final int LENGTH = 33;
    private static final int LETTERS = 21;
    private static final int[] CONDITIONS = {0, 1, 2, 1, 0, 0};
    private static final ProteinMpnn.Config CONFIG =
            ProteinModels.config(12, 9, ProteinMpnn.Head.LETTERS);

    @TempDir Path temp;

    private ModelDirectory model() {
        return ProteinModels.write(temp.resolve("random"), CONFIG, 5);
    }

    private static BackboneDenoiser denoiser(ModelDirectory model, Backend backend, int residues) {
        return new BackboneDenoiser(
                ProteinNetwork.open(model, backend, Device.cpu(), residues, 1L << 20), BACKBONES);
    }

    private static NDArray tokens(int rows, NDManager manager) {
        double[] uniforms = new double[rows * LENGTH];
        new Philox(2).fill(0, 0, Purpose.TRAINING_INPUT, 0, uniforms);
        long[] tokens = Arrays.stream(uniforms).mapToLong(u -> (long) (u * 22)).toArray();
        return manager.create(tokens, new Shape(rows, LENGTH));
    }

    private static float[] rows(NDArray array, int row, int width) {
        float[] all = array.toFloatArray();
        return Arrays.copyOfRange(all, row * LENGTH * width, (row + 1) * LENGTH * width);
    }

    private static double[] times(int rows) {
        return new double[rows];
    }

    /** The whole network at once, tokens and coordinates to logits, for the rows of a backbone. */
    @ParameterizedTest
    @EnumSource(value = Backend.class, names = "AUTO", mode = EnumSource.Mode.EXCLUDE)
    void equalsTheWholeNetwork(Backend backend) {
        ModelDirectory model = model();
        try (BackboneDenoiser denoiser = denoiser(model, backend, 64);
                Network whole = model.network(Device.cpu());
                NDManager manager = whole.newManager()) {
            assertEquals(backend, denoiser.network().backend());
            NDArray xt = tokens(CONDITIONS.length, manager);
            NDArray log = denoiser.given(CONDITIONS).logPosterior(xt, times(CONDITIONS.length));
            assertEquals(new Shape(CONDITIONS.length, LENGTH, LETTERS), log.getShape());
            List<BackboneGraph> graphs =
                    Arrays.stream(CONDITIONS)
                            .mapToObj(c -> BackboneGraph.of(BACKBONES.get(c), CONFIG.neighbours()))
                            .toList();
            NDList inputs = new NDList(xt);
            inputs.addAll(BackboneGraph.batch(graphs, LENGTH, manager));
            NDArray expected = Subs.logPosterior(whole.run(inputs).head(), LETTERS);
            float uniform = (float) -Math.log(LETTERS);
            for (int row = 0; row < CONDITIONS.length; row++) {
                int known = BACKBONES.get(CONDITIONS[row]).length() * LETTERS;
                float[] theirs = rows(expected, row, LETTERS);
                float[] ours = rows(log, row, LETTERS);
                assertArrayEquals(Arrays.copyOf(theirs, known), Arrays.copyOf(ours, known), 2e-5f);
                for (int i = known; i < ours.length; i++) {
                    assertEquals(uniform, ours[i], 1e-6f);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = Backend.class, names = "AUTO", mode = EnumSource.Mode.EXCLUDE)
    void rowsDependOnNothingElse(Backend backend) {
        try (BackboneDenoiser denoiser = denoiser(model(), backend, 64);
                NDManager manager = NDManager.newBaseManager()) {
            NDArray xt = tokens(CONDITIONS.length, manager);
            NDArray all = denoiser.given(CONDITIONS).logPosterior(xt, times(CONDITIONS.length));
            NDArray soft = xt.oneHot(22);
            NDArray cotangent = all.mul(all);
            NDArray gradients = gradient(denoiser, CONDITIONS, soft, cotangent);
            for (int row = 0; row < CONDITIONS.length; row++) {
                int[] condition = {CONDITIONS[row]};
                NDArray own = xt.get(row + ":" + (row + 1));
                NDArray one = denoiser.given(condition).logPosterior(own, times(1));
                assertArrayEquals(rows(all, row, LETTERS), one.toFloatArray(), "row " + row);
                NDArray gradient =
                        gradient(
                                denoiser,
                                condition,
                                soft.get(row + ":" + (row + 1)),
                                cotangent.get(row + ":" + (row + 1)));
                assertArrayEquals(
                        rows(gradients, row, 22), gradient.toFloatArray(), "gradient " + row);
            }
        }
    }

    private static NDArray gradient(
            BackboneDenoiser denoiser, int[] conditions, NDArray soft, NDArray cotangent) {
        return denoiser.given(conditions).vectorJacobian(soft, times(conditions.length), cotangent);
    }

    /** Against differences of the log-probabilities along random directions. */
    @Test
    void gradientsAreTheSlopes() {
        ModelDirectory model = model();
        try (BackboneDenoiser denoiser = denoiser(model, Backend.PYTORCH, 64);
                Network whole = model.network(Device.cpu());
                NDManager manager = whole.newManager()) {
            Random random = new Random(1);
            int size = CONDITIONS.length * LENGTH;
            NDArray soft = numbers(random, size * 22, 22, manager).softmax(2);
            NDArray cotangent = numbers(random, size * LETTERS, LETTERS, manager);
            NDArray gradient = gradient(denoiser, CONDITIONS, soft, cotangent);
            NDArray direction = numbers(random, size * 22, 22, manager);
            float step = 1e-2f;
            NDArray up = value(whole, soft.add(direction.mul(step)), cotangent);
            NDArray down = value(whole, soft.sub(direction.mul(step)), cotangent);
            float[] slopes = up.sub(down).div(2 * step).toFloatArray();
            float[] products = gradient.mul(direction).sum(new int[] {1, 2}).toFloatArray();
            for (int row = 0; row < slopes.length; row++) {
                assertEquals(slopes[row], products[row], 2e-3 * (1 + Math.abs(slopes[row])));
            }
            int residues = BACKBONES.get(2).length();
            float[] padded = rows(gradient, 2, 22);
            for (int i = residues * 22; i < padded.length; i++) {
                assertEquals(0, padded[i]);
            }
        }
    }

    private static NDArray numbers(Random random, int count, int width, NDManager manager) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return manager.create(numbers, new Shape(CONDITIONS.length, LENGTH, width));
    }

    /** sum(cotangent * log p) of each row, over the residues that there are. */
    private static NDArray value(Network whole, NDArray soft, NDArray cotangent) {
        List<BackboneGraph> graphs =
                Arrays.stream(CONDITIONS)
                        .mapToObj(c -> BackboneGraph.of(BACKBONES.get(c), CONFIG.neighbours()))
                        .toList();
        NDList inputs = new NDList(soft);
        inputs.addAll(BackboneGraph.batch(graphs, LENGTH, soft.getManager()));
        NDArray mask = inputs.get(5).expandDims(2);
        NDArray log = Subs.logPosterior(whole.run(inputs).head(), LETTERS);
        return log.mul(cotangent).mul(mask).sum(new int[] {1, 2});
    }

    /** Keeping encoded backbones changes no byte, nor does how many there is room for. */
    @Test
    void keepingIsInvisible() {
        ModelDirectory model = model();
        float[][] outputs = new float[3][];
        long[] room = {1L << 30, 1, 40_000};
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray xt = tokens(CONDITIONS.length, manager);
            for (int i = 0; i < room.length; i++) {
                ProteinNetwork network =
                        ProteinNetwork.open(model, Backend.PYTORCH, Device.cpu(), 64, room[i]);
                try (BackboneDenoiser denoiser = new BackboneDenoiser(network, BACKBONES)) {
                    for (int repeat = 0; repeat < 2; repeat++) {
                        float[] again =
                                denoiser.given(CONDITIONS)
                                        .logPosterior(xt, times(CONDITIONS.length))
                                        .toFloatArray();
                        if (outputs[i] != null) {
                            assertArrayEquals(outputs[i], again);
                        }
                        outputs[i] = again;
                    }
                }
            }
        }
        assertArrayEquals(outputs[0], outputs[1]);
        assertArrayEquals(outputs[0], outputs[2]);
    }

    @Test
    void complaintsSayWhatIsWrong() {
        ModelDirectory model = model();
        String path = temp.resolve("random").toString();
        try (BackboneDenoiser denoiser =
                        ModelZoo.inverseFolding(path, Backend.PYTORCH, Device.cpu(), BACKBONES);
                NDManager manager = NDManager.newBaseManager()) {
            NDArray xt = tokens(2, manager);
            assertTrue(
                    complaint(() -> denoiser.logPosterior(xt, times(2)))
                            .startsWith("conditions of the rows must be given"));
            assertTrue(
                    complaint(() -> denoiser.given(new int[] {3}))
                            .startsWith("conditions must be numbers of the 3 backbones"));
            assertTrue(
                    complaint(() -> denoiser.given(new int[] {1}).logPosterior(xt, times(2)))
                            .startsWith("xt must be int64 [B, L] with the 1 rows"));
            NDArray cut = xt.get(":, :7");
            assertTrue(
                    complaint(() -> denoiser.given(new int[] {1, 1}).logPosterior(cut, times(2)))
                            .startsWith("xt must have a position for each residue of helices"));
        }
        assertTrue(
                complaint(() -> ModelZoo.denoiser(path, Device.cpu()))
                        .startsWith("model 'random' needs backbones, got none"));
        assertEquals(CONFIG.letters() - 1, model.config().alphabet().length());
    }

    private static String complaint(Runnable call) {
        return assertThrows(IllegalArgumentException.class, call::run).getMessage();
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void modelsAreChecked(Backend backend) {
        ModelCheck check = ModelCheck.run(model(), backend, Device.cpu());
        assertEquals(List.of("float32 (8, 61, 22)"), check.outputs());
        ModelDirectory guided =
                ProteinModels.write(
                        temp.resolve("guided"),
                        new ProteinMpnn.Config(
                                8, 1, 2, 7, 22, 0, 2, ProteinMpnn.Head.LETTERS, false),
                        3);
        assertEquals(2, guided.classes());
        ModelCheck.run(guided, backend, Device.cpu());
    }
}
