package dev.tiller.cli;

import dev.tiller.cli.run.EngineSettings;
import dev.tiller.cli.run.JobYaml;
import dev.tiller.cli.run.RunFolder;
import dev.tiller.cli.run.SamplingJob;
import dev.tiller.cli.run.SamplingRun;
import dev.tiller.cli.run.Summary;
import dev.tiller.zoo.Backend;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tiller sample}: makes designs that score high on a reward. */
@Command(
        name = "sample",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Samples designs from a diffusion model, steered towards a reward.",
            "The same seed gives the same designs, whatever the batch size, the number of threads"
                    + " or a resume in between."
        })
final class SampleCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Option(names = "--model", description = "Built-in model or model folder (default: rna-utr5).")
    private String model;

    @Option(names = "--reward", description = "Reward to maximise (default: mrl).")
    private String reward;

    @Option(
            names = "--reward-option",
            paramLabel = "KEY=VALUE",
            description = "Option of the reward; see 'tiller rewards show NAME'. Repeatable.")
    private Map<String, String> rewardOptions = new LinkedHashMap<>();

    @Option(
            names = "--method",
            converter = Labels.Methods.class,
            description = "unguided, best-of-n, svdd-pm or svdd-mc (default: svdd-pm).")
    private SamplingJob.Method method;

    @Option(names = "--num", description = "Designs to make (default: 64).")
    private Integer num;

    @Option(
            names = "--candidates",
            description =
                    "Candidates per step (svdd-pm, svdd-mc) or chains per design (best-of-n)"
                            + " (default: 10).")
    private Integer candidates;

    @Option(
            names = "--temperature",
            description =
                    "Softmax temperature of svdd-pm and svdd-mc in units of the reward; 0 takes the"
                            + " best candidate (default: 0).")
    private Double temperature;

    @Option(
            names = "--posterior-draws",
            description =
                    "Clean designs drawn to value a state in svdd-pm; 0 values the most likely one,"
                            + " as the published code does (default: 8).")
    private Integer posteriorDraws;

    @Option(
            names = "--sampler",
            converter = Labels.Samplers.class,
            description =
                    "ancestral, or first-hitting: one letter per step, no discretisation error"
                            + " (default: ancestral).")
    private SamplingJob.Sampler sampler;

    @Option(
            names = "--steps",
            description = "Reverse steps of the ancestral sampler (default: 128).")
    private Integer steps;

    @Option(names = "--seed", description = "Seed of all randomness, 64 bits (default: 0).")
    private Long seed;

    @Option(names = "--batch-size", description = "Designs decoded together (default: 64).")
    private Integer batchSize;

    @Option(names = "--threads", description = "Worker threads (default: all processors).")
    private Integer threads;

    @Option(names = "--device", description = "auto, cpu or gpu:N (default: auto).")
    private String device;

    @Option(
            names = "--backend",
            converter = Labels.Backends.class,
            description =
                    "auto, pytorch or onnx: the engine of inference; designs differ between engines"
                            + " only where candidates tie (default: auto).")
    private Backend backend;

    @Option(
            names = "--job",
            paramLabel = "FILE",
            description = "job.yaml of a run to repeat; options given here win.")
    private Path job;

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
                spec.commandLine().getOut().print(summary.table());
                spec.commandLine().getOut().println("wrote " + folder.resolve("designs.fasta"));
                spec.commandLine().getOut().flush();
            }
        }
        return ExitCode.OK;
    }

    /** Options given here, else those of --job or of the run to resume, else the defaults. */
    private SamplingJob resolve() throws Exception {
        Path before = job;
        if (before == null && existing.resume && out != null && RunFolder.holdsJob(out)) {
            before = RunFolder.jobFile(out);
        }
        SampleDefaults.Options earlier =
                before == null
                        ? SampleDefaults.NONE
                        : JobYaml.read(before, SampleDefaults.Options.class);
        return new SampleDefaults(options(), earlier).resolve();
    }

    private SampleDefaults.Options options() {
        return new SampleDefaults.Options(
                model,
                reward,
                rewardOptions,
                method,
                num,
                candidates,
                temperature,
                posteriorDraws,
                sampler,
                steps,
                seed,
                batchSize,
                threads,
                device,
                backend);
    }
}
