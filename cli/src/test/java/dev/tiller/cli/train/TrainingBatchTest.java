package dev.tiller.cli.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tiller.cli.train.BatchPlan.Trade;
import dev.tiller.finetune.TrainingInterruptedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Planning and running, with jobs that do nothing. */
class TrainingBatchTest {
    private static final Existing NEW = new Existing(false, false);

    @TempDir private Path folder;

    private final List<String> lines = Collections.synchronizedList(new ArrayList<>());

    private List<PlannedJob> plan(Path... files) throws IOException {
        return BatchPlan.of(List.of(files), List.of(), null, Trade.TRAIN);
    }

    private String refusal(List<Path> files, Path out, Trade trade) {
        return assertThrows(
                        IllegalArgumentException.class,
                        () -> BatchPlan.of(files, List.of(), out, trade))
                .getMessage();
    }

    private static List<Outcome.State> states(List<Outcome> outcomes) {
        return outcomes.stream().map(Outcome::state).toList();
    }

    @Test
    void foldersAreTheJobsOrBelowTheOneThatIsAsked() throws IOException {
        Path a = ToyJob.write(folder, "a", 5, "");
        Path b = ToyJob.write(folder, "b", 5, "sweep: {seed: [1, 2]}\n");
        Path out = folder.resolve("out");
        assertEquals(folder.resolve("runs/a"), plan(a).get(0).folder());
        assertEquals(
                List.of(
                        folder.resolve("runs/a"),
                        folder.resolve("runs/b-seed=1"),
                        folder.resolve("runs/b-seed=2")),
                plan(a, b).stream().map(PlannedJob::folder).toList());
        assertEquals(out, BatchPlan.of(List.of(a), List.of(), out, Trade.TRAIN).get(0).folder());
        assertEquals(
                out.resolve("b-seed=2"),
                BatchPlan.of(List.of(b), List.of(), out, Trade.TRAIN).get(1).folder());
    }

    @Test
    void refusesTwoJobsInOneFolder() throws IOException {
        Path a = ToyJob.write(folder, "a", 5, "");
        Path copy = Files.copy(a, folder.resolve("copy.yaml"));
        assertEquals(
                "each job must have a folder of its own, got "
                        + folder.resolve("runs/a")
                        + " for jobs of "
                        + a
                        + " and "
                        + copy
                        + "; give one of them another name or out",
                refusal(List.of(a, copy), null, Trade.TRAIN));
    }

    @Test
    void namesTheOtherCommandAndTheFileOfAnUnsoundJob() throws IOException {
        Path a = ToyJob.write(folder, "a", 5, "");
        assertEquals(
                "finetune does not take jobs of objective regression; use: tiller train " + a,
                refusal(List.of(a), null, Trade.FINETUNE));
        Path tuned =
                Files.writeString(
                        folder.resolve("tuned.yaml"),
                        "name: t\nobjective: reward_backpropagation\n");
        assertEquals(
                "train does not take jobs of objective reward_backpropagation; use: tiller"
                        + " finetune "
                        + tuned,
                refusal(List.of(a, tuned), null, Trade.TRAIN));
        Path unsound = ToyJob.write(folder, "b", 0, "");
        assertEquals(
                unsound + " (b): max_steps must be at least 1, got 0",
                refusal(List.of(a, unsound), null, Trade.TRAIN));
    }

    @Test
    void goesOnAfterFailuresAndTellsEachEnd() throws IOException {
        List<PlannedJob> jobs =
                plan(
                        ToyJob.write(folder, "a", 5, ""),
                        ToyJob.write(folder, "b", 5, ""),
                        ToyJob.write(folder, "c", 5, ""),
                        ToyJob.write(folder, "d", 5, ""));
        TrainingBatch batch = new TrainingBatch(NEW, () -> false, lines::add);
        List<Outcome> outcomes =
                batch.run(
                        jobs,
                        1,
                        job -> {
                            switch (job.job().name()) {
                                case "a" -> throw new IllegalArgumentException("bad | data");
                                case "b" -> throw new IOException("disk\nis full");
                                case "c" -> throw new OutOfMemoryError("heap");
                                default -> {}
                            }
                        });
        assertEquals(
                List.of(
                        Outcome.State.REFUSED,
                        Outcome.State.FAILED,
                        Outcome.State.FAILED,
                        Outcome.State.FINISHED),
                states(outcomes));
        String[] table = TrainingBatch.table(outcomes).split("\n");
        assertEquals(2 + 4, table.length);
        assertTrue(table[0].startsWith("| job | state    | best validation | referee |"), table[0]);
        assertTrue(table[2].endsWith("| bad / data |"), table[2]);
        assertTrue(table[3].endsWith("| disk |"), table[3]);
        assertTrue(table[5].endsWith("| " + jobs.get(3).folder() + " |"), table[5]);
        assertTrue(lines.contains("job 2 of 4, b: disk"), lines.toString());
    }

    @Test
    void startsNothingAfterAnInterruption() throws IOException {
        List<PlannedJob> jobs =
                plan(ToyJob.write(folder, "a", 5, ""), ToyJob.write(folder, "b", 5, ""));
        boolean[] interrupted = {false};
        TrainingBatch batch = new TrainingBatch(NEW, () -> interrupted[0], lines::add);
        List<Outcome> outcomes =
                batch.run(
                        jobs,
                        1,
                        job -> {
                            interrupted[0] = true;
                            throw new TrainingInterruptedException(3);
                        });
        assertEquals(
                List.of(Outcome.State.INTERRUPTED, Outcome.State.NOT_STARTED), states(outcomes));
    }

    @Test
    void runsAsManyAtATimeAsAsked() throws IOException {
        List<PlannedJob> jobs =
                plan(ToyJob.write(folder, "a", 5, ""), ToyJob.write(folder, "b", 5, ""));
        CountDownLatch both = new CountDownLatch(2);
        List<Outcome> outcomes =
                new TrainingBatch(NEW, () -> false, lines::add)
                        .run(
                                jobs,
                                2,
                                job -> {
                                    both.countDown();
                                    assertTrue(both.await(30, TimeUnit.SECONDS));
                                });
        assertEquals(List.of(Outcome.State.FINISHED, Outcome.State.FINISHED), states(outcomes));
        assertEquals("b", outcomes.get(1).planned().job().name());
    }

    @Test
    void skipsWhatIsFinishedOnlyIfItResumes() throws IOException {
        List<PlannedJob> jobs = plan(ToyJob.write(folder, "a", 5, ""));
        Path run = Files.createDirectories(jobs.get(0).folder());
        Files.writeString(
                run.resolve("result.json"),
                """
                {"name": "a", "stop": "s", "steps": 7, "best_step": 5, "validation_loss": 0.25,
                 "validation": {"referee_median": 1.5}, "numbers": {}}
                """);
        TrainingBatch batch = new TrainingBatch(new Existing(true, false), () -> false, lines::add);
        List<Outcome> outcomes =
                batch.run(
                        jobs,
                        1,
                        job -> {
                            throw new IllegalStateException("must not run");
                        });
        assertEquals(List.of(Outcome.State.FINISHED_BEFORE), states(outcomes));
        String row = TrainingBatch.table(outcomes).split("\n")[2];
        assertEquals(
                "| a | finished before | 0.2500 | 1.5000 | 7 | | " + run + " |",
                row.replaceAll(" +", " "));
    }
}
