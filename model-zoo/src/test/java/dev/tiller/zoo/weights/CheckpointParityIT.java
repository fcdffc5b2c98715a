package dev.tiller.zoo.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.parity.ParityCase;
import dev.tiller.zoo.architecture.Architectures;
import dev.tiller.zoo.architecture.NamedBlock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Files that PyTorch and Lightning wrote, against their twins in safetensors. */
class CheckpointParityIT {
    private final NDManager manager = NDManager.newBaseManager(Device.cpu());

    @AfterEach
    void close() {
        manager.close();
    }

    private Map<String, NDArray> read(Path file, Selection selection, List<String> trainable)
            throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            return checkpoint.read(selection, trainable, manager).tensors();
        }
    }

    private static List<Path> files(String prefix, String name) {
        List<Path> files = new ArrayList<>();
        for (ParityCase parity : ParityCase.find(prefix)) {
            if (Files.exists(parity.file(name))) {
                files.add(parity.file(name));
            }
        }
        return files;
    }

    private static void assertSame(
            Map<String, NDArray> expected, Map<String, NDArray> got, String what) {
        assertEquals(expected.keySet(), got.keySet(), what);
        expected.forEach(
                (name, array) -> {
                    assertEquals(array.getShape(), got.get(name).getShape(), what + " " + name);
                    ByteBuffer bytes = array.toByteBuffer();
                    assertEquals(bytes, got.get(name).toByteBuffer(), what + " " + name);
                });
    }

    @Test
    void everyStateDictEqualsItsTwin() throws IOException {
        List<Path> files = files("0", "weights.pt");
        assertTrue(files.size() >= 2, "got " + files);
        for (Path file : files) {
            Map<String, NDArray> twin =
                    read(file.resolveSibling("weights.safetensors"), Selection.DEFAULT, List.of());
            assertSame(twin, read(file, Selection.DEFAULT, List.of()), file.toString());
        }
    }

    @Test
    void lightningCheckpointsHoldWeightsAndAverage() throws IOException {
        List<ParityCase> cases = ParityCase.find("02_train2_ckpt");
        assertTrue(!cases.isEmpty());
        for (ParityCase parity : cases) {
            Path file = parity.file("model.ckpt");
            try (Checkpoint checkpoint = Checkpoint.open(file)) {
                Architectures.Inferred found =
                        Architectures.infer(checkpoint.shapes(Selection.DEFAULT)).orElseThrow();
                NamedBlock block = Architectures.create(found.architecture(), found.config());
                List<String> trainable = block.trainable();
                Map<String, NDArray> raw =
                        checkpoint.read(Selection.DEFAULT, trainable, manager).tensors();
                Selection selection =
                        new Selection(Selection.Source.EMA, Optional.empty(), Optional.empty());
                Map<String, NDArray> ema = checkpoint.read(selection, trainable, manager).tensors();
                block.load(ema, manager);
                int checked = 0;
                for (String name : parity.names()) {
                    if (name.startsWith("ckpt.state_dict.backbone.")) {
                        String own = name.substring("ckpt.state_dict.backbone.".length());
                        assertArrayEquals(parity.floats(name), raw.get(own).toFloatArray());
                        checked++;
                    } else if (name.startsWith("ckpt.ema.")) {
                        int position = Integer.parseInt(name.substring(name.lastIndexOf('.') + 1));
                        String own = trainable.get(position);
                        assertArrayEquals(parity.floats(name), ema.get(own).toFloatArray());
                        checked++;
                    }
                }
                assertEquals(raw.size() + trainable.size(), checked, parity.names().toString());
                assertEquals("1", checkpoint.metadata().get("epoch"));
                assertEquals("0.9999", checkpoint.metadata().get("ema.decay"));
            }
        }
    }

    /** These checkpoints are too large for the test resources. */
    @Test
    void reportsAndViewsOfFineTuningAreRead() throws IOException {
        assumeFalse(ParityCase.findAny("06_fmif_finetune").isEmpty(), "needs further parity cases");
        for (Path file : files("06_fmif_finetune", "checkpoint.pt")) {
            assertTrue(!read(file, Selection.DEFAULT, List.of()).isEmpty());
        }
        for (Path file : files("06_fmif_finetune", "finetuned.ckpt")) {
            try (Checkpoint checkpoint = Checkpoint.open(file)) {
                Map<String, NDArray> tensors =
                        checkpoint.read(Selection.DEFAULT, List.of(), manager).tensors();
                NDArray turned = tensors.get("W_s.weight").transpose();
                assertEquals(turned.getShape(), tensors.get("W_s_ft.weight").getShape());
                assertArrayEquals(
                        turned.flatten().toFloatArray(),
                        tensors.get("W_s_ft.weight").toFloatArray());
            }
        }
        for (Path file : files("07_enformer_grelu", "model.ckpt")) {
            Map<String, NDArray> twin =
                    read(file.resolveSibling("weights.safetensors"), Selection.DEFAULT, List.of());
            assertSame(twin, read(file, Selection.DEFAULT, List.of()), file.toString());
        }
    }

    /** The published files are not ours to copy: only where they lie beside the project. */
    @Test
    void publishedCheckpointsEqualTheirTwins() throws IOException {
        for (ParityCase parity : ParityCase.find("08_dit_forward")) {
            Path data = parity.file("case.json").resolve("../../../data/molecule/gdss").normalize();
            if (!Files.isDirectory(data)) {
                continue;
            }
            try (var files = Files.list(data)) {
                for (Path file : files.filter(f -> f.toString().endsWith(".pth")).toList()) {
                    Map<String, NDArray> both = new LinkedHashMap<>();
                    for (String network : new String[] {"x", "adj"}) {
                        Selection section =
                                new Selection(
                                        Selection.Source.RAW,
                                        Optional.of(network + "_state_dict"),
                                        Optional.empty());
                        read(file, section, List.of())
                                .forEach(
                                        (name, array) ->
                                                both.put(network + "_state_dict." + name, array));
                    }
                    Path twin = Path.of(file.toString().replaceAll("\\.pth$", ".safetensors"));
                    Map<String, NDArray> expected = read(twin, Selection.DEFAULT, List.of());
                    assertEquals(expected.size(), both.size());
                    assertSame(expected, both, file.toString());
                }
            }
        }
    }
}
