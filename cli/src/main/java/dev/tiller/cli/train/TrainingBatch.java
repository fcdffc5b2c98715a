package dev.tiller.cli.train;

import dev.tiller.finetune.TrainingInterruptedException;
import dev.tiller.finetune.job.JobFolder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Runs jobs in order, some at a time. A job that fails does not stop the others; when the batch is
 * interrupted no further job is started.
 */
public final class TrainingBatch {
    private final Existing existing;
    private final BooleanSupplier interrupted;
    private final Consumer<String> log;

    /** Runs one job in its folder. */
    @FunctionalInterface
    public interface Run {
        /**
         * Runs a job to its end.
         *
         * @param planned the job
         * @throws TrainingInterruptedException if it was interrupted after a checkpoint
         * @throws IllegalArgumentException if what was given does not fit
         * @throws Exception if it fails
         */
        void run(PlannedJob planned) throws Exception;
    }

    /**
     * Creates a batch.
     *
     * @param existing what to do with runs that are there
     * @param interrupted whether no further job is to be started
     * @param log told in one line what is done next
     */
    public TrainingBatch(Existing existing, BooleanSupplier interrupted, Consumer<String> log) {
        this.existing = existing;
        this.interrupted = interrupted;
        this.log = log;
    }

    /**
     * Checks that every job may use its folder, before the first one starts.
     *
     * @param jobs the jobs
     * @throws IOException if a file cannot be read
     * @throws IllegalArgumentException if a folder holds something else
     */
    public void check(List<PlannedJob> jobs) throws IOException {
        for (PlannedJob job : jobs) {
            JobFolder.check(job.folder(), job.job(), existing.resume(), existing.overwrite());
        }
    }

    /**
     * Runs the jobs.
     *
     * @param jobs the jobs
     * @param parallel how many at a time
     * @param run runs one
     * @return how each ended, in order
     */
    public List<Outcome> run(List<PlannedJob> jobs, int parallel, Run run) {
        Outcome[] outcomes = new Outcome[jobs.size()];
        if (parallel == 1) {
            Arrays.setAll(outcomes, i -> outcome(jobs.get(i), i + 1, jobs.size(), run));
            return List.of(outcomes);
        }
        ExecutorService workers = Executors.newFixedThreadPool(parallel);
        try {
            List<Future<Outcome>> futures = new ArrayList<>();
            for (int i = 0; i < jobs.size(); i++) {
                int number = i + 1;
                PlannedJob job = jobs.get(i);
                futures.add(workers.submit(() -> outcome(job, number, jobs.size(), run)));
            }
            for (int i = 0; i < outcomes.length; i++) {
                outcomes[i] = futures.get(i).get();
            }
            return List.of(outcomes);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while jobs were running", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } finally {
            workers.shutdownNow();
        }
    }

    private Outcome outcome(PlannedJob planned, int number, int of, Run run) {
        String what = "job " + number + " of " + of + ", " + planned.job().name();
        if (interrupted.getAsBoolean()) {
            return Outcome.of(planned, Outcome.State.NOT_STARTED, 0);
        }
        if (existing.resume() && JobFolder.finished(planned.folder())) {
            log.accept(what + ": finished before");
            return Outcome.of(planned, Outcome.State.FINISHED_BEFORE, 0);
        }
        log.accept(what);
        long began = System.nanoTime();
        Outcome.State state = Outcome.State.FINISHED;
        String error = null;
        try {
            run.run(planned);
        } catch (TrainingInterruptedException e) {
            state = Outcome.State.INTERRUPTED;
            error = e.getMessage();
        } catch (IllegalArgumentException e) {
            state = Outcome.State.REFUSED;
            error = oneLine(e);
        } catch (Exception | OutOfMemoryError e) {
            state = Outcome.State.FAILED;
            error = oneLine(e);
        }
        if (error != null) {
            log.accept(what + ": " + error);
        }
        return new Outcome(planned, state, (System.nanoTime() - began) / 1e9, error);
    }

    private static String oneLine(Throwable e) {
        String message = e.getMessage() == null ? e.toString() : e.getMessage();
        return message.lines().findFirst().orElse(e.toString());
    }

    /**
     * Lays out a batch.
     *
     * @param outcomes how the jobs ended
     * @return one row for each
     */
    public static String table(List<Outcome> outcomes) {
        return BatchTable.of(outcomes);
    }

    /**
     * Tells what a batch would do.
     *
     * @param jobs its jobs
     * @param existing what is to be done with runs that are there
     * @return YAML documents, one for each job
     * @throws IOException if a file cannot be read
     */
    public static String dryRun(List<PlannedJob> jobs, Existing existing) throws IOException {
        StringBuilder text = new StringBuilder();
        for (PlannedJob job : jobs) {
            if (jobs.size() > 1) {
                text.append("---\n");
            }
            text.append(DryRun.of(job, existing));
        }
        return text.toString();
    }
}
