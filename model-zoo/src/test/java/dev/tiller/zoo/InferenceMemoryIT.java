package dev.tiller.zoo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Ten thousand calls do not grow the process. Each engine runs in a JVM of its own. Its heap is
 * small and wholly resident from the start, and the second compiler, which takes some 15 MB once at
 * a time of its choice, is off: what grows then is the engine's.
 */
@Tag("slow")
@EnabledOnOs(OS.LINUX)
class InferenceMemoryIT {
    private static final int WARM_UP = 1_000;
    private static final int CALLS = 10_000;
    private static final double DRIFT = 0.02;
    private static final int MINUTES = 10;

    @TempDir private Path folder;

    @ParameterizedTest
    @EnumSource(
            value = Backend.class,
            names = {"PYTORCH", "ONNX"})
    void manyCallsDoNotGrowTheProcess(Backend backend) throws Exception {
        double drift = drift(backend);
        if (Math.abs(drift) > DRIFT) {
            drift = drift(backend); // the machine may have been busy
        }
        assertTrue(Math.abs(drift) <= DRIFT, backend + ": " + drift);
    }

    private double drift(Backend backend) throws Exception {
        Path log = folder.resolve("log.txt");
        List<String> line =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xms64m",
                                "-Xmx64m",
                                "-XX:+AlwaysPreTouch",
                                "-XX:TieredStopAtLevel=1",
                                "-XX:+UseSerialGC",
                                "-Dai.djl.offline=true",
                                "-Dai.djl.pytorch.num_threads=1",
                                "-Dai.djl.pytorch.num_interop_threads=1",
                                "-Dai.djl.pytorch.graph_optimizer=false",
                                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Child.class.getName(),
                                backend.toString(),
                                folder.resolve("memory.txt").toString()));
        Process process =
                new ProcessBuilder(line)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        assertTrue(process.waitFor(MINUTES, TimeUnit.MINUTES), "the calls take too long");
        assertEquals(0, process.exitValue(), Files.readString(log));
        String[] memory = Files.readString(folder.resolve("memory.txt")).split(" ");
        double before = Double.parseDouble(memory[0]);
        double after = Double.parseDouble(memory[1]);
        System.err.printf(
                Locale.ROOT,
                "%s: %.0f kB after %d calls, %.0f kB after %d more%n",
                backend,
                before,
                WARM_UP,
                after,
                CALLS);
        return after / before - 1;
    }

    /** The process that calls. */
    static final class Child {
        private Child() {}

        public static void main(String[] arguments) throws Exception {
            ModelDirectory model = ModelZoo.builtIn("rna-utr5");
            try (Network network = model.network(Backend.parse(arguments[0]), Device.cpu())) {
                calls(network, model, WARM_UP);
                long before = residentKilobytes();
                calls(network, model, CALLS);
                Files.writeString(Path.of(arguments[1]), before + " " + residentKilobytes());
            }
        }

        private static void calls(Network network, ModelDirectory model, int calls) {
            try (NDManager manager = network.newManager()) {
                NDList inputs = ExampleInputs.of(model.config(), network.rowsPerCall(), manager);
                for (int i = 0; i < calls; i++) {
                    network.run(inputs).close();
                }
            }
        }

        private static long residentKilobytes() throws Exception {
            for (int i = 0; i < 3; i++) {
                System.gc();
                Thread.sleep(100);
            }
            for (String line :
                    Files.readAllLines(Path.of("/proc/self/status"), StandardCharsets.UTF_8)) {
                if (line.startsWith("VmRSS:")) {
                    return Long.parseLong(line.replaceAll("\\D", ""));
                }
            }
            throw new IllegalStateException("/proc/self/status must tell VmRSS");
        }
    }
}
