package dev.tiller.zoo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.parity.ParityCase;
import dev.tiller.zoo.torchscript.TinyScript;
import dev.tiller.zoo.weights.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Conversions that are refused: one clear line, and no folder, whole or in part. */
class ConversionErrorsIT {
    private static final String WEIGHTS = "weights.safetensors";

    @TempDir private Path folder;

    private static Path file(String parity) {
        return ParityCase.find(parity).get(0).file(WEIGHTS);
    }

    private static Conversions denoiser() {
        return Conversions.with().length(40);
    }

    private void refused(Conversions request, Path file, String... texts) throws IOException {
        Path parent = folder.resolve("parent");
        Path out = parent.resolve("out");
        IllegalArgumentException error =
                assertThrows(IllegalArgumentException.class, () -> request.write(file, out));
        for (String text : texts) {
            assertTrue(error.getMessage().contains(text), error.getMessage());
        }
        assertEquals(1, error.getMessage().lines().count(), error.getMessage());
        if (Files.exists(parent)) {
            try (Stream<Path> left = Files.list(parent)) {
                assertEquals(List.of(), left.toList());
            }
        }
    }

    /** The weights of a case, changed. */
    private Path changed(String parity, BiConsumer<Map<String, NDArray>, NDManager> change)
            throws IOException {
        Path file = folder.resolve("changed.safetensors");
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            Map<String, NDArray> weights =
                    new LinkedHashMap<>(SafeTensors.read(file(parity), manager).tensors());
            change.accept(weights, manager);
            SafeTensors.write(file, weights, Map.of());
        }
        return file;
    }

    @Test
    void anUnknownArchitecture() throws IOException {
        refused(
                denoiser().architecture("dnaconv", Map.of()),
                file("01_dnaconv"),
                "unknown architecture 'dnaconv'; known architectures: conv-gru, dna-conv");
    }

    @Test
    void anUnknownSetting() throws IOException {
        refused(
                denoiser().architecture("dna-conv", Map.of("hiden", "32")),
                file("01_dnaconv"),
                "unknown key 'hiden' in the configuration of dna-conv; known keys: hidden");
    }

    @Test
    void weightsOfNoKnownArchitecture() throws IOException {
        Path file =
                changed(
                        "01_dnaconv",
                        (weights, manager) -> {
                            weights.clear();
                            weights.put("layer.weight", manager.zeros(new Shape(2, 3)));
                        });
        refused(
                denoiser(),
                file,
                "must be of one of the architectures [conv-gru, dna-conv,",
                "got 1 arrays such as [layer.weight]; give --architecture, or --prefix");
    }

    @Test
    void whatNoFileTells() throws IOException {
        refused(
                denoiser(),
                file("01_dnaconv_cfg"),
                "class to ask the guided denoiser for must be given, got none; add --label");
        refused(
                Conversions.with(),
                file("01_dnaconv"),
                "length of a denoiser's sequences must be given; add --length");
        refused(
                denoiser(),
                file("08_dit_forward"),
                "alphabet of the 8 letters must be given; add --alphabet");
    }

    @Test
    void whatDoesNotFitTheFile() throws IOException {
        refused(
                denoiser().alphabet("ACGTN"),
                file("01_dnaconv"),
                "alphabet must have the 4 letters of the network, got ACGTN");
        refused(
                denoiser().alphabet("ACGG"),
                file("01_dnaconv"),
                "alphabet of a model must have two letters or more, all different, got ACGG");
        refused(
                Conversions.with().length(-1),
                file("01_dnaconv"),
                "length of a model must be >= 0, got -1");
        refused(
                denoiser().label(7),
                file("01_dnaconv_cfg"),
                "label must be one of the network's classes, 0 to 2, got 7");
        refused(denoiser().label(0), file("01_dnaconv"), "label must be left out, for the network");
    }

    @Test
    void aWrongKind() throws IOException {
        refused(
                denoiser().kind(ModelConfig.Kind.REWARD),
                file("01_dnaconv"),
                "kind of a model of architecture dna-conv with these settings must be denoiser,");
        refused(
                denoiser().kind(ModelConfig.Kind.DENOISER),
                file("07_convgru"),
                "kind of a model of architecture conv-gru with these settings must be reward or");
        refused(
                Conversions.with().timeConditioning(),
                file("07_convgru"),
                "time_conditioning of a model must be given for denoisers and score networks only,"
                        + " got true");
    }

    @Test
    void aMissingTensor() throws IOException {
        Path file = changed("01_dnaconv", (weights, manager) -> weights.remove("norms.3.bias"));
        refused(denoiser(), file, "weights do not fit dna-conv: missing [norms.3.bias]");
    }

    @Test
    void oneTensorTooMany() throws IOException {
        Path file =
                changed(
                        "01_dnaconv",
                        (weights, manager) ->
                                weights.put("norms.7.bias", manager.zeros(new Shape(32))));
        refused(denoiser(), file, "weights do not fit dna-conv", "norms.7.bias");
    }

    @Test
    void aMisshapenTensor() throws IOException {
        Path file =
                changed(
                        "01_dnaconv",
                        (weights, manager) ->
                                weights.put("norms.3.bias", manager.zeros(new Shape(31))));
        refused(
                denoiser(),
                file,
                "misshapen [norms.3.bias must be float32 (32), got float32 (31)]");
    }

    @Test
    void weightsThatAreNoNumbers() throws IOException {
        Path file =
                changed(
                        "01_dnaconv",
                        (weights, manager) ->
                                weights.put(
                                        "norms.3.bias", manager.full(new Shape(32), Float.NaN)));
        refused(denoiser(), file, "finite", "NaN");
    }

    @Test
    void aFileOfSomethingElse() throws IOException {
        Path text = Files.writeString(folder.resolve("weights.pt"), "not weights, but a text\n");
        refused(denoiser(), text, "weights.pt must be");
        Path empty = Files.write(folder.resolve("empty.pt"), new byte[0]);
        refused(denoiser(), empty, "empty.pt must be");
    }

    @Test
    void modulesOfNoKind() throws IOException {
        Path script = TinyScript.of(TinyScript.TRACED).write(folder.resolve("tiny.pt"));
        refused(
                denoiser(),
                script,
                "kind of a torchscript module must be given, got none; add --kind");
        Path graph = folder.resolve("tiny.onnx");
        Files.write(graph, ModelExport.trace(ModelZoo.builtIn("rna-utr5"), new int[] {1}).graph());
        refused(denoiser(), graph, "kind of a onnx module must be given, got none; add --kind");
    }

    @Test
    void aFolderThatIsInUse() throws IOException {
        Path out = Files.createDirectories(folder.resolve("out"));
        Path thesis = Files.writeString(out.resolve("thesis.txt"), "years of work");
        for (Path taken : List.of(out, thesis)) {
            IllegalArgumentException error =
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> denoiser().write(file("01_dnaconv"), taken));
            assertEquals(
                    "output must be a new or empty folder, got " + taken + "; remove it first",
                    error.getMessage());
        }
        assertEquals("years of work", Files.readString(thesis));
        try (Stream<Path> left = Files.walk(folder)) {
            assertEquals(List.of(folder, out, thesis), left.sorted().toList());
        }
    }

    @Test
    void anEmptyFolderIsFilled() throws IOException {
        Path out = Files.createDirectories(folder.resolve("out"));
        denoiser().write(file("01_dnaconv"), out);
        try (Stream<Path> files = Files.list(out)) {
            assertEquals(
                    List.of("README.md", "config.json", "model.safetensors"),
                    files.map(f -> f.getFileName().toString()).sorted().toList());
        }
    }
}
