package dev.tiller.zoo.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checkpoints made by hand: element types, views, containers, and files not to be trusted. */
class CheckpointIT {
    private static final long[] FOUR = {4};
    private static final long[] ONE = {1};

    @TempDir private Path folder;

    private final NDManager manager = NDManager.newBaseManager(Device.cpu());

    @AfterEach
    void close() {
        manager.close();
    }

    private Path file() {
        return folder.resolve("test.pt");
    }

    private static PickleWriter put(PickleWriter dictionary, String name, float ignored) {
        return dictionary.text(name).tensor("FloatStorage", "0", 4, 0, FOUR, ONE).set();
    }

    private static PickleWriter stateDict(String... names) {
        PickleWriter pickle = new PickleWriter().dictionary();
        for (String name : names) {
            put(pickle, name, 0);
        }
        return pickle;
    }

    private Path write(PickleWriter pickle) {
        return new TorchFiles()
                .pickle(pickle.finish())
                .storage("0", TorchFiles.floats(1, 2, 3, 4))
                .write(file());
    }

    private Map<String, NDArray> read(Path path, Selection selection, String... trainable)
            throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(path)) {
            return checkpoint.read(selection, List.of(trainable), manager).tensors();
        }
    }

    private static Selection section(String section) {
        return new Selection(Selection.Source.RAW, Optional.of(section), Optional.empty());
    }

    private static Selection prefix(String prefix) {
        return new Selection(Selection.Source.RAW, Optional.empty(), Optional.of(prefix));
    }

    @ParameterizedTest
    @CsvSource({
        "DoubleStorage,   float32, 8",
        "FloatStorage,    float32, 4",
        "HalfStorage,     float32, 2",
        "BFloat16Storage, float32, 2",
        "LongStorage,     int64,   8",
        "IntStorage,      int32,   4",
        "ShortStorage,    int32,   2",
        "CharStorage,     int8,    1",
        "ByteStorage,     uint8,   1",
        "BoolStorage,     boolean, 1"
    })
    void readsElementTypes(String kind, String type, int width) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(2 * width).order(ByteOrder.LITTLE_ENDIAN);
        switch (kind) {
            case "DoubleStorage" -> bytes.putDouble(1).putDouble(0);
            case "FloatStorage" -> bytes.putFloat(1).putFloat(0);
            case "HalfStorage" -> bytes.putShort((short) 0x3c00).putShort((short) 0);
            case "BFloat16Storage" -> bytes.putShort((short) 0x3f80).putShort((short) 0);
            default -> bytes.put(0, (byte) 1);
        }
        PickleWriter pickle = new PickleWriter().dictionary().text("w");
        pickle.tensor(kind, "0", 2, 0, new long[] {2}, ONE).set();
        Path path =
                new TorchFiles().pickle(pickle.finish()).storage("0", bytes.array()).write(file());
        NDArray w = read(path, Selection.DEFAULT).get("w");
        assertEquals(DataType.valueOf(type.toUpperCase(java.util.Locale.ROOT)), w.getDataType());
        assertArrayEquals(new float[] {1, 0}, w.toType(DataType.FLOAT32, true).toFloatArray());
    }

    @Test
    void viewsShareAStorage() throws IOException {
        PickleWriter pickle = new PickleWriter().dictionary();
        pickle.text("whole")
                .tensor("FloatStorage", "k", 6, 0, new long[] {2, 3}, new long[] {3, 1});
        pickle.set();
        pickle.text("turned")
                .tensor("FloatStorage", "k", 6, 0, new long[] {3, 2}, new long[] {1, 3});
        pickle.set();
        pickle.text("part").tensor("FloatStorage", "k", 6, 1, new long[] {2, 2}, new long[] {3, 1});
        pickle.set();
        pickle.text("scalar").tensor("FloatStorage", "k", 6, 5, new long[0], new long[0]).set();
        pickle.text("empty")
                .tensor("FloatStorage", "k", 6, 0, new long[] {0, 3}, new long[] {3, 1});
        pickle.set();
        Path path =
                new TorchFiles()
                        .pickle(pickle.finish())
                        .storage("k", TorchFiles.floats(0, 1, 2, 3, 4, 5))
                        .write(file());
        Map<String, NDArray> tensors = read(path, Selection.DEFAULT);
        assertArrayEquals(new float[] {0, 1, 2, 3, 4, 5}, tensors.get("whole").toFloatArray());
        assertArrayEquals(new float[] {0, 3, 1, 4, 2, 5}, tensors.get("turned").toFloatArray());
        assertArrayEquals(new float[] {1, 2, 4, 5}, tensors.get("part").toFloatArray());
        assertEquals(new Shape(), tensors.get("scalar").getShape());
        assertEquals(5, tensors.get("scalar").getFloat());
        assertEquals(new Shape(0, 3), tensors.get("empty").getShape());
    }

    @Test
    void findsTheStateDictInItsContainer() throws IOException {
        Path bare = write(stateDict("a", "b"));
        assertEquals(Set.of("a", "b"), read(bare, Selection.DEFAULT).keySet());
        PickleWriter lightning = new PickleWriter().dictionary().text("epoch").number(3).set();
        lightning.text("state_dict").dictionary();
        put(put(lightning, "backbone.a", 0), "backbone.b", 0).set();
        lightning.text("other").dictionary();
        put(lightning, "c", 0).set();
        Path path = write(lightning);
        assertEquals(Set.of("a", "b"), read(path, Selection.DEFAULT).keySet());
        assertEquals(Set.of("c"), read(path, section("other")).keySet());
        try (Checkpoint checkpoint = Checkpoint.open(path)) {
            assertEquals(List.of("state_dict", "other"), checkpoint.sections());
            assertEquals(Map.of("epoch", "3"), checkpoint.metadata());
            assertEquals(
                    Map.of("a", new Shape(4), "b", new Shape(4)),
                    checkpoint.shapes(Selection.DEFAULT));
        }
        assertRefused(
                "section of " + path + " must be one of [state_dict, other], got 'x.y'",
                () -> read(path, section("x.y")));
    }

    @Test
    void severalStateDictsNeedAChoice() {
        PickleWriter pickle = new PickleWriter().dictionary();
        pickle.text("x_state_dict").dictionary();
        put(pickle, "a", 0).set().text("adj_state_dict").dictionary();
        put(pickle, "b", 0).set();
        Path path = write(pickle);
        assertRefused(
                "section of "
                        + path
                        + " must be chosen, one of [x_state_dict, adj_state_dict]; add --section",
                () -> read(path, Selection.DEFAULT));
    }

    @Test
    void copiesOfOtherNetworksAreLeftOut() throws IOException {
        Path path =
                write(
                        stateDict(
                                "embedding.a",
                                "head.b",
                                "ref_model.backbone.c",
                                "reward_model.model.embedding.a",
                                "pearsonr.sum"));
        assertEquals(Set.of("embedding.a", "head.b"), read(path, Selection.DEFAULT).keySet());
        assertEquals(Set.of("embedding.a"), read(path, prefix("reward_model.model.")).keySet());
        assertRefused(
                "prefix must be one of the names in "
                        + path
                        + ", got 'net.'; they start with"
                        + " [embedding., head., ref_model., reward_model., pearsonr.]",
                () -> read(path, prefix("net.")));
    }

    @Test
    void prefixesOfTrainingCodeAreDropped() throws IOException {
        assertEquals(
                Set.of("a", "b"),
                read(
                                write(
                                        stateDict(
                                                "module._orig_mod.model.a",
                                                "module._orig_mod.model.b")),
                                Selection.DEFAULT)
                        .keySet());
        assertEquals(
                Set.of("a"),
                read(write(stateDict("model.a", "val_metrics.total")), Selection.DEFAULT).keySet());
        assertEquals(
                Set.of("model.a", "b"),
                read(write(stateDict("model.a", "b")), Selection.DEFAULT).keySet());
    }

    @Test
    void averagesTakeTheNamesOfTheTrainedParameters() throws IOException {
        PickleWriter pickle = new PickleWriter().dictionary().text("state_dict").dictionary();
        put(put(put(pickle, "a", 0), "buffer", 0), "b", 0).set();
        pickle.text("ema").dictionary().text("decay").real(0.5).set();
        pickle.text("shadow_params").raw(']');
        for (String key : new String[] {"1", "2"}) {
            pickle.tensor("FloatStorage", key, 4, 0, FOUR, ONE).raw('a');
        }
        Path path =
                new TorchFiles()
                        .pickle(pickle.set().set().finish())
                        .storage("0", TorchFiles.floats(1, 2, 3, 4))
                        .storage("1", TorchFiles.floats(5, 6, 7, 8))
                        .storage("2", TorchFiles.floats(9, 10, 11, 12))
                        .write(file());
        Selection ema = new Selection(Selection.Source.EMA, Optional.empty(), Optional.empty());
        Map<String, NDArray> weights = read(path, ema, "a", "b");
        assertArrayEquals(new float[] {5, 6, 7, 8}, weights.get("a").toFloatArray());
        assertArrayEquals(new float[] {1, 2, 3, 4}, weights.get("buffer").toFloatArray());
        assertArrayEquals(new float[] {9, 10, 11, 12}, weights.get("b").toFloatArray());
        assertRefused(
                "moving average in "
                        + path
                        + " must have one tensor for each of the 3 trained parameters, got 2",
                () -> read(path, ema, "a", "b", "c"));
        assertRefused(
                "moving average of 'missing' in "
                        + path
                        + " must have shape of a weight that is missing, got (4)",
                () -> read(path, ema, "a", "missing"));
        assertRefused(
                "must hold a moving average, got none; take the raw weights",
                () -> read(write(stateDict("a")), ema, "a"));
    }

    private static void assertRefused(String part, org.junit.jupiter.api.function.Executable call) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, call);
        assertTrue(e.getMessage().contains(part), e.getMessage());
        assertFalse(e.getMessage().contains("\n"), e.getMessage());
    }

    @Test
    void codeInAPickleIsNeverRun() {
        PickleWriter pickle = new PickleWriter().global("os", "system");
        Path path = write(pickle.text("touch " + folder.resolve("run")).raw(0x85).call());
        assertRefused(
                "must hold a state dict, got an object of os.system; save model.state_dict()",
                () -> read(path, Selection.DEFAULT));
        assertFalse(Files.exists(folder.resolve("run")));
    }

    @Test
    void tensorsOutsideTheirStorageAreRefused() {
        long[][][] views = {
            {{5}, {1}, {0}},
            {{4}, {1}, {1}},
            {{2, 2}, {3, 1}, {1}},
            {{1 << 30, 1 << 30, 1 << 30}, {0, 0, 0}, {0}},
            {{100}, {0}, {0}},
            {{2}, {-1}, {2}},
            {{2, 2}, {1}, {0}},
            {{-1}, {1}, {0}},
            {{4}, {1}, {-1}}
        };
        for (long[][] view : views) {
            PickleWriter pickle = new PickleWriter().dictionary().text("w");
            pickle.tensor("FloatStorage", "0", 4, view[2][0], view[0], view[1]).set();
            Path path = write(pickle);
            assertRefused(
                    "tensor 'w' must lie in the 4 elements of its storage",
                    () -> read(path, Selection.DEFAULT));
        }
        PickleWriter larger = new PickleWriter().dictionary().text("w");
        larger.tensor("FloatStorage", "0", 1000, 0, new long[] {1000}, ONE).set();
        assertRefused(
                "storage data/0 of tensor 'w' must have 4000 bytes, got 16; the file is cut short",
                () -> read(write(larger), Selection.DEFAULT));
        PickleWriter complex = new PickleWriter().dictionary().text("w");
        complex.tensor("ComplexFloatStorage", "0", 2, 0, new long[] {2}, ONE).set();
        assertRefused(
                "tensor 'w' must have float, integer or boolean elements, got ComplexFloatStorage",
                () -> read(write(complex), Selection.DEFAULT));
    }

    @Test
    void manyViewsOfOneStorageDoNotFillTheMemory() {
        byte[] storage = new byte[1 << 20];
        PickleWriter pickle = new PickleWriter().dictionary();
        for (int i = 0; i < 1000; i++) {
            pickle.text("w" + i).tensor("ByteStorage", "0", 1 << 20, 0, new long[] {1 << 20}, ONE);
            pickle.set();
        }
        Path path = new TorchFiles().pickle(pickle.finish()).storage("0", storage).write(file());
        assertRefused("too many share one storage", () -> read(path, Selection.DEFAULT));
    }

    @Test
    void archivesThatAreNotWholeAreRefused() throws IOException {
        byte[] whole = Files.readAllBytes(write(stateDict("a")));
        for (int length : new int[] {whole.length / 3, whole.length / 2, whole.length - 1}) {
            Files.write(file(), java.util.Arrays.copyOf(whole, length));
            assertRefused(
                    "must be a whole zip archive, got one that cannot be opened",
                    () -> read(file(), Selection.DEFAULT));
        }
    }

    @Test
    void archivesOfAnotherKindAreRefused() throws IOException {
        Path bare = new TorchFiles().entry("other.txt", "nothing").write(file());
        assertRefused(
                "must be a PyTorch archive, got a zip archive without data.pkl",
                () -> read(bare, Selection.DEFAULT));
        Path packed =
                new TorchFiles().pickle(stateDict("a").finish()).write(file(), ZipEntry.DEFLATED);
        assertRefused("must be stored without compression", () -> read(packed, Selection.DEFAULT));
        Path missing = new TorchFiles().pickle(stateDict("a").finish()).write(file());
        assertRefused(
                "must hold the storage data/0, which is missing",
                () -> read(missing, Selection.DEFAULT));
        Path big =
                new TorchFiles()
                        .pickle(stateDict("a").finish())
                        .entry("byteorder", "big")
                        .write(file());
        assertRefused(
                "must hold little-endian numbers, got byte order 'big'",
                () -> read(big, Selection.DEFAULT));
        Files.write(
                file(),
                java.util.HexFormat.of().parseHex("80028a0a6cfc9c46f9206aa850192e8002")); // 1.5
        assertRefused("must be of PyTorch 1.6 or later", () -> read(file(), Selection.DEFAULT));
        Files.write(file(), "hello, world".getBytes(StandardCharsets.UTF_8));
        assertRefused("got something else", () -> read(file(), Selection.DEFAULT));
        Path code =
                new TorchFiles()
                        .pickle(stateDict("a").finish())
                        .entry("code/__torch__.py", "pass")
                        .write(file());
        assertEquals(WeightFormat.TORCH_SCRIPT, WeightFormat.detect(code));
    }

    @Test
    void filesLargerThanTwoGigabytesAreRead() throws IOException {
        long gap = 3L << 30;
        String header =
                "{\"first\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
                        + "\"last\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":["
                        + gap
                        + ","
                        + (gap + 8)
                        + "]}}";
        Path path = folder.resolve("large.safetensors");
        try (RandomAccessFile out = new RandomAccessFile(path.toFile(), "rw")) {
            ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
            out.write(length.putLong(header.length()).array());
            out.write(header.getBytes(StandardCharsets.UTF_8));
            long data = out.getFilePointer();
            out.write(TorchFiles.floats(1, 2));
            out.seek(data + gap);
            out.write(TorchFiles.floats(3, 4));
        }
        assertEquals(WeightFormat.SAFETENSORS, WeightFormat.detect(path));
        Map<String, NDArray> tensors = read(path, Selection.DEFAULT);
        assertArrayEquals(new float[] {1, 2}, tensors.get("first").toFloatArray());
        assertArrayEquals(new float[] {3, 4}, tensors.get("last").toFloatArray());
    }
}
