package dev.tiller.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tiller.rewards.sequence.Fasta;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What the built-in job promises on two cores: gain over best-of-10, time, savings and memory. */
@Tag("slow")
class BuiltInJobIT {
    private static final double SECONDS = 90;

    @TempDir private Path folder;

    private double[] referees(String method, int num) throws Exception {
        Path run = folder.resolve(method + num);
        assertEquals(
                0,
                CommandLineRun.of(
                                "sample",
                                "--method",
                                method,
                                "--num",
                                num,
                                "--threads",
                                2,
                                "--out",
                                run,
                                "--quiet")
                        .exitCode());
        return Fasta.read(run.resolve("designs.fasta"), "ACGT").stream()
                .map(record -> record.header().replaceAll(".*referee=([^,]*),.*", "$1"))
                .mapToDouble(Double::parseDouble)
                .sorted()
                .toArray();
    }

    private static double quantile(double[] sorted, double level) {
        double position = level * (sorted.length - 1);
        int below = (int) position;
        int above = Math.min(sorted.length - 1, below + 1);
        return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
    }

    @Test
    void beatsBestOfTenByTheReferee() throws Exception {
        double best = quantile(referees("best-of-n", 64), 0.9);
        double steered = quantile(referees("svdd-pm", 64), 0.5);
        System.err.printf("referee: best-of-10 90 %% %.4f, svdd-pm median %.4f%n", best, steered);
        assertTrue(steered > best, steered + " must be above " + best);
        JsonNode manifest =
                new ObjectMapper().readTree(folder.resolve("svdd-pm64/manifest.json").toFile());
        double seconds = manifest.get("wall_seconds").asDouble();
        double share =
                manifest.get("denoiser_rows").asDouble()
                        / manifest.get("denoiser_rows_without_savings").asDouble();
        System.err.printf("svdd-pm: %.1f s, %.1f %% of denoiser rows%n", seconds, 100 * share);
        assertTrue(seconds <= SECONDS, seconds + " s");
        assertTrue(share <= 0.4, "share " + share);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void keepsItsMemoryFlat() throws Exception {
        long once = peakMemory(64);
        long tenTimes = peakMemory(640);
        System.err.printf("peak memory: %d MiB, ten times as long %d MiB%n", once, tenTimes);
        assertTrue(tenTimes < 2048, tenTimes + " MiB");
        assertTrue(tenTimes < once * 1.1 + 32, "from " + once + " to " + tenTimes + " MiB");
    }

    /** Largest resident size of a run in MiB, read while it lives. */
    private long peakMemory(int num) throws Exception {
        Path out = folder.resolve("memory" + num);
        Process process =
                CommandLineRun.start(
                        folder.resolve("log" + num),
                        "sample",
                        "--num",
                        num,
                        "--threads",
                        2,
                        "--out",
                        out);
        long peak = PeakOfProcess.mebibytes(process);
        assertEquals(0, process.waitFor(), () -> Arrays.toString(out.toFile().list()));
        return peak;
    }
}
