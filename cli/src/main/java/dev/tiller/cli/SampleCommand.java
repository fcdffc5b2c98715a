package dev.tiller.cli;

import dev.tiller.cli.run.EngineSettings;
import dev.tiller.cli.run.JobYaml;
import dev.tiller.cli.run.RunFolder;
import dev.tiller.cli.run.SamplingJob;
import dev.tiller.cli.run.SamplingRun;
import dev.tiller.cli.run.Summary;
import dev.tiller.rewards.RewardFailedException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tiller sample}: makes designs that score high on a reward. */
@Command(
        name = "sample",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        abbreviateSynopsis = true,
        description = {
            "Samples designs from a diffusion model, steered towards a reward.",
            "The same seed gives the same designs, whatever the batch size, the number of threads"
                    + " or a resume in between."
        })
final class SampleCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Mixin private JobFlags flags;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Run folder (default: runs/METHOD-SEED).")
    private Path out;

    @Option(names = "--quiet", description = "No progress.")
    private boolean quiet;

    @ArgGroup private Existing existing = new Existing();

    /** What to do with a folder that holds a run. */
    private static final class Existing {
        @Option(names = "--resume", description = "Go on with the run in --out.")
        private boolean resume;

        @Option(names = "--overwrite", description = "Replace the run in --out.")
        private boolean overwrite;

        private RunFolder.Existing choice() {
            if (resume) {
                return RunFolder.Existing.RESUME;
            }
            return overwrite ? RunFolder.Existing.OVERWRITE : RunFolder.Existing.REFUSE;
        }
    }

    @Override
    public Integer call() throws Exception {
        EngineSettings.configure(1);
        SamplingJob resolved = resolve();
        Path folder =
                out != null ? out : Path.of("runs", resolved.method() + "-" + resolved.seed());
        PrintWriter err = spec.commandLine().getErr();
        try (SamplingRun run = new SamplingRun(resolved);
                Interruption interruption =
                        new Interruption("tiller sample --out " + folder + " --resume", err)) {
            RunFolder opened = RunFolder.open(folder, run.job(), existing.choice());
            if (existing.resume && opened.finished()) {
                err.println("the run in " + folder + " is finished; nothing to do");
                return ExitCode.OK;
            }
            if (!quiet) {
                run.notes().forEach(note -> err.println("note: " + note));
                err.println("backend " + run.engine());
            }
            try (Progress progress = new Progress("sampling", err, quiet)) {
                Summary summary =
                        run.run(
                                opened,
                                (done, total, designs) ->
                                        progress.at(done, total, designs + " designs"));
                interruption.finished();
                progress.close();
                report(summary, folder.resolve(run.designFile()), folder);
            }
        } catch (RewardFailedException e) {
            throw new IllegalStateException(
                    e.getMessage()
                            + "\nfinished designs are kept; go on with: tiller sample --out "
                            + folder
                            + " --resume",
                    e);
        }
        return ExitCode.OK;
    }

    private void report(Summary summary, Path designs, Path folder) {
        PrintWriter text = spec.commandLine().getOut();
        text.print(summary.table());
        text.println("wrote " + designs);
        if (summary.designs().size() < summary.job().num()) {
            text.println(
                    "for the others: tiller sample --out "
                            + folder
                            + " --resume --max-reward-calls N");
        }
        text.flush();
    }

    /** Options given here, else those of --job or of the run to resume, else the defaults. */
    private SamplingJob resolve() throws Exception {
        Path before = flags.job();
        if (before == null && existing.resume && out != null && RunFolder.holdsJob(out)) {
            before = RunFolder.jobFile(out);
        }
        SampleDefaults.Options earlier =
                before == null
                        ? SampleDefaults.NONE
                        : JobYaml.read(before, SampleDefaults.Options.class);
        return new SampleDefaults(flags.given(), earlier).resolve();
    }
}
