package dev.tiller.cli;

import dev.tiller.cli.train.Existing;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The options of the commands that run training jobs. */
final class TrainingFlags {
    @Parameters(
            paramLabel = "JOB.yaml",
            arity = "1..*",
            description = "The jobs, run in this order; all are checked before the first starts.")
    List<Path> files;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description =
                    "Replaces a setting of every job, as in training.max_steps=100. Repeatable.")
    List<String> overrides = new ArrayList<>();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description =
                    "Folder of the run (default: the job's); of several jobs the folder that holds"
                            + " theirs.")
    Path out;

    @Option(
            names = "--threads",
            description =
                    "Threads of the engine (default: all processors), shared by parallel jobs. The"
                            + " last digits of a result may depend on the threads of its job.")
    int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--device",
            defaultValue = "auto",
            description = "auto, cpu or gpu:N (default: auto).")
    String device;

    @Option(
            names = "--parallel",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "Jobs at a time, each in a process of its own whose output goes to FOLDER.log"
                            + " (default: 1).")
    int parallel;

    @Option(
            names = "--dry-run",
            description =
                    "Print the jobs with all defaults, their parameters, steps, evaluations and"
                            + " memory; write nothing.")
    boolean dryRun;

    @Option(names = "--quiet", description = "No progress.")
    boolean quiet;

    @Option(names = "--of-batch", hidden = true, description = "One process of --parallel.")
    boolean ofBatch;

    @ArgGroup private Exclusive exclusive = new Exclusive();

    /** What to do with a folder that holds a run. */
    private static final class Exclusive {
        @Option(
                names = "--resume",
                description =
                        "Go on from the last checkpoints; finished jobs are skipped, those that"
                                + " have no folder yet are started.")
        private boolean resume;

        @Option(
                names = "--overwrite",
                description = "Delete the runs in the folders and start again.")
        private boolean overwrite;
    }

    Existing existing() {
        return new Existing(exclusive.resume, exclusive.overwrite);
    }

    void check() {
        if (threads < 1) {
            throw new IllegalArgumentException("--threads must be at least 1, got " + threads);
        }
        if (parallel < 1) {
            throw new IllegalArgumentException("--parallel must be at least 1, got " + parallel);
        }
    }

    /** Returns the threads of each job. */
    int threadsPerJob() {
        return Math.max(1, threads / parallel);
    }
}
