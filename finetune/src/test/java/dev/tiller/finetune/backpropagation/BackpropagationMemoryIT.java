package dev.tiller.finetune.backpropagation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.training.ParameterStore;
import dev.tiller.finetune.Trainer;
import dev.tiller.finetune.backpropagation.BackpropagationOptions.Graph;
import dev.tiller.finetune.backpropagation.BackpropagationOptions.KlSteps;
import dev.tiller.finetune.objective.Objective;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.schedule.LogLinear;
import dev.tiller.zoo.architecture.DnaConv;
import dev.tiller.zoo.architecture.NamedBlock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The peak of resident memory (VmHWM) of one batch, forwards and backwards. Each is measured in a
 * JVM of its own whose heap is small and wholly resident from the start: what differs is the
 * engine's.
 */
@Tag("slow")
@EnabledOnOs(OS.LINUX)
class BackpropagationMemoryIT {
    private static final int MINUTES = 60;
    private static final double TEN_PERCENT = 0.1;
    private static final double KILOBYTES_PER_GIGABYTE = 1 << 20;

    @TempDir private Path folder;

    /**
     * A batch.
     *
     * @param hidden channels of the network
     * @param stacks its stacks of five layers
     * @param length L
     * @param rows B
     * @param steps T
     * @param truncation relaxed steps
     * @param graph what is held
     */
    private record Setting(
            int hidden, int stacks, int length, int rows, int steps, int truncation, Graph graph) {
        static Setting small(int steps, Graph graph) {
            return new Setting(32, 1, 64, 16, steps, steps, graph);
        }

        static Setting published(int truncation, Graph graph) {
            return new Setting(128, 4, 200, 32, 128, truncation, graph);
        }

        List<String> arguments() {
            return List.of(
                    Integer.toString(hidden),
                    Integer.toString(stacks),
                    Integer.toString(length),
                    Integer.toString(rows),
                    Integer.toString(steps),
                    Integer.toString(truncation),
                    graph.name());
        }
    }

    /** The control: with the graph of all steps, memory grows by more than 10 % in 32 steps. */
    @Test
    void memoryDoesNotGrowWithTheNumberOfSteps() throws Exception {
        double few = peak(Setting.small(16, Graph.PER_STEP));
        double many = peak(Setting.small(128, Graph.PER_STEP));
        assertTrue(Math.abs(many / few - 1) <= TEN_PERCENT, few + " kB to " + many + " kB");
        double wholeFew = peak(Setting.small(16, Graph.WHOLE));
        double wholeMore = peak(Setting.small(48, Graph.WHOLE));
        assertTrue(wholeMore / wholeFew > 1 + TEN_PERCENT, wholeFew + " to " + wholeMore + " kB");
    }

    /**
     * The network and the batch of the publication, which truncates to 50 steps. All 128 steps fit,
     * and need less than one graph of four.
     */
    @Test
    void thePublishedSettingFitsInFourGigabytesWithoutTruncation() throws Exception {
        double truncated = peak(Setting.published(50, Graph.PER_STEP));
        double whole = peak(Setting.published(128, Graph.PER_STEP));
        double oneGraph = peak(Setting.published(4, Graph.WHOLE));
        assertTrue(whole < 4 * KILOBYTES_PER_GIGABYTE, whole + " kB");
        assertTrue(Math.abs(whole / truncated - 1) <= TEN_PERCENT, truncated + ", " + whole);
        assertTrue(oneGraph > whole, oneGraph + " kB against " + whole + " kB");
    }

    private double peak(Setting setting) throws Exception {
        Path log = folder.resolve("log.txt");
        Path result = folder.resolve("memory.txt");
        List<String> line =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xms128m",
                                "-Xmx128m",
                                "-XX:+AlwaysPreTouch",
                                "-XX:+UseSerialGC",
                                "-Dai.djl.offline=true",
                                "-Dai.djl.pytorch.num_threads=1",
                                "-Dai.djl.pytorch.num_interop_threads=1",
                                "-Dai.djl.pytorch.graph_optimizer=false",
                                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Child.class.getName(),
                                result.toString()));
        line.addAll(setting.arguments());
        Process process =
                new ProcessBuilder(line)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        try {
            assertTrue(process.waitFor(MINUTES, TimeUnit.MINUTES), "the batch takes too long");
        } finally {
            process.destroyForcibly();
        }
        assertEquals(0, process.exitValue(), Files.readString(log));
        String[] numbers = Files.readString(result).split(" ");
        double kilobytes = Double.parseDouble(numbers[0]);
        System.err.printf(
                Locale.ROOT,
                "%s: %.2f GB, %s s, %s s of all cores%n",
                setting,
                kilobytes / KILOBYTES_PER_GIGABYTE,
                numbers[1],
                numbers[2]);
        return kilobytes;
    }

    /** The process that computes the gradient of a batch. */
    static final class Child {
        private Child() {}

        public static void main(String[] arguments) throws Exception {
            int[] numbers = new int[6];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = Integer.parseInt(arguments[i + 1]);
            }
            BackpropagationOptions options =
                    new BackpropagationOptions(
                            numbers[4],
                            1,
                            BackpropagationOptions.PUBLISHED_END,
                            numbers[5],
                            Annealing.constant(1),
                            OptionalDouble.empty(),
                            0,
                            Divergence.STEP,
                            new RisingWeight(0.01, 0),
                            KlSteps.ALL,
                            1,
                            Graph.valueOf(arguments[7]));
            DnaConv.Config config = new DnaConv.Config(numbers[0], numbers[1], 4, 0, false, 0);
            try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
                long start = System.nanoTime();
                batch(options, config, numbers[2], numbers[3], manager);
                double seconds = (System.nanoTime() - start) / 1e9;
                double busy =
                        ProcessHandle.current().info().totalCpuDuration().orElseThrow().toMillis()
                                / 1e3;
                String text =
                        String.format(Locale.ROOT, "%d %.1f %.1f", peakKilobytes(), seconds, busy);
                Files.writeString(Path.of(arguments[0]), text);
            }
        }

        private static void batch(
                BackpropagationOptions options,
                DnaConv.Config config,
                int length,
                int rows,
                NDManager manager) {
            NamedBlock network = new DnaConv(config);
            network.initialize(new Philox(1), manager);
            network.freezeParameters(false);
            ParameterStore store = new ParameterStore(manager, false);
            Objective.Forward forward =
                    (inputs, step) -> network.forward(store, inputs, true).head();
            NamedBlock frozen = new DnaConv(config);
            frozen.initialize(new Philox(2), manager);
            frozen.freezeParameters(true);
            Objective.Forward old = Trainer.evaluation(frozen, manager);
            SequenceModel model =
                    new SequenceModel(
                            new LogLinear(1e-3), "ACGT", length, false, OptionalInt.empty());
            FrozenModel pretrained = new FrozenModel(new TrainedDenoiser(model, old, -1), old);
            new RewardBackpropagation(
                            model,
                            pretrained,
                            TestRewards.smooth(),
                            options,
                            ValidationOptions.of(2),
                            rows,
                            new Philox(3))
                    .accumulate(forward, new int[rows], 0, manager);
        }

        private static long peakKilobytes() throws Exception {
            for (String line :
                    Files.readAllLines(Path.of("/proc/self/status"), StandardCharsets.UTF_8)) {
                if (line.startsWith("VmHWM:")) {
                    return Long.parseLong(line.replaceAll("\\D", ""));
                }
            }
            throw new IllegalStateException("no VmHWM");
        }
    }
}
