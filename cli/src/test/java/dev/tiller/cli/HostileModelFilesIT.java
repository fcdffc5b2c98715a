package dev.tiller.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl;
import dev.tiller.zoo.ModelExport;
import dev.tiller.zoo.ModelZoo;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that nobody should trust: exit code 2, one line, and nothing written anywhere. */
class HostileModelFilesIT {
    private static final byte[] WEIGHTS = new byte[64];

    @TempDir private Path folder;

    private String refused(byte[] content, Object... options) throws IOException {
        Path file = folder.resolve("in/bad.bin");
        Files.createDirectories(file.getParent());
        Files.write(file, content);
        List<Path> before = everything();
        Object[] arguments = {"models", "convert", file, folder.resolve("in/out")};
        Object[] all = Arrays.copyOf(arguments, arguments.length + options.length);
        System.arraycopy(options, 0, all, arguments.length, options.length);
        CommandLineRun run = CommandLineRun.of(all);
        assertEquals(2, run.exitCode(), run.err());
        assertEquals("", run.out());
        assertEquals(1, run.err().lines().count(), run.err());
        assertTrue(run.err().startsWith("tiller: "), run.err());
        assertEquals(before, everything());
        return run.err().strip();
    }

    private List<Path> everything() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.sorted().toList();
        }
    }

    /** An archive as {@code torch.save} writes it, of entries as they are given. */
    private static byte[] zip(Map<String, byte[]> entries) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                ZipEntry header = new ZipEntry(entry.getKey());
                CRC32 sum = new CRC32();
                sum.update(entry.getValue());
                header.setMethod(ZipEntry.STORED);
                header.setSize(entry.getValue().length);
                header.setCrc(sum.getValue());
                zip.putNextEntry(header);
                zip.write(entry.getValue());
            }
        }
        return bytes.toByteArray();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] safeTensors(long length, String header, byte[] data) {
        byte[] text = utf8(header);
        return ByteBuffer.allocate(Long.BYTES + text.length + data.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(length)
                .put(text)
                .put(data)
                .array();
    }

    private static byte[] safeTensors(String header, byte[] data) {
        return safeTensors(utf8(header).length, header, data);
    }

    private static String tensor(String name, String type, String shape, String offsets) {
        return """
        "%s":{"dtype":"%s","shape":[%s],"data_offsets":[%s]}\
        """
                .formatted(name, type, shape, offsets);
    }

    @Test
    void aTruncatedArchive() throws IOException {
        byte[] whole = zip(Map.of("m/data.pkl", utf8("}."), "m/data/0", WEIGHTS));
        for (int length = 4; length < whole.length; length += 13) {
            assertTrue(refused(Arrays.copyOf(whole, length)).contains("bad.bin"));
        }
    }

    @Test
    void anArchiveWithoutWeights() throws IOException {
        assertTrue(refused(zip(Map.of("m/data/0", WEIGHTS))).contains("data.pkl"));
        assertTrue(refused(zip(Map.of("word/document.xml", WEIGHTS))).contains("data.pkl"));
        refused(zip(Map.of("m/data.pkl", new byte[0])));
        refused(zip(Map.of("m/data.pkl", utf8("}."))));
    }

    @Test
    void anArchiveThatReachesOutside() throws IOException {
        Map<String, byte[]> entries = new TreeMap<>();
        entries.put("../../escaped.txt", WEIGHTS);
        entries.put("/escaped.txt", WEIGHTS);
        entries.put("m/data.pkl", utf8("}."));
        refused(zip(entries));
    }

    @Test
    void aPickleThatCallsTheSystem() throws IOException {
        Path target = folder.resolve("called");
        for (String module : List.of("os", "posix", "builtins", "subprocess")) {
            String function = module.equals("builtins") ? "eval" : "system";
            String call = "c" + module + "\n" + function + "\n(S'touch " + target + "'\ntR.";
            String line = refused(zip(Map.of("m/data.pkl", utf8(call))));
            assertTrue(line.contains(module), line);
        }
    }

    @Test
    void aPickleWithoutEnd() throws IOException {
        refused(zip(Map.of("m/data.pkl", utf8("(".repeat(100_000)))));
        refused(zip(Map.of("m/data.pkl", utf8("]".repeat(10) + "a".repeat(9)))));
    }

    @Test
    void aSafetensorsHeaderOfAGigabyte() throws IOException {
        String line = refused(safeTensors(1L << 30, "{}", WEIGHTS));
        assertTrue(line.contains("1073741824"), line);
        refused(safeTensors(Long.MAX_VALUE, "{}", WEIGHTS));
        refused(safeTensors(3, "{", new byte[0]));
    }

    @Test
    void safetensorsThatOverlapOrReachOutside() throws IOException {
        String a = tensor("a", "F32", "2", "0,8");
        for (String other :
                List.of(
                        tensor("b", "F32", "2", "4,12"),
                        tensor("b", "F32", "2", "0,8"),
                        tensor("b", "F32", "2", "60,68"),
                        tensor("b", "F32", "2", "-8,0"),
                        tensor("b", "F32", "2", "16,8"),
                        tensor("b", "F32", "3", "8,16"),
                        tensor("b", "F32", "-1", "8,16"),
                        tensor("b", "F32", "4611686018427387904,4", "8,64"),
                        tensor("b", "F33", "2", "8,16"))) {
            refused(safeTensors("{" + a + "," + other + "}", WEIGHTS));
        }
        refused(safeTensors("{" + a + "," + a + "}", new byte[8]));
        refused(safeTensors("{" + a + "", new byte[8]));
        refused(safeTensors("{}", new byte[0]));
    }

    private OnnxMl.ModelProto.Builder graph() throws IOException {
        Path exported = folder.resolve("exported");
        if (!Files.exists(exported)) {
            ModelExport.onnx(ModelZoo.builtIn("rna-utr5-mrl"), exported);
        }
        byte[] bytes = Files.readAllBytes(exported.resolve("model.onnx"));
        return OnnxMl.ModelProto.parseFrom(bytes).toBuilder();
    }

    private String refusedGraph(byte[] graph) throws IOException {
        return refused(graph, "--kind", "reward", "--length", 50);
    }

    @Test
    void aGraphWithAnUnknownOperator() throws IOException {
        OnnxMl.ModelProto.Builder model = graph();
        model.getGraphBuilder().getNodeBuilder(0).setOpType("Launch").setDomain("com.example");
        String line = refusedGraph(model.build().toByteArray());
        assertTrue(line.contains("model 'out' cannot be run by ONNX Runtime"), line);
        assertTrue(line.contains("Launch"), line);
    }

    @Test
    void aTruncatedGraph() throws IOException {
        byte[] whole = graph().build().toByteArray();
        for (int parts = 2; parts < 6; parts++) {
            refusedGraph(Arrays.copyOf(whole, whole.length / parts));
        }
    }

    @Test
    void aGraphWhoseWeightsAreInAnotherFile() throws IOException {
        Path secret = Files.write(folder.resolve("secret.bin"), new byte[1 << 20]);
        for (String location : List.of("../secret.bin", secret.toString())) {
            OnnxMl.ModelProto.Builder model = graph();
            OnnxMl.TensorProto.Builder weights = model.getGraphBuilder().getInitializerBuilder(0);
            weights.clearRawData().clearFloatData();
            weights.setDataLocation(OnnxMl.TensorProto.DataLocation.EXTERNAL);
            weights.addExternalData(
                    OnnxMl.StringStringEntryProto.newBuilder()
                            .setKey("location")
                            .setValue(location));
            refusedGraph(model.build().toByteArray());
        }
    }

    @Test
    void aGraphOfAnotherShape() throws IOException {
        String line =
                refused(graph().build().toByteArray(), "--kind", "denoiser", "--length", "50");
        assertTrue(line.contains("int64") || line.contains("INT64"), line);
    }

    @Test
    void filesOfOtherKinds() throws IOException {
        for (byte[] content :
                List.of(
                        new byte[0],
                        new byte[] {0},
                        new byte[1 << 16],
                        utf8("MZ" + "x".repeat(100)),
                        utf8("<html>not a model</html>"),
                        utf8("{\"a\": 1}"))) {
            refused(content);
        }
    }

    @Test
    void aFolderInPlaceOfAFile() {
        CommandLineRun run = CommandLineRun.of("models", "convert", folder, folder.resolve("out"));
        assertEquals(2, run.exitCode(), run.err());
        assertEquals(1, run.err().lines().count(), run.err());
    }
}
