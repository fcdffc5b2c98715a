package dev.tiller.cli;

import dev.tiller.cli.run.EngineSettings;
import dev.tiller.finetune.TrainingListener;
import dev.tiller.finetune.job.JobFile;
import dev.tiller.finetune.job.JobFolder;
import dev.tiller.finetune.job.JobRunner;
import dev.tiller.finetune.job.TrainingJob;
import dev.tiller.zoo.Devices;
import dev.tiller.zoo.ModelDirectory;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tiller train}: trains a denoiser, a reward, a referee or a value network. */
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Trains a model as a YAML job describes it; see recipes/.")
final class TrainCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "JOB.yaml", description = "The job.")
    private Path file;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description =
                    "Replaces a setting of the job, as in training.max_steps=100. Repeatable.")
    private List<String> overrides = new ArrayList<>();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Folder of the run (default: the job's).")
    private Path out;

    @Option(names = "--threads", description = "Threads of the engine (default: all processors).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--device",
            defaultValue = "auto",
            description = "auto, cpu or gpu:N (default: auto).")
    private String device;

    @Option(names = "--quiet", description = "No progress.")
    private boolean quiet;

    @ArgGroup private Existing existing = new Existing();

    /** What to do with a folder that holds a run. */
    private static final class Existing {
        @Option(names = "--resume", description = "Go on from the last checkpoint.")
        private boolean resume;

        @Option(
                names = "--overwrite",
                description = "Delete the run in the folder and start again.")
        private boolean overwrite;
    }

    @Override
    public Integer call() throws Exception {
        if (threads < 1) {
            throw new IllegalArgumentException("--threads must be at least 1, got " + threads);
        }
        EngineSettings.configure(threads);
        PrintWriter err = spec.commandLine().getErr();
        TrainingJob job = JobFile.read(file, overrides);
        JobRunner.check(job);
        Path folder =
                out != null ? out : Path.of(job.out() == null ? "runs/" + job.name() : job.out());
        JobFolder.open(folder, job, existing.resume, existing.overwrite);
        String resume = "tiller train " + file + " --out " + folder + " --resume";
        try (Interruption interruption = new Interruption(resume, err);
                Progress progress = new Progress("training", err, quiet)) {
            TrainingListener listener = listener(progress, interruption);
            JobRunner runner =
                    new JobRunner(
                            job,
                            Devices.parse(EngineSettings.device(device)),
                            listener,
                            line -> say(err, line));
            ModelDirectory model = runner.run(folder);
            interruption.finished();
            spec.commandLine().getOut().println("wrote " + model);
            spec.commandLine().getOut().flush();
        }
        return ExitCode.OK;
    }

    private void say(PrintWriter err, String line) {
        if (!quiet) {
            err.println(line);
            err.flush();
        }
    }

    private static TrainingListener listener(Progress progress, Interruption interruption) {
        return new TrainingListener() {
            @Override
            public void stepDone(TrainingListener.Progress at, long maxSteps) {
                interruption.finishesFirst();
                progress.at(
                        at.step(),
                        maxSteps,
                        String.format(
                                Locale.ROOT,
                                "loss %.4f validation %.4f best %.4f",
                                at.loss(),
                                at.validation(),
                                at.best()));
            }

            @Override
            public boolean interrupted() {
                return interruption.requested();
            }
        };
    }
}
