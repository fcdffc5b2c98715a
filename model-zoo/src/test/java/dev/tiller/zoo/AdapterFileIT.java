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
import ai.djl.training.ParameterStore;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.masked.Subs;
import dev.tiller.zoo.architecture.Architectures;
import dev.tiller.zoo.architecture.DnaConv;
import dev.tiller.zoo.architecture.LowRank;
import dev.tiller.zoo.architecture.LowRankAdapters;
import dev.tiller.zoo.architecture.NamedBlock;
import dev.tiller.zoo.architecture.Optimus;
import dev.tiller.zoo.weights.SafeTensors;
import dev.tiller.zoo.weights.WeightFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdapterFileIT {
    private static final DnaConv.Config CONFIG = new DnaConv.Config(16, 1, 4, 0, false, 0);
    private static final LowRank OPTIONS = new LowRank(2, 5, List.of("convs", "time_layers"));

    @TempDir private Path folder;
    private NDManager manager;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager(Device.cpu());
    }

    @AfterEach
    void close() {
        manager.close();
    }

    private NamedBlock base(DnaConv.Config config) {
        NamedBlock block = new DnaConv(config);
        block.initialize(new Philox(1), manager);
        return block;
    }

    /** A base whose adapters are not zero, as if they had been trained. */
    private NamedBlock adapted() {
        NamedBlock block = base(CONFIG);
        LowRankAdapters adapters = block.adapt(OPTIONS);
        adapters.initialize(new Philox(2), manager);
        adapters.weights().values().forEach(array -> array.stopGradient().addi(0.05f));
        return block;
    }

    private NDArray tokens() {
        return manager.create(new long[] {0, 1, 2, 3, 4, 4, 2, 0, 4, 4, 1, 3}, new Shape(2, 6));
    }

    private float[] logits(NamedBlock block) {
        ParameterStore store = new ParameterStore(manager, false);
        return block.forward(store, new NDList(tokens()), false).head().toFloatArray();
    }

    @Test
    void bringsAdaptersToAnotherCopyOfTheModel() throws IOException {
        NamedBlock block = adapted();
        float[] expected = logits(block);
        Path file = folder.resolve(AdapterFile.NAME);
        AdapterFile.write(file, block);
        NamedBlock other = base(CONFIG);
        LowRankAdapters adapters = AdapterFile.load(file, other, manager);
        assertEquals(OPTIONS, adapters.options());
        assertArrayEquals(expected, logits(other));
        Path again = folder.resolve("again.safetensors");
        AdapterFile.write(again, other);
        assertArrayEquals(Files.readAllBytes(file), Files.readAllBytes(again));
        // before the weights of the model
        NamedBlock empty = new DnaConv(CONFIG);
        AdapterFile.load(file, empty, manager);
        empty.load(base(CONFIG).weights(), manager);
        assertArrayEquals(expected, logits(empty));
    }

    @Test
    void hasTheNamesAndShapesOfPeft() throws IOException {
        Path file = folder.resolve(AdapterFile.NAME);
        AdapterFile.write(file, adapted());
        try (WeightFile read = SafeTensors.read(file, manager)) {
            assertEquals(2 * (5 + 5), read.tensors().size());
            String prefix = "base_model.model.";
            assertEquals(new Shape(2, 16, 9), shape(read, prefix + "convs.3.lora_A.weight"));
            assertEquals(new Shape(16, 2, 1), shape(read, prefix + "convs.3.lora_B.weight"));
            String dense = prefix + "time_layers.3.dense";
            assertEquals(new Shape(2, 16), shape(read, dense + ".lora_A.weight"));
            assertEquals(new Shape(16, 2), shape(read, dense + ".lora_B.weight"));
            Map<String, String> header = new LinkedHashMap<>();
            header.put("alpha", "5.0");
            header.put("architecture", "dna-conv");
            header.put("format", "pt");
            header.put("layers", "[\"convs\",\"time_layers\"]");
            header.put("rank", "2");
            assertEquals(header, read.metadata());
        }
    }

    private static Shape shape(WeightFile file, String name) {
        return file.tensors().get(name).getShape();
    }

    @Test
    void refusesOtherNetworksAndOtherFiles() throws IOException {
        Path file = folder.resolve(AdapterFile.NAME);
        AdapterFile.write(file, adapted());
        String cure = "; load it onto the model that it was trained on";
        NamedBlock optimus = new Optimus(Optimus.Config.defaults());
        assertEquals(
                "adapter " + file + " is for architecture dna-conv, got optimus" + cure,
                refusal(file, optimus));
        NamedBlock wide = base(new DnaConv.Config(32, 1, 4, 0, false, 0));
        assertEquals(
                "adapter "
                        + file
                        + " is for a network of other shapes: convs.0.lora_A must have shape (2,"
                        + " 32, 9), got (2, 16, 9), and 19 others"
                        + cure,
                refusal(file, wide));
        assertTrue(wide.adapters().isEmpty());
        NamedBlock deep = base(new DnaConv.Config(16, 2, 4, 0, false, 0));
        assertTrue(refusal(file, deep).contains("convs.5.lora_A must have shape"));
        Path weights = folder.resolve("weights.safetensors");
        SafeTensors.write(weights, base(CONFIG).weights(), Map.of());
        assertEquals(
                weights
                        + " must be a file of adapters, with rank, alpha and layers in its header,"
                        + " got {}",
                refusal(weights, base(CONFIG)));
        assertEquals(
                "dna-conv has no adapters to write",
                assertThrows(
                                IllegalStateException.class,
                                () -> AdapterFile.write(file, base(CONFIG)))
                        .getMessage());
    }

    @Test
    void refusesAFileThatHoldsMore() throws IOException {
        Path file = folder.resolve(AdapterFile.NAME);
        AdapterFile.write(file, adapted());
        Path more = folder.resolve("more.safetensors");
        try (WeightFile read = SafeTensors.read(file, manager)) {
            Map<String, NDArray> tensors = new LinkedHashMap<>(read.tensors());
            tensors.put("base_model.model.head.lora_A.weight", manager.zeros(new Shape(2, 4)));
            SafeTensors.write(more, tensors, read.metadata());
        }
        assertTrue(refusal(more, base(CONFIG)).contains("it holds 21 matrices, this one needs 20"));
    }

    private String refusal(Path file, NamedBlock block) {
        return assertThrows(
                        IllegalArgumentException.class,
                        () -> AdapterFile.load(file, block, manager))
                .getMessage();
    }

    /** A merged network is an ordinary model, on either engine. */
    @Test
    void mergedNetworksAreModels() throws IOException {
        NamedBlock block = adapted();
        NDArray logits = manager.create(logits(block), new Shape(2, 6, 5));
        float[] expected = Subs.logPosterior(logits, 4).toFloatArray();
        block.adapters().orElseThrow().merge();
        ModelConfig config =
                new ModelConfig(
                        "merged",
                        ModelConfig.Kind.DENOISER,
                        DnaConv.NAME,
                        Architectures.describe(CONFIG),
                        "ACGT",
                        6,
                        new ModelConfig.Schedule("log-linear", Map.of("eps", 1e-3)),
                        false,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null);
        ModelDirectory.write(folder.resolve("merged"), config, block.weights(), "# merged\n");
        for (Backend backend : List.of(Backend.PYTORCH, Backend.ONNX)) {
            String model = folder.resolve("merged").toString();
            try (NetworkDenoiser denoiser = ModelZoo.denoiser(model, backend, Device.cpu())) {
                NDArray actual = denoiser.logPosterior(tokens(), new double[] {0.5, 0.5});
                assertArrayEquals(expected, actual.toFloatArray(), 1e-5f, backend.toString());
            }
        }
    }
}
