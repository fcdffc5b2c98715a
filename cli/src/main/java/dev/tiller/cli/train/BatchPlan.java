package dev.tiller.cli.train;

import dev.tiller.finetune.job.JobDefaults;
import dev.tiller.finetune.job.JobFile;
import dev.tiller.finetune.job.JobRunner;
import dev.tiller.finetune.job.TrainingJob;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The jobs of a command line: read, swept, checked, and each with a folder of its own. */
public final class BatchPlan {
    private BatchPlan() {}

    /** Who trains what. */
    public enum Trade {
        /** {@code tiller train}: from examples. */
        TRAIN,
        /** {@code tiller finetune}: from a reward. */
        FINETUNE;

        /**
         * Returns the command.
         *
         * @return its name on the command line
         */
        public String command() {
            return this == TRAIN ? "train" : "finetune";
        }

        private static Trade of(TrainingJob.Kind objective) {
            return objective == TrainingJob.Kind.REWARD_BACKPROPAGATION ? FINETUNE : TRAIN;
        }
    }

    /**
     * Reads and checks all jobs; writes nothing.
     *
     * @param files the job files, in order
     * @param overrides settings for all of them
     * @param out the folder of the run if there is one job, else the folder that holds one folder
     *     for each job, by its name; null for the folders that the jobs name
     * @param trade which command was asked
     * @return the jobs, in order
     * @throws IOException if a file cannot be read
     * @throws IllegalArgumentException if a job does not make sense, belongs to the other command,
     *     or two have one folder
     */
    public static List<PlannedJob> of(
            List<Path> files, List<String> overrides, Path out, Trade trade) throws IOException {
        List<TrainingJob> jobs = new ArrayList<>();
        List<Path> sources = new ArrayList<>();
        for (Path file : files) {
            for (TrainingJob job : JobFile.readAll(file, overrides)) {
                requireTrade(job, file, trade);
                jobs.add(job);
                sources.add(file);
            }
        }
        List<PlannedJob> planned = new ArrayList<>();
        Map<Path, Path> taken = new HashMap<>();
        for (int i = 0; i < jobs.size(); i++) {
            TrainingJob job = jobs.get(i);
            check(job, sources.get(i), jobs.size() == 1);
            Path folder = JobDefaults.folder(job);
            if (out != null) {
                folder = jobs.size() == 1 ? out : out.resolve(job.name());
            }
            Path other = taken.put(folder.toAbsolutePath().normalize(), sources.get(i));
            if (other != null) {
                throw new IllegalArgumentException(
                        "each job must have a folder of its own, got "
                                + folder
                                + " for jobs of "
                                + other
                                + " and "
                                + sources.get(i)
                                + "; give one of them another name or out");
            }
            planned.add(new PlannedJob(job, folder));
        }
        return planned;
    }

    private static void requireTrade(TrainingJob job, Path file, Trade trade) {
        if (job.objective() != null && Trade.of(job.objective()) != trade) {
            throw new IllegalArgumentException(
                    trade.command()
                            + " does not take jobs of objective "
                            + job.objective()
                            + "; use: tiller "
                            + Trade.of(job.objective()).command()
                            + " "
                            + file);
        }
    }

    private static void check(TrainingJob job, Path file, boolean alone) {
        try {
            JobRunner.check(job);
        } catch (IllegalArgumentException e) {
            if (alone) {
                throw e;
            }
            String name = job.name() == null ? "" : " (" + job.name() + ")";
            throw new IllegalArgumentException(file + name + ": " + e.getMessage(), e);
        }
    }
}
