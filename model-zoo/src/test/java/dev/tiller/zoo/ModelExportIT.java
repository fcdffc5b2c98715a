package dev.tiller.zoo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.Philox;
import dev.tiller.zoo.architecture.Architectures;
import dev.tiller.zoo.architecture.Dit;
import dev.tiller.zoo.architecture.NamedBlock;
import dev.tiller.zoo.architecture.Optimus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Exports and checks of models. */
class ModelExportIT {
    @TempDir private Path folder;

    private Path out() {
        return folder.resolve("out");
    }

    /** A model folder with random weights. */
    static ModelDirectory random(
            Path folder, String name, NamedBlock block, Record settings, int length)
            throws IOException {
        boolean denoiser = block.outputs().contains("logits");
        ModelConfig config =
                new ModelConfig(
                        name,
                        denoiser ? ModelConfig.Kind.DENOISER : ModelConfig.Kind.REWARD,
                        name,
                        Architectures.describe(settings),
                        "ACGT",
                        length,
                        denoiser ? new ModelConfig.Schedule("log-linear", Map.of()) : null,
                        false,
                        null,
                        denoiser ? null : new ModelConfig.Target(0, 1),
                        null,
                        null,
                        null,
                        Map.of(),
                        null);
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            block.initialize(new Philox(1), manager);
            return ModelDirectory.write(folder, config, block.weights(), "# Random\n");
        }
    }

    @Test
    void safetensorsAreTheSameWeights() throws IOException {
        ModelDirectory original = ModelZoo.builtIn("rna-utr5");
        ModelDirectory written = ModelExport.safeTensors(original, out());
        assertEquals(original.digest(), written.digest());
        assertEquals(original.config(), written.config());
        assertEquals(original.card(), written.card());
    }

    @ParameterizedTest
    @ValueSource(strings = {"rna-utr5", "rna-utr5-mrl"})
    void theCardOfAGraphTellsTheDifferences(String name) throws IOException {
        ModelDirectory original = ModelZoo.builtIn(name);
        ModelDirectory written = ModelExport.onnx(original, out());
        assertEquals("onnx", written.config().architecture());
        assertEquals(original.config().kind(), written.config().kind());
        assertEquals(original.config().length(), written.config().length());
        assertEquals(original.config().target(), written.config().target());
        String card = written.card();
        assertTrue(card.startsWith(original.card()), card);
        String section = card.substring(card.indexOf(ModelExport.SECTION));
        assertTrue(section.contains(original.digest()), section);
        List<String[]> rows =
                section.lines()
                        .filter(line -> line.matches("\\| \\d.*"))
                        .map(line -> line.replace(" ", "").substring(1).split("\\|"))
                        .toList();
        assertTrue(rows.size() >= 4, section);
        for (String[] row : rows) {
            double difference = Double.parseDouble(row[2]);
            double magnitude = Double.parseDouble(row[3]);
            assertTrue(magnitude > 0 && difference <= 1e-5 * Math.max(1, magnitude), section);
        }
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of(out()), files.toList());
        }
    }

    @Test
    void exportsOfTheSameWeightsAreTheSameBytes() throws IOException {
        ModelDirectory original = ModelZoo.builtIn("rna-utr5-mrl");
        ModelDirectory first = ModelExport.onnx(original, out());
        ModelDirectory second = ModelExport.onnx(original, folder.resolve("again"));
        assertEquals(first.digest(), second.digest());
    }

    @Test
    void aFolderInUseIsLeftAlone() throws IOException {
        Files.createDirectories(out());
        Path thesis = Files.writeString(out().resolve("thesis.txt"), "years of work");
        ModelDirectory model = ModelZoo.builtIn("rna-utr5-mrl");
        String text = "output must be a new or empty folder, got " + out() + "; remove it first";
        assertRefused(text, () -> ModelExport.safeTensors(model, out()));
        assertRefused(text, () -> ModelExport.onnx(model, out()));
        try (Stream<Path> files = Files.walk(folder)) {
            assertEquals(List.of(folder, out(), thesis), files.sorted().toList());
        }
    }

    @Test
    void modulesOfOtherProgramsAreNotExported() throws IOException {
        ModelDirectory graph = ModelExport.onnx(ModelZoo.builtIn("rna-utr5-mrl"), out());
        String text = "model 'out' must be of one of our architectures to be exported, got onnx";
        assertRefused(text, () -> ModelExport.onnx(graph, folder.resolve("o")));
        assertRefused(text, () -> ModelExport.safeTensors(graph, folder.resolve("o")));
        assertFalse(Files.exists(folder.resolve("o")));
    }

    @Test
    void aNetworkThatDependsOnALengthIsExportedForItsLengthAlone() throws IOException {
        Dit.Config settings = new Dit.Config(16, 8, 1, 2, 4, 4, 0);
        ModelDirectory free =
                random(folder.resolve("free"), "mdlm-dit", new Dit(settings), settings, 0);
        assertRefused(
                "model 'mdlm-dit': length of a model of architecture mdlm-dit must be in its"
                        + " config.json, got 0",
                () -> ModelExport.onnx(free, out()));
        assertFalse(Files.exists(out()));
        ModelDirectory fixed =
                random(folder.resolve("fixed"), "mdlm-dit", new Dit(settings), settings, 12);
        String card = ModelExport.onnx(fixed, out()).card();
        assertTrue(card.contains("| 40 | 12 |"), card);
    }

    private static void assertRefused(String text, org.junit.jupiter.api.function.Executable call) {
        assertEquals(text, assertThrows(IllegalArgumentException.class, call).getMessage());
    }

    @Test
    void aCheckTellsWhatItSaw() {
        ModelDirectory model = ModelZoo.builtIn("rna-utr5");
        int length = model.config().length();
        for (Backend backend : Backend.values()) {
            ModelCheck check = ModelCheck.run(model, backend, Device.cpu());
            String start =
                    backend == Backend.PYTORCH ? "pytorch (libtorch, CPU; " : "onnx (ONNX Ru";
            assertTrue(check.engine().startsWith(start), check.engine());
            assertEquals(model.digest(), check.digest());
            assertEquals("int64 (16, " + length + ")", check.inputs().get(0));
            assertEquals(List.of("float32 (16, " + length + ", 5)"), check.outputs());
            assertTrue(check.parameters() > 1000, check.toString());
            assertTrue(check.millisecondsPerCall() > 0.01, check.toString());
            assertTrue(check.millisecondsPerCall() < 10_000, check.toString());
            assertEquals(
                    check.rowsPerSecond(),
                    16_000 / check.millisecondsPerCall(),
                    1e-6 * check.rowsPerSecond());
        }
    }

    @Test
    void aCheckRefusesOutputsThatAreNoNumbers() throws IOException {
        Optimus.Config settings = new Optimus.Config(8, 8, 2, 5, 1, 6, 0.2);
        Optimus block = new Optimus(settings);
        ModelDirectory model = random(folder, "optimus", block, settings, 6);
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            // finite weights whose products are not: infinity minus infinity
            Map<String, NDArray> weights = new LinkedHashMap<>();
            block.initialize(new Philox(1), manager);
            block.weights()
                    .forEach(
                            (name, weight) ->
                                    weights.put(name, weight.sign().mul(3e38f).duplicate()));
            ModelDirectory.write(folder, model.config(), weights, "# Huge\n");
        }
        for (Backend backend : List.of(Backend.PYTORCH, Backend.AUTO)) {
            IllegalArgumentException error =
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> ModelCheck.run(model, backend, Device.cpu()));
            String text = error.getMessage();
            assertTrue(text.startsWith("outputs of model 'optimus' must be finite, got "), text);
        }
    }

    @Test
    void aCheckRefusesLettersThatTheNetworkDoesNotRead() throws IOException {
        ModelDirectory exported = ModelExport.onnx(ModelZoo.builtIn("rna-utr5"), out());
        Path config = out().resolve("config.json");
        String text = Files.readString(config);
        Files.writeString(config, text.replace("\"ACGT\"", "\"ACG\""));
        ModelDirectory changed = ModelDirectory.open(out());
        assertEquals(3, changed.config().alphabet().length());
        int length = exported.config().length();
        assertRefused(
                "outputs of a denoiser must be float32 (16, "
                        + length
                        + ", 4), got float32 (16, "
                        + length
                        + ", 5)",
                () -> ModelCheck.run(changed, Backend.AUTO, Device.cpu()));
    }
}
