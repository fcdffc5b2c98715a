package dev.tiller.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tiller.cli.run.Counts;
import dev.tiller.cli.run.Method;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds for every method, also for one that is added later. */
class MethodsIT {
    private static final String JOURNAL = "designs.partial.jsonl";

    @TempDir private Path folder;

    private static List<Object> job(Method method, Object... more) {
        List<Object> options = RunFiles.cheap(method);
        options.addAll(List.of(more));
        return options;
    }

    @ParameterizedTest
    @EnumSource(Method.class)
    void theSeedAloneDecidesTheDesignsAlsoOfAResumedRun(Method method) throws Exception {
        List<Object> job = job(method, "--num", 4, "--steps", 3);
        Path whole = folder.resolve("whole");
        String designs = RunFiles.designs(whole, job, "--batch-size", 64, "--threads", 2);
        Path single = folder.resolve("single");
        assertEquals(designs, RunFiles.designs(single, job, "--batch-size", 1, "--threads", 1));
        String other = RunFiles.designs(folder.resolve("other"), job, "--seed", 1);
        assertNotEquals(designs.replace("seed=0", ""), other.replace("seed=1", ""));
        requireSensible(RunFiles.manifest(whole));
        Path run = interrupted(job, whole);
        CommandLineRun resumed = CommandLineRun.of("sample", "--resume", "--quiet", "--out", run);
        assertEquals(0, resumed.exitCode(), resumed.err());
        assertEquals(designs, RunFiles.fasta(run));
        assertEquals(4, RunFiles.manifest(run).get("designs").asInt());
        assertFalse(Files.exists(run.resolve(JOURNAL)), "the journal is deleted at the end");
    }

    /** A run that was killed after its first batch, of three designs. */
    private Path interrupted(List<Object> job, Path whole) throws Exception {
        List<Object> three = new ArrayList<>(job);
        three.set(three.indexOf("--num") + 1, 3);
        Path first = folder.resolve("first");
        RunFiles.designs(first, three, "--threads", 1);
        JsonNode manifest = RunFiles.manifest(first);
        Map<String, Long> counts = new TreeMap<>();
        for (RecordComponent count : Counts.class.getRecordComponents()) {
            String key = count.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
            counts.put(count.getName(), manifest.get(key).asLong());
        }
        Map<String, Object> batch =
                Map.of("designs", RunFiles.rows(first), "counts", counts, "seconds", 1.0);
        Path run = Files.createDirectories(folder.resolve("run"));
        Files.copy(whole.resolve("job.yaml"), run.resolve("job.yaml"));
        String line = new ObjectMapper().writeValueAsString(batch);
        Files.writeString(run.resolve(JOURNAL), line + "\n{\"designs\":[{\"samp");
        return run;
    }

    private static void requireSensible(JsonNode manifest) {
        assertEquals("complete", manifest.get("status").asText());
        assertEquals(4, manifest.get("designs").asInt());
        for (String rows : List.of("denoiser_rows", "value_rows", "reward_rows")) {
            long paid = manifest.get(rows).asLong();
            long asked = manifest.get(rows + "_without_savings").asLong();
            assertTrue(0 <= paid && paid <= asked, manifest.toString());
        }
        assertTrue(manifest.get("denoiser_rows_without_savings").asLong() >= 4 * 3);
        assertTrue(manifest.get("reward_rows_without_savings").asLong() >= 4);
    }

    @ParameterizedTest
    @EnumSource(Method.class)
    void firstHittingWorksAndIsReproducible(Method method) throws Exception {
        List<Object> job = job(method, "--num", 2, "--sampler", "first-hitting");
        // learned values read 50 letters; the uniform model has no gradient
        if (!List.of(Method.SVDD_MC, Method.TDS, Method.DPS).contains(method)) {
            job.addAll(List.of("--model", "uniform", "--length", 8, "--reward", "gc-content"));
        }
        assertEquals(
                RunFiles.designs(folder.resolve("two"), job),
                RunFiles.designs(folder.resolve("one"), job, "--batch-size", 1, "--threads", 1));
    }

    @Tag("slow")
    @ParameterizedTest
    @EnumSource(
            value = Method.class,
            names = {"SMC", "TDS", "REFINE", "SVDD_R", "CLASSIFIER_GUIDANCE"})
    void resumesAfterAKill(Method method) throws Exception {
        List<Object> job = job(method, "--num", 12, "--steps", 48, "--batch-size", 2);
        String designs = RunFiles.designs(folder.resolve("whole"), job);
        Path killed = folder.resolve("killed");
        List<Object> line = new ArrayList<>(List.of("sample", "--out", killed));
        line.addAll(job);
        Process process = CommandLineRun.start(folder.resolve("log"), line.toArray());
        Path journal = killed.resolve(JOURNAL);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
        while (!(Files.exists(journal) && Files.size(journal) > 0)) {
            assertTrue(System.nanoTime() < deadline, () -> "no batch was finished in time");
            Thread.sleep(10);
        }
        process.destroyForcibly().waitFor();
        assertFalse(Files.exists(killed.resolve("manifest.json")), "killed before its end");
        CommandLineRun resumed =
                CommandLineRun.of("sample", "--resume", "--quiet", "--out", killed);
        assertEquals(0, resumed.exitCode(), resumed.err());
        assertEquals(designs, RunFiles.fasta(killed));
    }
}
