package dev.tiller.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tiller.cli.run.DesignRow;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A reward composed in a file: sampled for, recorded, replayed, and scored with. */
class ComposedRewardIT {
    private static final List<Object> SMALL =
            List.of("--method", "best-of-n", "--candidates", 3, "--num", 6, "--steps", 4);
    private static final String REWARD =
            """
            components:
              - {reward: gc-content, as: gc, weight: 3, transform: {type: linear, low: -1, high: 0}}
              - {reward: sequence-motif, as: gatc, options: {motif: GATC, mode: count}}
            filters:
              - {reward: sequence-motif, as: taa, options: {motif: TAA, mode: count}, at-most: 0}
            penalties:
              - reward: sequence-motif
                as: cc
                options: {motif: CC, mode: count}
                transform: {type: reverse-sigmoid, low: 0, high: 9}
            floor: -1
            """;

    @TempDir private Path folder;
    private Path file;

    @BeforeEach
    void write() throws Exception {
        file = Files.writeString(folder.resolve("reward.yaml"), REWARD);
    }

    @Test
    void eachRawAndEachTransformedScoreIsAColumn() throws Exception {
        Path run = folder.resolve("run");
        RunFiles.designs(run, SMALL, "--reward", file);
        for (DesignRow row : RunFiles.rows(run)) {
            assertEquals(
                    Set.of(
                            "gc",
                            "gc.transformed",
                            "gatc",
                            "gatc.transformed",
                            "taa",
                            "taa.transformed",
                            "cc",
                            "cc.transformed"),
                    row.columns().keySet());
            double stops = row.columns().get("taa");
            assertEquals(row.design().contains("TAA"), stops > 0, row.toString());
            if (stops > 0) {
                assertEquals(-1, row.reward());
                assertTrue(Double.isNaN(row.columns().get("gc")), "not asked for");
            } else {
                double sum =
                        3 * row.columns().get("gc.transformed")
                                + row.columns().get("gatc.transformed");
                double expected = sum / 4 * row.columns().get("cc.transformed");
                assertEquals(expected, row.reward(), 1e-12);
                assertEquals(
                        row.columns().get("gc") + 1, row.columns().get("gc.transformed"), 1e-12);
            }
        }
    }

    @Test
    void theJobReplaysAndOneNumberMayChange() throws Exception {
        Path run = folder.resolve("run");
        String designs = RunFiles.designs(run, SMALL, "--reward", file);
        Files.delete(file);
        Path job = run.resolve("job.yaml");
        assertEquals(designs, RunFiles.designs(folder.resolve("again"), List.of("--job", job)));
        Path changed = folder.resolve("changed.yaml");
        Files.writeString(changed, Files.readString(job).replace("weight: 3.0", "weight: 0.5"));
        assertNotEquals(
                designs, RunFiles.designs(folder.resolve("other"), List.of("--job", changed)));
    }

    @Test
    void misspeltKeysAreRefusedWithTheNearest() throws Exception {
        for (List<String> change :
                List.of(
                        List.of("weight: 3", "wieght: 3", "component 1", "'weight'"),
                        List.of("low: -1", "lowe: -1", "component 1: transform", "'low'"),
                        List.of("penalties:", "penalites:", "reward", "'penalties'"),
                        List.of("at-most: 0", "atmost: 0", "filter 1", "'at-most'"),
                        List.of("reward: gc-content", "reward: gc-contnet", "'gc'", "gc-content"),
                        List.of("mode: count}, at", "mod: count}, at", "'taa'", "'mode'"))) {
            Files.writeString(file, REWARD.replace(change.get(0), change.get(1)));
            Path out = folder.resolve("out");
            CommandLineRun run = RunFiles.sample(out, SMALL, "--reward", file);
            assertEquals(2, run.exitCode(), run.err());
            assertEquals(1, run.err().lines().count(), run.err());
            assertTrue(run.err().contains(change.get(2)), run.err());
            assertTrue(run.err().contains(change.get(3)), run.err());
            assertFalse(Files.exists(out));
        }
    }

    @Test
    void scoreShowsTheSameNumbers() throws Exception {
        Path run = folder.resolve("run");
        RunFiles.designs(run, SMALL, "--reward", file);
        CommandLineRun scored =
                CommandLineRun.of("score", "--reward", file, run.resolve("designs.fasta"));
        assertEquals(0, scored.exitCode(), scored.err());
        List<String> lines = scored.out().lines().toList();
        List<String> titles = Arrays.asList(lines.get(0).split("\t"));
        assertEquals("id\tcomposite\tgc\tgc.transformed", lines.get(0).substring(0, 30));
        List<DesignRow> rows = RunFiles.rows(run);
        for (int i = 0; i < rows.size(); i++) {
            String[] cells = lines.get(i + 1).split("\t");
            assertEquals(titles.size(), cells.length);
            assertEquals(String.format(Locale.ROOT, "%.4f", rows.get(i).reward()), cells[1]);
            for (int j = 2; j < cells.length; j++) {
                double value = rows.get(i).columns().get(titles.get(j));
                assertEquals(String.format(Locale.ROOT, "%.4f", value), cells[j]);
            }
        }
        CommandLineRun both =
                CommandLineRun.of(
                        "score",
                        "--reward",
                        file,
                        "--reward-option",
                        "a=b",
                        run.resolve("designs.fasta"));
        assertEquals(2, both.exitCode());
        assertTrue(both.err().contains("--reward-option belongs to a reward that is named"));
    }
}
