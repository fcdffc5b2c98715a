package dev.tiller.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.rewards.protein.Backbone;
import dev.tiller.zoo.architecture.ProteinMpnn;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Long proteins, with a network of the published size. */
class LongBackboneIT {
    private static final int MINUTES = 5;

    @TempDir private Path folder;

    /** The published size: 128 features, 3 + 3 layers, 30 neighbours. */
    private static ModelDirectory published(Path folder) {
        return ProteinModels.write(folder.resolve("published"), ProteinMpnn.Config.defaults(), 1);
    }

    /** The heap would not hold a matrix of all distances. */
    @Test
    void neighboursNeedNoMatrix() {
        int length = 30_000;
        BackboneGraph graph = BackboneGraph.of(Helices.of(length), 4);
        int[] last = Arrays.copyOfRange(graph.indices(), 4 * (length - 1), 4 * length);
        assertEquals(length - 1, last[0]);
        assertTrue(Arrays.stream(last).allMatch(i -> i > length - 6));
    }

    /** The second call finds the backbone encoded, and gives the same bytes. */
    @Test
    @Tag("slow")
    void keepingSavesTheTimeOfEncoding() {
        ModelDirectory model = published(folder);
        Backbone helix = Helices.of(500);
        try (ProteinNetwork network =
                        ProteinNetwork.open(model, Backend.PYTORCH, Device.cpu(), 512, 1);
                BackboneDenoiser denoiser = new BackboneDenoiser(network, List.of(helix));
                ProteinNetwork other =
                        ProteinNetwork.open(model, Backend.PYTORCH, Device.cpu(), 512, 1);
                BackboneDenoiser forgetful =
                        new BackboneDenoiser(other, List.of(helix, Helices.of(2)));
                NDManager manager = NDManager.newBaseManager()) {
            long[] masks = new long[500];
            Arrays.fill(masks, 21);
            NDArray xt = manager.create(masks, new Shape(1, 500));
            double kept = Double.POSITIVE_INFINITY;
            double anew = Double.POSITIVE_INFINITY;
            for (int i = 0; i < 5; i++) {
                long start = System.nanoTime();
                float[] first = denoiser.logPosterior(xt, new double[1]).toFloatArray();
                kept = Math.min(kept, (System.nanoTime() - start) / 1e6);
                // another backbone takes the only place
                forgetful.given(new int[] {1}).logPosterior(xt, new double[1]).close();
                start = System.nanoTime();
                float[] second =
                        forgetful
                                .given(new int[] {0})
                                .logPosterior(xt, new double[1])
                                .toFloatArray();
                anew = Math.min(anew, (System.nanoTime() - start) / 1e6);
                assertArrayEquals(first, second);
            }
            System.err.printf(
                    Locale.ROOT, "500 residues: %.0f ms kept, %.0f ms anew%n", kept, anew);
            assertTrue(kept < anew, kept + " ms against " + anew + " ms");
        }
    }

    /** What the process needs at most beyond the JVM and the engine, in a JVM of its own. */
    @ParameterizedTest
    @CsvSource({"500, 400, PYTORCH", "3000, 2000, PYTORCH", "3000, 2000, ONNX"})
    @Tag("slow")
    @EnabledOnOs(OS.LINUX)
    void memoryIsBounded(int length, int megabytes, Backend backend) throws Exception {
        published(folder);
        Path log = folder.resolve("log.txt");
        List<String> line =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx256m",
                                "-XX:+UseSerialGC",
                                "-Dai.djl.offline=true",
                                "-Dai.djl.pytorch.num_threads=1",
                                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Child.class.getName(),
                                folder.resolve("published").toString(),
                                Integer.toString(length),
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
        long needed = (Long.parseLong(memory[1]) - Long.parseLong(memory[0])) / 1024;
        System.err.printf(
                Locale.ROOT,
                "%d residues on %s: %d MB; first call %s ms, second %s ms%n",
                length,
                backend,
                needed,
                memory[2],
                memory[3]);
        assertTrue(needed <= megabytes, needed + " MB");
    }

    /** The process that calls. */
    static final class Child {
        private Child() {}

        public static void main(String[] arguments) throws Exception {
            int length = Integer.parseInt(arguments[1]);
            Backend backend = Backend.parse(arguments[2].toLowerCase(Locale.ROOT));
            List<Backbone> backbones = List.of(Helices.of(8), Helices.of(length));
            try (BackboneDenoiser denoiser =
                            ModelZoo.inverseFolding(
                                    arguments[0], backend, Device.cpu(), backbones);
                    NDManager manager = NDManager.newBaseManager()) {
                long[] masks = new long[length];
                Arrays.fill(masks, 21);
                NDArray xt = manager.create(masks, new Shape(1, length));
                denoiser.given(new int[] {0}).logPosterior(xt, new double[1]).close();
                long before = peakKilobytes();
                StringBuilder times = new StringBuilder();
                for (int i = 0; i < 2; i++) {
                    long start = System.nanoTime();
                    denoiser.given(new int[] {1}).logPosterior(xt, new double[1]).close();
                    times.append(' ').append((System.nanoTime() - start) / 1_000_000);
                }
                Files.writeString(Path.of(arguments[3]), before + " " + peakKilobytes() + times);
            }
        }

        private static long peakKilobytes() throws Exception {
            for (String line :
                    Files.readAllLines(Path.of("/proc/self/status"), StandardCharsets.UTF_8)) {
                if (line.startsWith("VmHWM:")) {
                    return Long.parseLong(line.replaceAll("\\D", ""));
                }
            }
            throw new IllegalStateException("/proc/self/status must tell VmHWM");
        }
    }
}
