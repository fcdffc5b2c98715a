package dev.tiller.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import dev.tiller.sampler.parity.ParityCase;
import dev.tiller.zoo.weights.Digests;
import dev.tiller.zoo.weights.WeightFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Converts the weight files of parity cases, and compares the models on both engines with the
 * references.
 */
class ModelConversionIT {
    private static final double FORWARD = 1e-5;
    private static final int LETTERS = 4;
    private static final List<String> FILES =
            List.of("weights.safetensors", "weights.pt", "model.ckpt");

    @TempDir private Path folder;

    static List<ParityCase> cases() {
        return Stream.of("01_dnaconv", "07_convgru", "07_enformer", "08_dit_forward")
                .flatMap(prefix -> ParityCase.find(prefix).stream())
                .toList();
    }

    /** What no file tells. */
    private static Conversions request(ParityCase parity) {
        JsonNode config = parity.config();
        Conversions request = Conversions.with().length(config.get("L").asInt());
        if (isDenoiser(parity)) {
            request.timeConditioning();
            if (parity.has("in.cls")) {
                request.label(1);
            }
        }
        int letters = config.path("V").asInt(LETTERS);
        return letters == LETTERS ? request : request.alphabet("ABCDEFGHIJ".substring(0, letters));
    }

    private static boolean isDenoiser(ParityCase parity) {
        return parity.has("out.logits");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void modelsOfAllFilesComputeWhatTheReferenceComputes(ParityCase parity) {
        String digest = null;
        for (String file : FILES) {
            if (Files.exists(parity.file(file))) {
                ModelDirectory model = request(parity).write(parity.file(file), folder(file));
                double torch = compare(parity, model, Backend.PYTORCH);
                double onnx = compare(parity, model, Backend.ONNX);
                System.err.printf(
                        "%s/%s: pytorch %.1e, onnx %.1e%n", parity.name(), file, torch, onnx);
                assertTrue(digest == null || digest.equals(model.digest()), file);
                digest = model.digest();
            }
        }
        assertNotEquals(null, digest);
    }

    private Path folder(String file) {
        return folder.resolve("of-" + file.replace('.', '-'));
    }

    private static double compare(ParityCase parity, ModelDirectory model, Backend backend) {
        try (Network network = model.network(backend, Device.cpu());
                NDManager manager = network.newManager()) {
            assertEquals(backend, network.backend());
            if (isDenoiser(parity)) {
                return parity.requireClose(
                        "out.logits", run(network, tokens(parity, manager)), FORWARD);
            }
            if (parity.has("out.cls")) {
                return classes(parity, network, manager);
            }
            double hard =
                    parity.requireClose(
                            "out.y_onehot",
                            run(network, letters(parity, "in.onehot", manager)),
                            FORWARD);
            double soft =
                    parity.requireClose(
                            "out.y_soft",
                            run(network, letters(parity, "in.soft", manager)),
                            FORWARD);
            return Math.max(hard, soft);
        }
    }

    private static float[] run(Network network, NDList inputs) {
        return network.run(inputs).head().toFloatArray();
    }

    private static NDList tokens(ParityCase parity, NDManager manager) {
        boolean dna = parity.has("in.tokens");
        NDList inputs =
                new NDList(
                        longs(parity, dna ? "in.tokens" : "in.x", manager),
                        floats(parity, dna ? "in.t" : "in.sigma", manager));
        if (parity.has("in.cls")) {
            inputs.add(longs(parity, "in.cls", manager));
        }
        return inputs;
    }

    /** gReLU takes [B, 4, L], SVDD and the models of folders [B, L, 4]. */
    private static NDList letters(ParityCase parity, String name, NDManager manager) {
        NDArray x = floats(parity, name, manager);
        return new NDList(x.getShape().get(2) == LETTERS ? x : x.transpose(0, 2, 1).duplicate());
    }

    /**
     * A classifier in a folder is told no time, but the reference's is: DJL's engine takes it, and
     * without it both engines must agree.
     */
    private static double classes(ParityCase parity, Network network, NDManager manager) {
        NDArray letters = OneHot.encode(longs(parity, "in.tokens", manager), LETTERS);
        if (network.backend() == Backend.PYTORCH) {
            NDList told = new NDList(letters, floats(parity, "in.t", manager));
            return parity.requireClose("out.cls", run(network, told), FORWARD);
        }
        return 0;
    }

    private static NDArray floats(ParityCase parity, String name, NDManager manager) {
        return manager.create(parity.floats(name), new Shape(parity.shape(name)));
    }

    private static NDArray longs(ParityCase parity, String name, NDManager manager) {
        return manager.create(parity.longs(name), new Shape(parity.shape(name)));
    }

    @Test
    void aClassifierIsARewardOnBothEngines() {
        ParityCase parity = ParityCase.find("01_dnaconv_classifier").get(0);
        ModelDirectory model = request(parity).write(parity.file(FILES.get(0)), folder("x"));
        assertEquals(ModelConfig.Kind.REWARD, model.config().kind());
        float[][] outputs = new float[2][];
        for (Backend backend : List.of(Backend.PYTORCH, Backend.ONNX)) {
            try (Network network = model.network(backend, Device.cpu());
                    NDManager manager = network.newManager()) {
                NDArray letters = OneHot.encode(longs(parity, "in.tokens", manager), LETTERS);
                outputs[backend == Backend.ONNX ? 1 : 0] = run(network, new NDList(letters));
            }
        }
        assertArrayEquals(outputs[0], outputs[1], 1e-5f);
    }

    static List<ParityCase> checkpoints() {
        return ParityCase.find("02_train2_ckpt");
    }

    @ParameterizedTest
    @MethodSource("checkpoints")
    void takesTheWeightsOrTheirAverageOfALightningCheckpoint(ParityCase parity) {
        int length = parity.config().get("L").asInt();
        Path file = parity.file("model.ckpt");
        ModelDirectory raw = Conversions.with().length(length).write(file, folder("raw"));
        ModelDirectory ema = Conversions.with().ema().length(length).write(file, folder("ema"));
        assertEquals("dna-conv", raw.config().architecture());
        assertEquals(raw.config().architectureConfig(), ema.config().architectureConfig());
        assertTrue(raw.card().contains("- weights: raw\n"), raw.card());
        assertTrue(ema.card().contains("- weights: ema\n"), ema.card());
        try (NDManager manager = NDManager.newBaseManager(Device.cpu());
                WeightFile weights = raw.weights(manager);
                WeightFile averages = ema.weights(manager)) {
            int averaged = 0;
            for (Map.Entry<String, NDArray> weight : weights.tensors().entrySet()) {
                String name = weight.getKey();
                float[] expected = parity.floats("ckpt.state_dict.backbone." + name);
                assertArrayEquals(expected, weight.getValue().toFloatArray(), name);
                // the random frequencies are not trained and have no average
                boolean frequencies = name.equals("time_embedder.0.W");
                float[] average =
                        frequencies
                                ? expected
                                : parity.floats("ckpt.ema.shadow_params." + averaged++);
                assertArrayEquals(average, averages.tensors().get(name).toFloatArray(), name);
            }
            assertTrue(!parity.has("ckpt.ema.shadow_params." + averaged));
        }
        for (ModelDirectory model : List.of(raw, ema)) {
            enginesAgree(model);
        }
    }

    private static void enginesAgree(ModelDirectory model) {
        List<float[]> outputs = new ArrayList<>();
        for (Backend backend : List.of(Backend.PYTORCH, Backend.ONNX)) {
            try (Network network = model.network(backend, Device.cpu());
                    NDManager manager = network.newManager()) {
                outputs.add(run(network, ExampleInputs.of(model.config(), 3, manager)));
            }
        }
        assertArrayEquals(outputs.get(0), outputs.get(1), 1e-5f);
    }

    @ParameterizedTest
    @MethodSource("checkpoints")
    void twinsOfOtherFormatsGiveTheSameModel(ParityCase parity) {
        int length = parity.config().get("L").asInt();
        Conversions request = Conversions.with().length(length);
        ModelDirectory zip = request.write(parity.file("weights.pt"), folder("pt"));
        ModelDirectory plain = request.write(parity.file("weights.safetensors"), folder("st"));
        assertEquals(plain.digest(), zip.digest());
        enginesAgree(zip);
    }

    @Test
    void theCardTellsTheOriginAndTheConfigurationWhatWasAskedFor() throws IOException {
        ParityCase parity = ParityCase.find("01_dnaconv_cfg").get(0);
        Path file = parity.file("weights.safetensors");
        ModelDirectory model = request(parity).write(file, folder.resolve("guided"));
        ModelConfig config = model.config();
        assertEquals("guided", config.name());
        assertEquals(ModelConfig.Kind.DENOISER, config.kind());
        assertEquals("dna-conv", config.architecture());
        assertEquals(parity.config().get("L").asInt(), config.length());
        assertEquals(1, config.label());
        assertTrue(config.timeConditioning());
        assertEquals("log-linear", config.schedule().name());
        assertTrue(model.card().contains("SHA-256 " + Digests.sha256(file)), model.card());
        assertTrue(model.card().contains("license: CC0-1.0\n"), model.card());
        assertTrue(model.card().contains("- made up\n"), model.card());
        assertEquals(config, ModelDirectory.open(folder.resolve("guided")).config());
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(List.of(folder.resolve("guided")), left.toList());
        }
    }
}
