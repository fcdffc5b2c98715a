package dev.tiller.finetune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.tiller.finetune.objective.Objective;
import dev.tiller.finetune.objective.Regression;
import dev.tiller.finetune.objective.ScalarLoss;
import dev.tiller.zoo.weights.SafeTensors;
import dev.tiller.zoo.weights.WeightFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainerIT {
    @TempDir private Path folder;

    /** What a run leaves behind, to the last byte. */
    private record Result(
            Map<String, byte[]> weights, String metrics, long step, long steps, double loss) {
        void assertSame(Result other) {
            assertEquals(metrics, other.metrics);
            assertEquals(weights.keySet(), other.weights.keySet());
            weights.forEach((name, bytes) -> assertArrayEquals(bytes, other.weights.get(name)));
            assertEquals(step, other.step);
            assertEquals(steps, other.steps);
            assertEquals(loss, other.loss);
        }
    }

    private static Regression counting() {
        return new Regression(Toys.counting(200, 1), Toys.counting(60, 2), Toys.LETTERS);
    }

    private static Result train(
            Path run, TrainingOptions options, Objective objective, TrainingListener listener)
            throws IOException {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            TrainedWeights trained =
                    new Trainer(options, Toys::convGru, manager, run, listener).train(objective);
            Map<String, byte[]> weights = new LinkedHashMap<>();
            trained.average().forEach((name, array) -> weights.put("average." + name, of(array)));
            trained.raw().forEach((name, array) -> weights.put("raw." + name, of(array)));
            return new Result(
                    weights,
                    Files.readString(run.resolve("metrics.csv")),
                    trained.step(),
                    trained.steps(),
                    trained.validationLoss());
        }
    }

    private static byte[] of(NDArray array) {
        return array.toByteArray();
    }

    private static List<String> checkpoints(Path run) throws IOException {
        try (Stream<Path> files = Files.list(run.resolve("checkpoints"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("step-"))
                    .sorted()
                    .toList();
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                Files.createDirectories(target.getParent());
                Files.copy(file, target);
            }
        }
    }

    /** Dropout, running statistics, moments and averages all have to be where they were. */
    @Test
    void endsWithTheSameBytesFromAnyCheckpoint() throws IOException {
        TrainingOptions options = Toys.options(40, 8, 9, 9);
        Path whole = folder.resolve("whole");
        Result expected = train(whole, options, counting(), Toys.silent());
        assertEquals(5, checkpoints(whole).size());
        for (String last : List.of("step-00000008", "step-00000024", "step-00000040")) {
            Path run = folder.resolve(last);
            for (String checkpoint : checkpoints(whole)) {
                if (checkpoint.compareTo(last) <= 0) {
                    Path from = whole.resolve("checkpoints").resolve(checkpoint);
                    copy(from, run.resolve("checkpoints").resolve(checkpoint));
                }
            }
            // what a kill in the middle of the next checkpoint leaves; metrics.csv is not there yet
            Path unfinished = Files.createDirectories(run.resolve("checkpoints/unfinished/deeper"));
            Files.writeString(unfinished.resolve("state.safetensors"), "half a file");
            Files.writeString(run.resolve("metrics.csv.unfinished"), "step");
            expected.assertSame(train(run, options, counting(), Toys.silent()));
        }
    }

    @Test
    void endsWithTheSameBytesWhenInterruptedAtEachStep() throws IOException {
        TrainingOptions options = Toys.options(6, 4, 9, 1);
        Result expected = train(folder.resolve("whole"), options, counting(), Toys.silent());
        Path run = folder.resolve("run");
        for (int step = 1; step < 6; step++) {
            TrainingInterruptedException interrupted =
                    assertThrows(
                            TrainingInterruptedException.class,
                            () ->
                                    train(
                                            run,
                                            options,
                                            counting(),
                                            Toys.listener(at -> {}, () -> true)));
            assertEquals(
                    "interrupted after step " + step + "; a checkpoint was written",
                    interrupted.getMessage());
        }
        // the last step is no interruption
        Result result = train(run, options, counting(), Toys.listener(at -> {}, () -> true));
        expected.assertSame(result);
    }

    @Test
    void keepsAsManyCheckpointsAsAsked() throws IOException {
        for (int keep : new int[] {1, 3}) {
            Path run = folder.resolve("keep" + keep);
            train(run, Toys.options(20, 5, 9, keep), counting(), Toys.silent());
            List<String> all =
                    List.of("step-00000005", "step-00000010", "step-00000015", "step-00000020");
            assertEquals(all.subList(4 - keep, 4), checkpoints(run));
        }
    }

    /** The best weights outlive the checkpoint that they were in. */
    @Test
    void keepsTheBestWeightsBesideTheCheckpoints() throws IOException {
        Path run = folder.resolve("run");
        Result result =
                train(run, Toys.options(12, 3, 9, 1), scripted(5, 3, 4, 6, 7), Toys.silent());
        assertEquals(3, result.step());
        assertEquals(List.of("step-00000012"), checkpoints(run));
        Path best = run.resolve("checkpoints/best");
        assertEquals(
                "{\"step\":3,\"loss\":3.0,\"validation\":{\"alpha\":3.0,\"zeta\":1.0}}",
                Files.readString(best.resolve("metrics.json")));
        try (NDManager manager = NDManager.newBaseManager(Device.cpu());
                WeightFile average = SafeTensors.read(best.resolve("model.safetensors"), manager);
                WeightFile raw = SafeTensors.read(best.resolve("raw.safetensors"), manager)) {
            average.tensors()
                    .forEach(
                            (n, a) ->
                                    assertArrayEquals(result.weights().get("average." + n), of(a)));
            raw.tensors()
                    .forEach((n, a) -> assertArrayEquals(result.weights().get("raw." + n), of(a)));
            assertEquals(result.weights().size(), average.tensors().size() + raw.tensors().size());
        }
    }

    /** An objective that says stop, and whose steps have numbers. */
    private static Objective stopping(int stopAt, double... losses) {
        Objective scripted = scripted(losses);
        int[] validations = {0};
        return new Objective() {
            @Override
            public int examples() {
                return scripted.examples();
            }

            @Override
            public Evaluated accumulate(Forward network, int[] batch, long step, NDManager scope) {
                double loss = scripted.accumulate(network, batch, step, scope).loss();
                return new Evaluated(loss, Map.of("batch_number", (double) step));
            }

            @Override
            public Validation validate(Forward network, NDManager scope) {
                Validation validation = scripted.validate(network, scope);
                String stop = validations[0]++ == stopAt ? "far enough (stop.max_kl)" : null;
                return new Validation(validation.loss(), validation.metrics(), stop);
            }
        };
    }

    @Test
    void stopsWhereTheObjectiveSaysSoAndGivesTheWeightsBefore() throws IOException {
        List<String> notes = new ArrayList<>();
        TrainingListener listener =
                new TrainingListener() {
                    @Override
                    public void stepDone(Progress progress, long maxSteps) {}

                    @Override
                    public void note(String line) {
                        notes.add(line);
                    }

                    @Override
                    public boolean interrupted() {
                        return false;
                    }
                };
        Path run = folder.resolve("run");
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            TrainedWeights weights =
                    new Trainer(Toys.options(100, 2, 9, 1), Toys::convGru, manager, run, listener)
                            .train(stopping(2, 5, 4, 3));
            assertEquals("far enough (stop.max_kl)", weights.stop());
            assertEquals(4, weights.steps());
            assertEquals(2, weights.step());
            assertEquals(4, weights.validationLoss());
            assertEquals(4.0, weights.validation().get("alpha"));
        }
        assertEquals(List.of("training ended at step 4: far enough (stop.max_kl)"), notes);
        // a resumed run has nothing left to do, and knows why
        Result resumed = train(run, Toys.options(100, 2, 9, 1), scripted(), listener);
        assertEquals(4, resumed.steps());
        assertEquals(notes.get(0), notes.get(1));
        // where the first look says stop there is nothing else to give
        Result first =
                train(folder.resolve("first"), Toys.options(9, 2, 9, 1), stopping(0, 5), listener);
        assertEquals(0, first.steps());
        assertEquals(2, first.metrics().lines().count());
    }

    /** Means over the steps since the row before, also where a kill came in between. */
    @Test
    void averagesTheNumbersOfTheSteps() throws IOException {
        Path run = folder.resolve("run");
        TrainingOptions options = Toys.options(6, 3, 9, 1);
        int[] asked = {0};
        assertThrows(
                TrainingInterruptedException.class,
                () ->
                        train(
                                run,
                                options,
                                stopping(-1, 5, 4, 3),
                                Toys.listener(at -> {}, () -> ++asked[0] == 5)));
        Result result = train(run, options, stopping(-1, 3), Toys.silent());
        List<String[]> lines = result.metrics().lines().map(line -> line.split(",")).toList();
        assertEquals("batch_number", lines.get(0)[4]);
        assertEquals(
                List.of("NaN", "1.0", "4.0"),
                lines.subList(1, lines.size()).stream().map(line -> line[4]).toList());
    }

    /** An objective whose validations are given beforehand. */
    private static Objective scripted(double... losses) {
        Regression regression = counting();
        int[] next = {0};
        return new ScalarLoss() {
            @Override
            public int examples() {
                return regression.examples();
            }

            @Override
            public NDArray loss(Forward network, int[] batch, long step, NDManager scope) {
                return regression.loss(network, batch, step, scope);
            }

            @Override
            public Validation validate(Forward network, NDManager scope) {
                double loss = losses[next[0]++];
                return new Validation(loss, Map.of("zeta", 1.0, "alpha", loss));
            }
        };
    }

    @Test
    void returnsTheBestWeightsAndStopsWhenPatienceEnds() throws IOException {
        Result best =
                train(
                        folder.resolve("short"),
                        Toys.options(6, 3, 2, 1),
                        scripted(5, 4, 3),
                        Toys.silent());
        assertEquals(6, best.step());
        List<Double> bests = new ArrayList<>();
        Result stopped =
                train(
                        folder.resolve("long"),
                        Toys.options(100, 3, 2, 1),
                        // better at steps 3 and 6, worse at 9, equal at 12: that is no gain
                        scripted(5, 4, 3, 7, 3),
                        Toys.listener(at -> bests.add(at.best()), () -> false));
        assertEquals(6, stopped.step());
        assertEquals(12, stopped.steps());
        assertEquals(3, stopped.loss());
        best.weights().forEach((n, bytes) -> assertArrayEquals(bytes, stopped.weights().get(n)));
        assertEquals(List.of(5.0, 5.0, 4.0, 4.0, 4.0, 3.0), bests.subList(0, 6));
        // resumed, there is nothing left to do
        stopped.assertSame(
                train(
                        folder.resolve("long"),
                        Toys.options(100, 3, 2, 1),
                        scripted(),
                        Toys.silent()));
    }

    @Test
    void returnsTheInitialWeightsIfNothingIsBetter() throws IOException {
        Result result =
                train(
                        folder.resolve("run"),
                        Toys.options(100, 1, 3, 1),
                        scripted(1, 2, 2, 2),
                        Toys.silent());
        assertEquals(0, result.step());
        assertEquals(3, result.steps());
        assertTrue(
                result.weights().keySet().stream()
                        .filter(name -> name.startsWith("raw."))
                        .allMatch(
                                name ->
                                        Arrays.equals(
                                                result.weights().get(name),
                                                result.weights()
                                                        .get(name.replace("raw.", "average.")))));
    }

    @Test
    void writesOneLineOfMetricsForEachValidation() throws IOException {
        Result result =
                train(
                        folder.resolve("run"),
                        Toys.options(5, 2, 9, 1),
                        scripted(5, 4, 3, 2),
                        Toys.silent());
        List<String> lines = result.metrics().lines().toList();
        assertEquals(
                "step,loss,gradient_norm,learning_rate,validation_alpha,validation_zeta",
                lines.get(0));
        assertTrue(lines.get(1).startsWith("0,NaN,0.0,"), lines.get(1));
        assertTrue(lines.get(1).endsWith(",5.0,1.0"), lines.get(1));
        // the last step validates too
        assertEquals(
                List.of("0", "2", "4", "5"),
                lines.subList(1, lines.size()).stream().map(l -> l.split(",")[0]).toList());
    }

    @Test
    void refusesAValidationThatIsNotFinite() {
        assertEquals(
                "the validation loss must be finite, got NaN at step 2; lower the learning rate, or"
                        + " look at the validation examples",
                assertThrows(
                                IllegalStateException.class,
                                () ->
                                        train(
                                                folder.resolve("run"),
                                                Toys.options(9, 2, 9, 1),
                                                scripted(1, Double.NaN),
                                                Toys.silent()))
                        .getMessage());
        assertFalse(Files.exists(folder.resolve("run/checkpoints")));
    }
}
