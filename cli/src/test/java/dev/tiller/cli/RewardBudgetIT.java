package dev.tiller.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tiller.cli.run.Method;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** --max-reward-calls, --reward-cache and rewards that are programs. */
@DisabledOnOs(OS.WINDOWS) // the programs are shell scripts
class RewardBudgetIT {
    private static final Path EXAMPLES = Path.of("../examples/rewards").toAbsolutePath();

    /** Gives each design the score 0.5, writes down how many were asked for, and may fail. */
    private static final String COUNTING =
            """
            while IFS= read -r request; do
              id=$(printf '%s' "$request" | sed 's/.*"id" *: *\\([0-9]*\\).*/\\1/')
              designs=$(printf '%s' "$request" | grep -o '[ACGT][ACGT]*' | wc -l)
              echo "$designs" >> "$(dirname "$0")/counts"
              scores=FIRST
              while [ "$designs" -gt 1 ]; do
                scores="$scores,0.5"
                designs=$((designs - 1))
              done
              echo "tables.dat is not there" >&2
              echo "{\\"id\\":$id,\\"scores\\":[$scores]}"
            done
            """;

    @TempDir private Path folder;

    private static List<Object> job() {
        List<Object> options = RunFiles.cheap(Method.BEST_OF_N);
        options.addAll(List.of("--num", 4, "--steps", 4, "--batch-size", 2));
        return options;
    }

    private Path script(String first) throws IOException {
        return Files.writeString(folder.resolve("score.sh"), COUNTING.replace("FIRST", first));
    }

    private long asked() throws IOException {
        Path counts = folder.resolve("counts");
        return Files.exists(counts)
                ? Files.readAllLines(counts).stream()
                        .mapToLong(line -> Long.parseLong(line.strip()))
                        .sum()
                : 0;
    }

    private List<Object> process(Path script) {
        List<Object> options = job();
        options.addAll(List.of("--reward", "process", "--reward-option", "command=sh," + script));
        return options;
    }

    @Test
    void aSpentBudgetEndsTheRunWithWhatItHas() throws Exception {
        List<Object> job = job();
        Path whole = folder.resolve("whole");
        String designs = RunFiles.designs(whole, job);
        long all = RunFiles.manifest(whole).get("reward_rows").asLong();
        Path run = folder.resolve("run");
        CommandLineRun cut = RunFiles.sample(run, job, "--max-reward-calls", all - 1);
        assertEquals(0, cut.exitCode(), cut.err());
        String told = "reward budget of " + (all - 1) + " calls is spent; 2 of 4 designs made";
        assertTrue(cut.out().contains(told), cut.out());
        assertTrue(cut.out().contains("--resume --max-reward-calls N"), cut.out());
        assertEquals("reward budget spent", RunFiles.manifest(run).get("status").asText());
        assertEquals(2, RunFiles.rows(run).size());
        assertTrue(RunFiles.manifest(run).get("reward_rows").asLong() <= all - 1);
        assertTrue(designs.startsWith(RunFiles.fasta(run)), "the first designs of the whole run");
        CommandLineRun more =
                CommandLineRun.of(
                        "sample",
                        "--quiet",
                        "--out",
                        run,
                        "--resume",
                        "--max-reward-calls",
                        all + 1);
        assertEquals(0, more.exitCode(), more.err());
        assertFalse(more.out().contains("spent"), more.out());
        assertEquals(designs, RunFiles.fasta(run));
        assertEquals("complete", RunFiles.manifest(run).get("status").asText());
    }

    /** Two gradients and one score for each design: what the counts of rewards do not show. */
    @Test
    void gradientsSpentBeforeAResumeCount() throws Exception {
        List<Object> job = new ArrayList<>(List.of("--method", "dps", "--reward", "gc-content"));
        job.addAll(List.of("--num", 2, "--steps", 2, "--batch-size", 1));
        Path run = folder.resolve("run");
        RunFiles.designs(run, job, "--max-reward-calls", 3);
        assertEquals(1, RunFiles.rows(run).size());
        RunFiles.designs(run, job, "--resume", "--max-reward-calls", 5);
        assertEquals(1, RunFiles.rows(run).size());
        RunFiles.designs(run, job, "--resume", "--max-reward-calls", 6);
        assertEquals(2, RunFiles.rows(run).size());
    }

    @Test
    void aBudgetTooSmallForOneBatchIsAFailureWithAdvice() {
        CommandLineRun run = RunFiles.sample(folder.resolve("run"), job(), "--max-reward-calls", 1);
        assertEquals(1, run.exitCode());
        assertTrue(
                run.err().contains("raise --max-reward-calls or lower --batch-size, now 2"),
                run.err());
        assertEquals(1, run.err().lines().count(), run.err());
    }

    @Test
    void aCacheAnswersTheSecondRun() throws Exception {
        List<Object> job = process(script("0.5"));
        job.addAll(List.of("--reward-cache", folder.resolve("cache")));
        String designs = RunFiles.designs(folder.resolve("one"), job);
        long asked = asked();
        assertTrue(asked > 0);
        assertEquals(designs, RunFiles.designs(folder.resolve("two"), job));
        assertEquals(asked, asked(), "the second run asks for nothing");
        RunFiles.designs(folder.resolve("three"), job, "--seed", 1);
        assertTrue(asked() > asked, "other designs are not in the cache");
    }

    @Test
    void aProgramThatFailsIsNamedAndTheRunGoesOnWhenItIsMended() throws Exception {
        Path script = script("null");
        Path run = folder.resolve("run");
        CommandLineRun failed = RunFiles.sample(run, process(script));
        assertEquals(1, failed.exitCode(), failed.err());
        assertTrue(
                failed.err().startsWith("tiller: reward 'process' gave no score for "),
                failed.err());
        assertTrue(failed.err().matches("(?s).*\\n  design \\d+ \\([ACGT]+.*"), failed.err());
        assertTrue(failed.err().contains("\n  tables.dat is not there\n"), failed.err());
        assertTrue(failed.err().contains("tiller sample --out " + run + " --resume"));
        script("0.5");
        CommandLineRun mended = CommandLineRun.of("sample", "--quiet", "--resume", "--out", run);
        assertEquals(0, mended.exitCode(), mended.err());
        assertEquals(
                RunFiles.designs(folder.resolve("whole"), process(script)), RunFiles.fasta(run));
    }

    @Test
    void theExamplesRun() throws Exception {
        List<Object> job = job();
        job.addAll(List.of("--reward", "process", "--reward-option"));
        Path gc = folder.resolve("gc");
        RunFiles.designs(gc, job, "command=python3," + EXAMPLES.resolve("gc.py"));
        Path at = folder.resolve("at");
        RunFiles.designs(at, job, "command=sh," + EXAMPLES.resolve("at_content.sh"));
        RunFiles.rows(gc).forEach(r -> assertEquals(share(r.design(), "[GC]"), r.reward(), 1e-9));
        RunFiles.rows(at).forEach(r -> assertEquals(share(r.design(), "[AT]"), r.reward(), 1e-9));
    }

    private static double share(String design, String letters) {
        return 1 - design.replaceAll(letters, "").length() / 50.0;
    }
}
