package dev.tiller.cli.train;

import dev.tiller.cli.run.ChildRun;
import dev.tiller.finetune.TrainingInterruptedException;
import dev.tiller.finetune.job.JobFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.ExitCode;

/**
 * Runs jobs in JVMs of their own, which end with this one. What they print goes to a file beside
 * the folder of the run, {@code FOLDER.log}.
 */
public final class JobProcess implements TrainingBatch.Run {
    /** After a checkpoint by Ctrl-C, or by the signal to end. */
    private static final Set<Integer> INTERRUPTED = Set.of(130, 143);

    private final String command;
    private final List<String> options;

    /**
     * Creates a runner.
     *
     * @param command the command that runs one job
     * @param options its options beside the folder
     */
    public JobProcess(String command, List<String> options) {
        this.command = command;
        this.options = List.copyOf(options);
    }

    @Override
    public void run(PlannedJob planned) throws IOException {
        Path folder = planned.folder().toAbsolutePath().normalize();
        Path log = folder.resolveSibling(folder.getFileName() + ".log");
        Files.createDirectories(folder.getParent());
        Path file = Files.createTempFile("tiller-job-", ".yaml");
        int exit;
        try {
            Files.writeString(file, JobFile.write(planned.job()));
            List<String> arguments = new ArrayList<>();
            arguments.add(command);
            arguments.add(file.toString());
            arguments.add("--out");
            arguments.add(planned.folder().toString());
            arguments.addAll(options);
            exit = ChildRun.execute(arguments, log);
        } finally {
            Files.deleteIfExists(file);
        }
        if (INTERRUPTED.contains(exit)) {
            throw new TrainingInterruptedException("see " + log);
        }
        if (exit == ExitCode.USAGE) {
            throw new IllegalArgumentException(ChildRun.reason(log));
        }
        if (exit != ExitCode.OK) {
            throw new IOException(ChildRun.reason(log));
        }
    }
}
