package dev.tiller.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tiller.cli.run.Method;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What each method promises on two idle cores: a quick start and flat memory. */
@Tag("slow")
class MethodCostsIT {
    private static final double START_SECONDS = 5;

    @TempDir private Path folder;

    private Process start(String name, Method method, Object... more) throws Exception {
        List<Object> line = new ArrayList<>(List.of("sample", "--out", folder.resolve(name)));
        line.addAll(RunFiles.cheap(method));
        line.addAll(List.of(more));
        return CommandLineRun.start(folder.resolve(name + ".log"), line.toArray());
    }

    private String log(String name) {
        try {
            return Files.readString(folder.resolve(name + ".log"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    @ParameterizedTest
    @EnumSource(Method.class)
    void startsInFiveSeconds(Method method) throws Exception {
        double best = Double.POSITIVE_INFINITY;
        for (int i = 0; i < 3 && best >= START_SECONDS; i++) {
            long began = System.nanoTime();
            Process process = start("start" + i, method, "--num", 1, "--steps", 1);
            String name = "start" + i;
            assertEquals(0, process.waitFor(), () -> log(name));
            best = Math.min(best, (System.nanoTime() - began) / 1e9);
        }
        System.err.printf("%s: one design of one step in %.1f s%n", method, best);
        assertTrue(best < START_SECONDS, method + " needs " + best + " s");
    }

    @ParameterizedTest
    @EnumSource(Method.class)
    @EnabledOnOs(OS.LINUX)
    void keepsItsMemoryFlat(Method method) throws Exception {
        long[] peaks = new long[2];
        double[] seconds = new double[2];
        for (int i = 0; i < 2; i++) {
            String name = "memory" + i;
            long began = System.nanoTime();
            int num = i == 0 ? 16 : 160;
            Process process = start(name, method, "--num", num, "--steps", 32, "--batch-size", 16);
            peaks[i] = PeakOfProcess.mebibytes(process);
            assertEquals(0, process.waitFor(), () -> log(name));
            seconds[i] = (System.nanoTime() - began) / 1e9;
        }
        System.err.printf(
                "%s: 16 designs %.1f s, %d MiB; 160 designs %.1f s, %d MiB%n",
                method, seconds[0], peaks[0], seconds[1], peaks[1]);
        assertTrue(peaks[1] < 2048, peaks[1] + " MiB");
        assertTrue(peaks[1] < peaks[0] * 1.25 + 96, peaks[0] + " to " + peaks[1] + " MiB");
    }
}
