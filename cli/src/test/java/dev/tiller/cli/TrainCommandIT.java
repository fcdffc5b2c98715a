package dev.tiller.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tiller.cli.train.ToyJob;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tiller train}: one job, batches, sweeps, processes, interruptions. */
class TrainCommandIT {
    @TempDir private Path folder;

    private static CommandLineRun train(Object... arguments) {
        List<Object> all = new ArrayList<>(List.of("train"));
        all.addAll(Arrays.asList(arguments));
        return CommandLineRun.of(all.toArray());
    }

    private List<String> names(String below) throws Exception {
        try (Stream<Path> files = Files.list(folder.resolve(below))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static void assertSameBytes(Path expected, Path actual) throws Exception {
        for (String file :
                List.of("model/model.safetensors", "model/raw.safetensors", "metrics.csv")) {
            assertArrayEquals(
                    Files.readAllBytes(expected.resolve(file)),
                    Files.readAllBytes(actual.resolve(file)),
                    file);
        }
    }

    @Test
    void aDryRunWritesNothingAndWhatItPrintsIsTheSameJob() throws Exception {
        Path job = ToyJob.write(folder, "toy", 10, "");
        CommandLineRun dry = train(job, "--dry-run", "--set", "seed=3", "--threads", 1);
        assertEquals(0, dry.exitCode(), dry.err());
        assertEquals(List.of("table.tsv", "toy.yaml"), names("."));
        for (String part :
                List.of(
                        "# folder: " + folder.resolve("runs/toy") + " (new)\n",
                        "# parameters: 253, of which 253 are trained\n",
                        "# steps: at most 10, with 3 validations\n",
                        "# denoiser rows: at most 0 forward, 0 with gradient, 0 of",
                        "# memory: about 400 MiB",
                        "learning_rate: 3.0E-4",
                        "keep_checkpoints: 2",
                        "sequence_column: sequence")) {
            assertTrue(dry.out().contains(part), part + " in " + dry.out());
        }
        Path filled = Files.writeString(folder.resolve("filled.yaml"), dry.out());
        Path a = folder.resolve("a");
        Path b = folder.resolve("b");
        CommandLineRun run = train(job, "--set", "seed=3", "--out", a, "--threads", 1);
        assertEquals(0, run.exitCode(), run.err());
        assertEquals("wrote " + a.resolve("model") + "\n", run.out());
        assertEquals(0, train(filled, "--out", b, "--threads", 1, "--quiet").exitCode());
        assertSameBytes(a, b);
        assertTrue(names("a").get(1).startsWith("events.out.tfevents."), names("a").toString());
        assertEquals(
                List.of("job.yaml", "log.txt", "metrics.csv", "model", "result.json"),
                names("a").subList(2, 7));
        assertTrue(
                Files.readString(a.resolve("log.txt")).contains("Z training ended at step 10: all"),
                "log.txt");
        assertTrue(run.err().contains("training 100 % 10/10 loss "), run.err());
        // resumed, there is nothing to do
        CommandLineRun again = train(job, "--set", "seed=3", "--out", a, "--resume");
        assertEquals(0, again.exitCode(), again.err());
        assertTrue(again.err().contains("is finished"), again.err());
    }

    @Test
    void aBatchGoesOnAfterAFailedJob() throws Exception {
        Path good = ToyJob.write(folder, "good", 5, "");
        Path bad = ToyJob.write(folder, "bad", 5, "");
        Files.writeString(bad, Files.readString(bad).replace("table.tsv", "none.tsv"));
        CommandLineRun run = train(bad, good, "--quiet");
        assertEquals(1, run.exitCode(), run.err());
        String[] rows = run.out().split("\n");
        assertEquals(4, rows.length, run.out());
        assertTrue(rows[2].startsWith("| bad  | refused  |"), rows[2]);
        assertTrue(rows[2].contains("data.table must be a file"), rows[2]);
        assertTrue(rows[3].matches("\\| good \\| finished \\| [0-9.]+ .*\\| 5 .*"), rows[3]);
        assertTrue(Files.exists(folder.resolve("runs/good/model/config.json")));
        assertFalse(Files.exists(folder.resolve("runs/bad")), "nothing is left of a refused job");
        assertEquals(2, train(bad, bad, "--out", folder).exitCode());
        CommandLineRun again = train(bad, good, "--quiet", "--resume");
        assertEquals(1, again.exitCode(), again.err());
        assertTrue(again.out().contains("| finished before |"), again.out());
        // nothing ran, and all that is wrong is what was given
        Path worse = ToyJob.write(folder, "worse", 5, "");
        Files.writeString(worse, Files.readString(worse).replace("table.tsv", "none.tsv"));
        assertEquals(2, train(bad, worse, "--quiet", "--overwrite").exitCode());
    }

    @Test
    void nothingStartsIfOneJobIsUnsound() throws Exception {
        Path good = ToyJob.write(folder, "good", 5, "");
        Path bad = ToyJob.write(folder, "bad", 0, "");
        CommandLineRun run = train(good, bad);
        assertEquals(2, run.exitCode());
        assertEquals("tiller: " + bad + " (bad): max_steps must be at least 1, got 0\n", run.err());
        Files.createDirectories(folder.resolve("runs/b"));
        Files.writeString(folder.resolve("runs/b/photo.jpg"), "");
        CommandLineRun full = train(good, ToyJob.write(folder, "b", 5, ""));
        assertEquals(2, full.exitCode());
        assertTrue(full.err().contains("out must be a new or empty folder"), full.err());
        assertFalse(Files.exists(folder.resolve("runs/good")));
    }

    @Test
    void sweepsInProcessesGiveTheBytesOfSweepsInOrder() throws Exception {
        Path job =
                ToyJob.write(folder, "toy", 10, "sweep: {training.learning_rate: [0.01, 0.1]}\n");
        CommandLineRun dry = train(job, "--dry-run");
        assertEquals(2, dry.out().split("name: toy-learning_rate=").length - 1, dry.out());
        CommandLineRun order =
                train(job, "--out", folder.resolve("order"), "--threads", 1, "--quiet");
        assertEquals(0, order.exitCode(), order.err());
        Path parallel = folder.resolve("parallel");
        CommandLineRun both =
                train(job, "--out", parallel, "--threads", 2, "--parallel", 2, "--device", "cpu");
        assertEquals(0, both.exitCode(), both.out() + both.err());
        List<String> runs = List.of("toy-learning_rate=0.01", "toy-learning_rate=0.1");
        assertEquals(
                List.of(runs.get(0), runs.get(0) + ".log", runs.get(1), runs.get(1) + ".log"),
                names("parallel"));
        for (String run : runs) {
            assertSameBytes(folder.resolve("order").resolve(run), parallel.resolve(run));
            assertTrue(
                    Files.readString(parallel.resolve(run + ".log")).contains("wrote "), "the log");
            assertTrue(both.out().contains("| " + run), both.out());
        }
        assertFalse(
                Arrays.equals(
                        Files.readAllBytes(parallel.resolve(runs.get(0) + "/metrics.csv")),
                        Files.readAllBytes(parallel.resolve(runs.get(1) + "/metrics.csv"))));
    }

    @Test
    void anInterruptedBatchIsResumedAsAWhole() throws Exception {
        Path first = ToyJob.write(folder, "first", 5, "");
        Path second = ToyJob.write(folder, "second", 400, "");
        Path third = ToyJob.write(folder, "third", 5, "");
        Path out = folder.resolve("out");
        Path log = folder.resolve("log.txt");
        Object[] batch = {
            first, second, third, "--set", "card={summary: 'a toy'}", "--out", out, "--threads", 1
        };
        Process process =
                CommandLineRun.start(
                        log, Stream.concat(Stream.of("train"), Stream.of(batch)).toArray());
        Path checkpoint = out.resolve("second/checkpoints/step-00000005");
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
        while (!Files.exists(checkpoint) && process.isAlive()) {
            assertTrue(System.nanoTime() < deadline, "no checkpoint was written in time");
            Thread.sleep(1);
        }
        process.destroy();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        String text = Files.readString(log);
        String resume =
                "interrupted; resume with: tiller train "
                        + first
                        + " "
                        + second
                        + " "
                        + third
                        + " --set 'card={summary: '\\''a toy'\\''}' --out "
                        + out
                        + " --threads 1 --resume";
        assertTrue(text.contains(resume), text);
        assertTrue(text.contains("| not started |"), text);
        assertFalse(Files.exists(out.resolve("second/model")));
        assertFalse(Files.exists(out.resolve("third")));
        CommandLineRun resumed =
                train(Stream.concat(Stream.of(batch), Stream.of("--resume", "--quiet")).toArray());
        assertEquals(0, resumed.exitCode(), resumed.out() + resumed.err());
        assertTrue(resumed.out().contains("| first  | finished before |"), resumed.out());
        Path whole = folder.resolve("whole");
        batch[6] = whole;
        assertEquals(
                0,
                train(Stream.concat(Stream.of(batch), Stream.of("--quiet")).toArray()).exitCode());
        for (String name : List.of("first", "second", "third")) {
            assertSameBytes(whole.resolve(name), out.resolve(name));
        }
    }

    @Test
    void namesTheRightCommandAndPrintsTheSchema() throws Exception {
        Path job = ToyJob.write(folder, "toy", 5, "");
        CommandLineRun wrong = CommandLineRun.of("finetune", job);
        assertEquals(2, wrong.exitCode());
        assertEquals(
                "tiller: finetune does not take jobs of objective regression; use: tiller"
                        + " train "
                        + job
                        + "\n",
                wrong.err());
        CommandLineRun schema = CommandLineRun.of("schema");
        assertEquals(0, schema.exitCode());
        assertTrue(schema.out().contains("\"backpropagation\""), schema.out());
        assertEquals(2, train(job, "--parallel", 0).exitCode());
        assertEquals(2, train(job, "--resume", "--overwrite").exitCode());
    }
}
