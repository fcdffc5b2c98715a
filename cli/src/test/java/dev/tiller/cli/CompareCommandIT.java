package dev.tiller.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tiller compare}: runs in JVMs of their own, one table, one picture. */
class CompareCommandIT {
    @TempDir private Path folder;

    private CommandLineRun compare(Object... options) {
        List<Object> arguments =
                new ArrayList<>(
                        List.of("compare", "--quiet", "--num", 6, "--steps", 12, "--threads", 2));
        arguments.addAll(Arrays.asList(options));
        return CommandLineRun.of(arguments.toArray());
    }

    private static List<Map<String, String>> table(Path csv) throws Exception {
        List<String> lines = Files.readAllLines(csv);
        String[] names = lines.get(0).split(",", -1);
        List<Map<String, String>> rows = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            String[] cells = line.split(",", -1);
            assertEquals(names.length, cells.length, line);
            Map<String, String> row = new HashMap<>();
            for (int i = 0; i < cells.length; i++) {
                row.put(names[i], cells[i]);
            }
            rows.add(row);
        }
        return rows;
    }

    @Test
    void comparesAtEqualBudgetsAndGoesOnWhereItWasStopped() throws Exception {
        Path out = folder.resolve("compare");
        Object[] job = {
            "--methods", "best-of-n,smc", "--budget-denoiser-rows", 400, "--seeds", 1, "--out", out
        };
        CommandLineRun run = compare(job);
        assertEquals(0, run.exitCode(), run.err());
        List<Map<String, String>> rows = table(out.resolve("comparison.csv"));
        assertEquals(
                List.of("best-of-n", "smc"), rows.stream().map(row -> row.get("method")).toList());
        for (Map<String, String> row : rows) {
            double spent = Double.parseDouble(row.get("denoiser_rows"));
            assertTrue(spent > 240 && spent < 440, row.toString());
            double low = Double.parseDouble(row.get("referee_median_low"));
            double median = Double.parseDouble(row.get("referee_median"));
            assertTrue(low <= median, row.toString());
            assertTrue(Double.parseDouble(row.get("log_likelihood_median")) < -40, row.toString());
            assertTrue(Double.parseDouble(row.get("diversity")) > 0.5, row.toString());
            assertEquals("", row.get("failure"));
        }
        assertEquals("", rows.get(0).get("unique_ancestors"));
        assertTrue(Double.parseDouble(rows.get(1).get("unique_ancestors")) >= 1);
        assertTrue(Files.size(out.resolve("comparison.png")) > 5000);
        assertTrue(run.out().contains("| smc | particles "), run.out());

        byte[] designs = Files.readAllBytes(out.resolve("smc-seed-0/designs.fasta"));
        Files.delete(out.resolve("comparison.csv"));
        Files.delete(out.resolve("smc-seed-0/manifest.json"));
        Files.delete(out.resolve("smc-seed-0/designs.fasta"));
        long kept =
                Files.getLastModifiedTime(out.resolve("best-of-n-seed-0/designs.fasta")).toMillis();
        assertEquals(0, compare(job).exitCode());
        assertEquals(
                kept,
                Files.getLastModifiedTime(out.resolve("best-of-n-seed-0/designs.fasta")).toMillis(),
                "a finished run is not repeated");
        assertTrue(
                Arrays.equals(
                        designs, Files.readAllBytes(out.resolve("smc-seed-0/designs.fasta"))));
    }

    @Test
    void comparesMethodsOnMolecules() throws Exception {
        Path out = folder.resolve("molecules");
        CommandLineRun run =
                compare(
                        "--model",
                        "molecule-qm9",
                        "--methods",
                        "unguided,svdd-pm",
                        "--budget-reward-calls",
                        300,
                        "--seeds",
                        1,
                        "--out",
                        out);
        assertEquals(0, run.exitCode(), run.err());
        List<Map<String, String>> rows = table(out.resolve("comparison.csv"));
        assertEquals("", rows.get(0).get("effort"));
        assertTrue(rows.get(1).get("effort").startsWith("candidates "), rows.toString());
        assertTrue(Double.parseDouble(rows.get(1).get("reward_calls")) <= 330, rows.toString());
        for (Map<String, String> row : rows) {
            double median = Double.parseDouble(row.get("reward_median"));
            assertTrue(median > 0 && median < 1, row.toString());
            assertTrue(Double.parseDouble(row.get("diversity")) > 0.1, row.toString());
            assertEquals("", row.get("log_likelihood_median"));
            assertEquals("", row.get("referee_median"));
            assertEquals("", row.get("failure"));
        }
        assertTrue(Files.size(out.resolve("comparison.png")) > 5000);
        assertTrue(Files.exists(out.resolve("svdd-pm-seed-0/designs.sdf")));
    }

    @Test
    void itsRunsEndWithIt() throws Exception {
        Path out = folder.resolve("stopped");
        Process compare =
                CommandLineRun.start(
                        folder.resolve("log.txt"),
                        "compare",
                        "--methods",
                        "best-of-n",
                        "--budget-denoiser-rows",
                        4_000_000,
                        "--num",
                        4,
                        "--seeds",
                        1,
                        "--out",
                        out);
        try {
            List<ProcessHandle> runs = List.of();
            for (int i = 0; i < 600 && compare.isAlive() && runs.isEmpty(); i++) {
                Thread.sleep(100);
                runs = compare.descendants().toList();
            }
            assertFalse(runs.isEmpty(), "a run of its own must have begun");
            compare.destroy();
            assertTrue(compare.waitFor(30, TimeUnit.SECONDS), "must end when told to");
            for (ProcessHandle run : runs) {
                run.onExit().get(30, TimeUnit.SECONDS);
            }
        } finally {
            compare.destroyForcibly();
        }
    }

    @Test
    void refusesABudgetThatCoversNothing() {
        Path out = folder.resolve("poor");
        CommandLineRun run =
                compare("--methods", "svdd-pm", "--budget-denoiser-rows", 10, "--out", out);
        assertEquals(2, run.exitCode());
        assertTrue(run.err().contains("the budget of 10 must cover svdd-pm"), run.err());
        assertFalse(Files.exists(out.resolve("comparison.csv")));
    }

    @Test
    void needsExactlyOneBudget() {
        assertEquals(2, compare("--methods", "smc", "--out", folder).exitCode());
        assertEquals(
                2,
                compare(
                                "--methods",
                                "smc",
                                "--budget-denoiser-rows",
                                10,
                                "--budget-reward-calls",
                                10,
                                "--out",
                                folder)
                        .exitCode());
    }
}
