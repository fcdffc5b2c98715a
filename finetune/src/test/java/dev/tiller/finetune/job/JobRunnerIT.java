package dev.tiller.finetune.job;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.finetune.TrainingInterruptedException;
import dev.tiller.rewards.Designs;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.Rewards;
import dev.tiller.zoo.Backend;
import dev.tiller.zoo.ClassDenoisers;
import dev.tiller.zoo.ModelConfig;
import dev.tiller.zoo.ModelZoo;
import dev.tiller.zoo.NetworkDenoiser;
import dev.tiller.zoo.NetworkValue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs from the YAML file to the model folder, uninterrupted and not. */
class JobRunnerIT {
    private static final List<String> RESULTS =
            List.of(
                    "model/model.safetensors",
                    "model/raw.safetensors",
                    "model/README.md",
                    "model/config.json",
                    "result.json",
                    "metrics.csv");

    @TempDir private Path folder;

    private void assertSameResults(Path expected, Path actual) throws Exception {
        for (String file : RESULTS) {
            assertArrayEquals(
                    Files.readAllBytes(expected.resolve(file)),
                    Files.readAllBytes(actual.resolve(file)),
                    file);
        }
    }

    @Test
    void anInterruptedJobEndsWithTheSameBytes() throws Exception {
        Path job = ToyJobs.regression(folder);
        Path whole = folder.resolve("whole");
        ToyJobs.run(job, whole, false, step -> false);
        Path parts = folder.resolve("parts");
        for (int stop :
                new int[] {7, 23}) { // between validations, where dropout and batch norm are
            assertThrows(
                    TrainingInterruptedException.class,
                    () -> ToyJobs.run(job, parts, stop == 23, step -> step == stop));
            assertFalse(Files.exists(parts.resolve("model")));
        }
        Files.createDirectories(parts.resolve("checkpoints/unfinished")); // as a kill leaves it
        ToyJobs.run(job, parts, true, step -> false);
        assertSameResults(whole, parts);
        try (Stream<Path> checkpoints = Files.list(parts.resolve("checkpoints"))) {
            assertEquals(
                    2,
                    checkpoints.filter(f -> f.getFileName().toString().startsWith("step-")).count(),
                    "keep_checkpoints");
        }
    }

    /** Killed as soon as a checkpoint is there, while one is written, and a moment later. */
    @Test
    void aKilledJobEndsWithTheSameBytes() throws Exception {
        Path job = ToyJobs.regression(folder);
        Path whole = folder.resolve("whole");
        assertEquals(0, child(job, whole, false).waitFor());
        Path killed = folder.resolve("killed");
        killAfter(job, killed, false, "step-00000010", 0);
        assertFalse(Files.exists(killed.resolve("model")), "killed before its end");
        killAfter(job, killed, true, "unfinished", 0);
        killAfter(job, killed, true, "step-00000030", 2);
        assertEquals(0, child(job, killed, true).waitFor());
        assertSameResults(whole, killed);
        assertSameCheckpoints(whole, killed);
    }

    /** What a kill between any two files of a validation leaves, made by hand. */
    @Test
    void bringsWhatFollowsFromACheckpointToItsState() throws Exception {
        Path job = ToyJobs.regression(folder);
        Path run = folder.resolve("run");
        ToyJobs.run(job, run, false, step -> false);
        Path whole = folder.resolve("copy");
        copy(run, whole);
        Path checkpoints = run.resolve("checkpoints");
        // killed before the metrics
        Files.writeString(run.resolve("metrics.csv"), "step,loss\n0,1\n");
        // before the best weights were put in place, or between their files
        Files.delete(checkpoints.resolve("best/metrics.json"));
        Files.createDirectories(checkpoints.resolve("unfinished"));
        // in the middle of the rotation
        Files.createDirectories(checkpoints.resolve("step-00000020"));
        Files.writeString(checkpoints.resolve("step-00000020/state.json"), "{");
        // before the model was whole
        Files.delete(run.resolve("model/config.json"));
        Files.delete(run.resolve("result.json"));
        ToyJobs.run(job, run, true, step -> false);
        assertSameResults(whole, run);
        assertSameCheckpoints(whole, run);
    }

    private static void copy(Path from, Path to) throws Exception {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    private static void assertSameCheckpoints(Path expected, Path actual) throws Exception {
        List<String> names = checkpointFiles(expected);
        assertEquals(names, checkpointFiles(actual));
        assertEquals(2 * 2 + 3, names.size(), names.toString());
        for (String name : names) {
            assertArrayEquals(
                    Files.readAllBytes(expected.resolve(name)),
                    Files.readAllBytes(actual.resolve(name)),
                    name);
        }
    }

    private static List<String> checkpointFiles(Path run) throws Exception {
        try (Stream<Path> files = Files.walk(run.resolve("checkpoints"))) {
            return files.filter(Files::isRegularFile)
                    .map(file -> run.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    /** Runs a job in a process of its own and kills it as soon as it has written a checkpoint. */
    static void killAfter(Path job, Path out, String step) throws Exception {
        killAfter(job, out, false, step, 0);
    }

    /** Runs a job in a process of its own and kills it once a folder of checkpoints is there. */
    private static void killAfter(Path job, Path out, boolean resume, String name, int delay)
            throws Exception {
        Path checkpoint = out.resolve("checkpoints").resolve(name);
        assertFalse(Files.exists(checkpoint), name);
        Process process = child(job, out, resume);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
        while (!Files.exists(checkpoint) && process.isAlive()) {
            assertTrue(System.nanoTime() < deadline, "no checkpoint was written in time");
            Thread.sleep(0, 200_000);
        }
        Thread.sleep(delay);
        process.destroyForcibly().waitFor();
    }

    static Process child(Path job, Path out, boolean resume) throws Exception {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-Dai.djl.offline=true",
                        "-DOPT_OUT_TRACKING=true",
                        "-Dai.djl.pytorch.num_threads=1",
                        "-Dai.djl.pytorch.num_interop_threads=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ToyJobs.class.getName(),
                        job.toString(),
                        out.toString(),
                        Boolean.toString(resume))
                .redirectErrorStream(true)
                .redirectOutput(job.resolveSibling("log").toFile())
                .start();
    }

    @Test
    void trainsADenoiserThatIsToldClasses() throws Exception {
        Path run = folder.resolve("classes");
        ToyJobs.run(ToyJobs.denoiserWithClasses(folder), run, false, step -> false);
        String model = run.resolve("model").toString();
        ModelConfig config = ModelZoo.find(model).config();
        assertEquals(List.of("few", "many"), config.classes());
        assertEquals(2, config.label(), "none given, unless told");
        assertEquals(1, ModelZoo.find(model).classNumber("many"));
        String card = ModelZoo.card(model);
        for (String part :
                List.of("test nelbo |", "test nelbo without class |", "- classes: few, many")) {
            assertTrue(card.contains(part), card);
        }
        try (ClassDenoisers both =
                ModelZoo.classDenoisers(model, 1, Backend.PYTORCH, Device.cpu())) {
            assertEquals(12, config.length());
            assertEquals(4, both.conditional().cleanTokens());
        }
    }

    @Test
    void trainsAClassifierWhoseRewardIsInLogOdds() throws Exception {
        Path run = folder.resolve("kind");
        ToyJobs.run(ToyJobs.classifier(folder), run, false, step -> false);
        String model = run.resolve("model").toString();
        assertEquals(new ModelConfig.Target(0, 1), ModelZoo.find(model).config().target());
        String card = ModelZoo.card(model);
        for (String part : List.of("test log loss", "test auroc", "test accuracy")) {
            assertTrue(card.contains(part), card);
        }
        try (Reward reward =
                Rewards.load().create("model", Map.of("path", model), RewardContext.cpu())) {
            double[] scores = reward.score(new Designs(List.of("AAAAAACGTACG", "CGTCGTCGTCGT")));
            assertTrue(scores[0] > scores[1], scores[0] + " and " + scores[1]);
            assertTrue(reward.differentiable().isPresent());
        }
    }

    @Test
    void trainsADenoiserAndItsValueNetwork() throws Exception {
        Path run = folder.resolve("denoiser");
        ToyJobs.run(ToyJobs.denoiser(folder), run, false, step -> false);
        Path model = run.resolve("model");
        Path valueRun = folder.resolve("value");
        ToyJobs.run(ToyJobs.softValue(folder, model), valueRun, false, step -> false);
        try (NDManager manager = NDManager.newBaseManager();
                NetworkDenoiser denoiser = ModelZoo.denoiser(model.toString(), Device.cpu());
                NetworkValue value =
                        ModelZoo.value(valueRun.resolve("model").toString(), Device.cpu())) {
            NDArray masks =
                    manager.full(new Shape(2, ToyJobs.LENGTH), 4L)
                            .toType(ai.djl.ndarray.types.DataType.INT64, true);
            NDArray sums =
                    denoiser.logPosterior(masks, new double[] {1, 1}).exp().sum(new int[] {2});
            for (float sum : sums.toFloatArray()) {
                assertEquals(1, sum, 1e-5);
            }
            // gc-content of random letters is between -0.5 and 0
            for (float estimate : value.values(masks).toFloatArray()) {
                assertTrue(estimate > -0.6 && estimate < 0.3, "value " + estimate);
            }
        }
        String card = Files.readString(model.resolve("README.md"));
        for (String part : List.of("test nelbo", "seed: 4", "license: apache-2.0")) {
            assertTrue(card.contains(part), card);
        }
        List<String> metrics = Files.readAllLines(run.resolve("metrics.csv"));
        assertEquals("step,loss,gradient_norm,learning_rate,validation_nelbo", metrics.get(0));
        assertEquals(1 + 5, metrics.size()); // validated at 0, 10, 20, 30 and 40
    }

    @Test
    void learns() throws Exception {
        Path run = folder.resolve("run");
        ToyJobs.run(ToyJobs.regression(folder), run, false, step -> false);
        String card = Files.readString(run.resolve("model/README.md"));
        double pearson =
                Double.parseDouble(card.split("test pearson with measured \\| ")[1].split(" ")[0]);
        assertTrue(pearson > 0.8, "Pearson " + pearson);
    }

    @Test
    void guardsARunThatIsThere() throws Exception {
        Path job = ToyJobs.denoiser(folder);
        Path out = folder.resolve("out");
        TrainingJob read = JobFile.read(job, List.of());
        JobFolder.open(out, read, false, false);
        IllegalArgumentException refused =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> JobFolder.open(out, read, false, false));
        assertTrue(refused.getMessage().contains("holds a run; use --resume"));
        TrainingJob other = JobFile.read(job, List.of("seed=9"));
        IllegalArgumentException different =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> JobFolder.open(out, other, true, false));
        assertTrue(different.getMessage().contains("holds another job"));
        JobFolder.open(out, other, false, true);
    }
}
