package dev.tiller.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code --backend} of the commands that run networks. */
class BackendOptionIT {
    private static final double AGREEMENT = 1e-4;

    @TempDir private Path folder;

    private static CommandLineRun sample(Path out, Object... options) {
        List<Object> arguments = new ArrayList<>(List.of("sample", "--out", out));
        arguments.addAll(Arrays.asList(options));
        return CommandLineRun.of(arguments.toArray());
    }

    private static void assertSucceeded(CommandLineRun run) {
        assertEquals(0, run.exitCode(), run.err());
    }

    private static Object[] small(Object... more) {
        List<Object> options =
                new ArrayList<>(List.of("--num", 3, "--steps", 12, "--candidates", 3, "--quiet"));
        options.addAll(Arrays.asList(more));
        return options.toArray();
    }

    private static void assertBackend(String backend, Path run) throws Exception {
        String job = Files.readString(run.resolve("job.yaml"));
        assertTrue(job.matches("(?s).*\\bbackend: \"?" + backend + "\"?\n.*"), job);
        var manifest = new ObjectMapper().readTree(run.resolve("manifest.json").toFile());
        assertEquals(backend, manifest.get("backend").asText());
    }

    @Test
    void theRunRecordsWhatRanAndRepeatsIt() throws Exception {
        Path auto = folder.resolve("auto");
        assertSucceeded(sample(auto, small()));
        assertBackend("onnx", auto);
        Path torch = folder.resolve("torch");
        assertSucceeded(sample(torch, small("--backend", "pytorch")));
        assertBackend("pytorch", torch);
        Path repeated = folder.resolve("repeated");
        assertSucceeded(sample(repeated, "--quiet", "--job", torch.resolve("job.yaml")));
        assertBackend("pytorch", repeated);
        assertArrayEquals(fasta(torch), fasta(repeated));
        Path changed = folder.resolve("changed");
        assertSucceeded(
                sample(
                        changed,
                        "--quiet",
                        "--job",
                        torch.resolve("job.yaml"),
                        "--backend",
                        "onnx"));
        assertBackend("onnx", changed);
        assertArrayEquals(fasta(auto), fasta(changed));
    }

    private static byte[] fasta(Path run) throws Exception {
        return Files.readAllBytes(run.resolve("designs.fasta"));
    }

    @Test
    void aRunIsNotResumedOnAnotherEngine() throws Exception {
        Path run = folder.resolve("run");
        assertSucceeded(sample(run, "--num", 3, "--steps", 6, "--method", "unguided"));
        byte[] before = fasta(run);
        CommandLineRun other = sample(run, "--resume", "--backend", "pytorch");
        assertEquals(2, other.exitCode(), other.err());
        assertEquals(1, other.err().lines().count(), other.err());
        assertTrue(other.err().contains("holds another job"), other.err());
        assertArrayEquals(before, fasta(run));
        assertSucceeded(sample(run, "--resume"));
        assertBackend("onnx", run);
    }

    @Test
    void theEngineIsToldUnlessQuiet() {
        CommandLineRun told =
                sample(folder.resolve("a"), "--num", 1, "--steps", 3, "--method", "unguided");
        assertTrue(told.err().contains("backend onnx (ONNX Runtime "), told.err());
        CommandLineRun quiet =
                sample(
                        folder.resolve("b"),
                        "--num",
                        1,
                        "--steps",
                        3,
                        "--method",
                        "unguided",
                        "--quiet");
        assertEquals("", quiet.err());
    }

    @Test
    void anExportedModelGivesTheSameDesigns() throws Exception {
        Path exported = folder.resolve("exported");
        assertSucceeded(
                CommandLineRun.of("models", "export", "rna-utr5", exported, "--format", "onnx"));
        Path builtIn = folder.resolve("built-in");
        assertSucceeded(sample(builtIn, small("--backend", "onnx")));
        Path own = folder.resolve("own");
        assertSucceeded(sample(own, small("--model", exported)));
        assertBackend("onnx", own);
        assertArrayEquals(fasta(builtIn), fasta(own));
        CommandLineRun torch =
                sample(folder.resolve("x"), small("--model", exported, "--backend", "pytorch"));
        assertEquals(2, torch.exitCode(), torch.err());
        assertEquals(1, torch.err().lines().count(), torch.err());
        assertTrue(torch.err().contains("must be onnx or auto, got pytorch"), torch.err());
        assertFalse(Files.exists(folder.resolve("x")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sample --backend tpu | unknown value 'tpu'; known: auto, pytorch, onnx",
                "sample --backend onnx --device gpu:0 | ONNX Runtime can use, got gpu:0 where",
                "score --reward mrl --backend tpu x.fasta | unknown value 'tpu'; known: auto",
                "score --reward mrl --backend onnx --device gpu:0 x.fasta | can use, got gpu:0",
                "models check rna-utr5 --backend onnx --device gpu:0 | can use, got gpu:0",
                "models check rna-utr5 --device gpu:x | --device must be auto, cpu or gpu:N"
            })
    void refusesEnginesAndDevicesThatAreNotThere(String line, String text) {
        List<Object> arguments = new ArrayList<>(Arrays.asList(line.split(" ")));
        Path out = folder.resolve("out");
        if (line.startsWith("sample")) {
            arguments.addAll(List.of("--out", out));
        }
        CommandLineRun run = CommandLineRun.of(arguments.toArray());
        assertEquals(2, run.exitCode(), run.err());
        assertTrue(run.err().contains(text), run.err());
        String[] lines = run.err().strip().split("\n");
        boolean hinted = lines.length == 2 && lines[1].startsWith("Try 'tiller ");
        assertTrue(lines.length == 1 || hinted, run.err());
        assertEquals("", run.out());
        assertFalse(Files.exists(out));
    }

    @Test
    void bothEnginesGiveTheSameScores() throws Exception {
        Path fasta = folder.resolve("x.fasta");
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            text.append(">d").append(i).append('\n');
            for (int k = 0; k < 50; k++) {
                text.append("ACGU".charAt((i * 7 + k * k + k / (i + 1)) % 4));
            }
            text.append('\n');
        }
        Files.writeString(fasta, text);
        double[][] torch = scores(fasta, "pytorch");
        double[][] onnx = scores(fasta, "onnx");
        assertEquals(20, torch.length);
        for (int i = 0; i < torch.length; i++) {
            assertArrayEquals(torch[i], onnx[i], AGREEMENT + 1e-9);
        }
    }

    private static double[][] scores(Path fasta, String backend) {
        CommandLineRun run =
                CommandLineRun.of("score", "--reward", "mrl", "--backend", backend, fasta);
        assertSucceeded(run);
        return run.out()
                .lines()
                .skip(1)
                .map(line -> line.substring(line.indexOf('\t') + 1).split("\t"))
                .map(cells -> Arrays.stream(cells).mapToDouble(Double::parseDouble).toArray())
                .toArray(double[][]::new);
    }
}
