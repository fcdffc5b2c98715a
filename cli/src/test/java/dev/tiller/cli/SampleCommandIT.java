package dev.tiller.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tiller.rewards.sequence.Fasta;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code tiller sample} on the built-in model, as its user runs it. */
class SampleCommandIT {
    @TempDir private Path folder;

    private CommandLineRun sample(Path out, Object... more) {
        List<Object> arguments = new ArrayList<>(List.of("sample", "--out", out, "--quiet"));
        arguments.addAll(Arrays.asList(more));
        return CommandLineRun.of(arguments.toArray());
    }

    private static Object[] small(String method) {
        List<Object> options =
                new ArrayList<>(List.of("--method", method, "--num", 9, "--steps", 24));
        if (!method.equals("unguided")) {
            options.addAll(List.of("--candidates", 4));
        }
        return options.toArray();
    }

    private static Object[] with(Object[] options, Object... more) {
        return Stream.concat(Arrays.stream(options), Arrays.stream(more)).toArray();
    }

    private byte[] fasta(Path run) throws Exception {
        return Files.readAllBytes(run.resolve("designs.fasta"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"unguided", "best-of-n", "svdd-pm", "svdd-mc"})
    void doesNotDependOnBatchesOrThreads(String method) throws Exception {
        Path one = folder.resolve("one");
        assertEquals(
                0, sample(one, with(small(method), "--batch-size", 64, "--threads", 2)).exitCode());
        Path two = folder.resolve("two");
        assertEquals(
                0, sample(two, with(small(method), "--batch-size", 7, "--threads", 1)).exitCode());
        Path three = folder.resolve("three");
        assertEquals(
                0,
                sample(three, with(small(method), "--batch-size", 1, "--threads", 2)).exitCode());
        assertArrayEquals(fasta(one), fasta(two));
        assertArrayEquals(fasta(one), fasta(three));
        Path other = folder.resolve("other");
        sample(other, with(small(method), "--seed", 1));
        assertFalse(Arrays.equals(fasta(one), fasta(other)), "another seed, other designs");
    }

    @Test
    void resumesAKilledRunToTheSameBytes() throws Exception {
        Object[] job = {"--num", 12, "--steps", 48, "--candidates", 8, "--batch-size", 2};
        Path whole = folder.resolve("whole");
        assertEquals(0, sample(whole, job).exitCode());
        Path killed = folder.resolve("killed");
        Path log = folder.resolve("log");
        Process process =
                CommandLineRun.start(log, with(new Object[] {"sample", "--out", killed}, job));
        Path journal = killed.resolve("designs.partial.jsonl");
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
        while (!(Files.exists(journal) && Files.size(journal) > 0)) {
            assertTrue(System.nanoTime() < deadline, () -> "no batch was finished in time");
            Thread.sleep(20);
        }
        process.destroyForcibly().waitFor();
        assertFalse(Files.exists(killed.resolve("manifest.json")), "killed before its end");
        // half a line, as a kill in the middle of a write leaves it
        Files.writeString(
                journal,
                Files.readString(journal) + "{\"designs\":[{\"sampleId\":1",
                StandardCharsets.UTF_8);
        CommandLineRun refused = sample(killed, job);
        assertEquals(2, refused.exitCode());
        assertTrue(refused.err().contains("--resume"), refused.err());
        assertEquals(0, sample(killed, "--resume").exitCode());
        assertArrayEquals(fasta(whole), fasta(killed));
        assertFalse(Files.exists(journal), "the journal is deleted at the end");
        assertEquals(manifest(whole).get("denoiser_rows"), manifest(killed).get("denoiser_rows"));
    }

    private static JsonNode manifest(Path run) throws Exception {
        return new ObjectMapper().readTree(run.resolve("manifest.json").toFile());
    }

    @Test
    void writesFilesThatAgree() throws Exception {
        Path run = folder.resolve("run");
        CommandLineRun result = sample(run, with(small("svdd-pm"), "--seed", 42));
        assertEquals(0, result.exitCode(), result.err());
        assertTrue(result.out().contains("referee"), result.out());
        List<Fasta.Record> records = Fasta.read(run.resolve("designs.fasta"), "ACGT");
        assertEquals(9, records.size());
        try (RootAllocator allocator = new RootAllocator();
                var channel = Files.newByteChannel(run.resolve("designs.arrow"));
                ArrowFileReader reader = new ArrowFileReader(channel, allocator)) {
            VectorSchemaRoot root = reader.getVectorSchemaRoot();
            assertEquals(
                    "Schema<sample_id: Int(64, true) not null, design: Utf8 not null, reward:"
                            + " FloatingPoint(DOUBLE) not null, referee: FloatingPoint(DOUBLE),"
                            + " seed: Int(64, true) not null>",
                    root.getSchema().toString().replaceAll("\\(metadata.*", ""));
            assertTrue(reader.loadNextBatch());
            assertEquals(9, root.getRowCount());
            for (int i = 0; i < 9; i++) {
                assertEquals(i, ((BigIntVector) root.getVector("sample_id")).get(i));
                String design = ((VarCharVector) root.getVector("design")).getObject(i).toString();
                assertEquals(records.get(i).sequence(), design);
                double reward = ((Float8Vector) root.getVector("reward")).get(i);
                double referee = ((Float8Vector) root.getVector("referee")).get(i);
                assertEquals(
                        String.format(
                                java.util.Locale.ROOT,
                                "%d reward=%.4f, referee=%.4f, method=svdd-pm, seed=42",
                                i,
                                reward,
                                referee),
                        records.get(i).header());
                assertEquals(42, ((BigIntVector) root.getVector("seed")).get(i));
            }
            assertFalse(reader.loadNextBatch());
        }
        JsonNode manifest = manifest(run);
        assertEquals(9 * (24 * 5 + 1), manifest.get("denoiser_rows_without_savings").asInt());
        assertTrue(
                manifest.get("denoiser_rows").asInt()
                        < manifest.get("denoiser_rows_without_savings").asInt());
        for (String part : List.of("model", "reward", "referee")) {
            assertEquals(64, manifest.get("sha256").get(part).asText().length());
        }
        assertEquals("0.36.0", manifest.get("versions").get("djl").asText());
    }

    @Test
    void replaysAJob() throws Exception {
        Path first = folder.resolve("first");
        sample(first, with(small("best-of-n"), "--seed", 5, "--reward", "gc-content"));
        Path again = folder.resolve("again");
        assertEquals(0, sample(again, "--job", first.resolve("job.yaml")).exitCode());
        assertArrayEquals(fasta(first), fasta(again));
        Path changed = folder.resolve("changed");
        sample(changed, "--job", first.resolve("job.yaml"), "--seed", 6);
        assertFalse(Arrays.equals(fasta(first), fasta(changed)));
        assertTrue(Files.readString(changed.resolve("job.yaml")).contains("seed: 6"));
    }

    @Test
    void guardsARunThatIsThere() throws Exception {
        Path run = folder.resolve("run");
        assertEquals(0, sample(run, with(small("unguided"))).exitCode());
        byte[] before = fasta(run);
        CommandLineRun again = sample(run, with(small("unguided"), "--seed", 3));
        assertEquals(2, again.exitCode());
        assertTrue(again.err().contains("holds a run"), again.err());
        CommandLineRun other = sample(run, with(small("unguided"), "--seed", 3, "--resume"));
        assertEquals(2, other.exitCode());
        assertTrue(other.err().contains("holds another job"), other.err());
        assertArrayEquals(before, fasta(run));
        assertEquals(0, sample(run, with(small("unguided"), "--resume")).exitCode());
        assertArrayEquals(before, fasta(run));
        assertEquals(
                0, sample(run, with(small("unguided"), "--seed", 3, "--overwrite")).exitCode());
        assertFalse(Arrays.equals(before, fasta(run)));
    }

    @Test
    void samplesByFirstHitting() throws Exception {
        Path run = folder.resolve("run");
        CommandLineRun result =
                sample(run, "--sampler", "first-hitting", "--num", 3, "--candidates", 3);
        assertEquals(0, result.exitCode(), result.err());
        assertEquals(50 * 4 * 3 + 3, manifest(run).get("denoiser_rows_without_savings").asInt());
    }

    @Test
    void steersBeyondBestOfN() throws Exception {
        Map<String, Double> medians = new java.util.HashMap<>();
        for (String method : List.of("unguided", "best-of-n", "svdd-pm", "svdd-mc")) {
            Path run = folder.resolve(method);
            List<Object> options =
                    new ArrayList<>(List.of("--method", method, "--num", 16, "--steps", 64));
            sample(run, options.toArray());
            double[] referees =
                    Fasta.read(run.resolve("designs.fasta"), "ACGT").stream()
                            .map(record -> record.header().replaceAll(".*referee=([^,]*),.*", "$1"))
                            .mapToDouble(Double::parseDouble)
                            .sorted()
                            .toArray();
            medians.put(method, (referees[7] + referees[8]) / 2);
        }
        assertTrue(medians.get("best-of-n") > medians.get("unguided") + 0.2, medians.toString());
        assertTrue(medians.get("svdd-mc") > medians.get("best-of-n"), medians.toString());
        assertTrue(medians.get("svdd-pm") > medians.get("best-of-n"), medians.toString());
        assertNotEquals(medians.get("svdd-mc"), medians.get("svdd-pm"));
    }
}
