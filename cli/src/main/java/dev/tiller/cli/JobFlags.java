package dev.tiller.cli;

import dev.tiller.cli.run.Method;
import dev.tiller.cli.run.SamplingJob;
import dev.tiller.zoo.Backend;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Options that describe a sampling job. */
final class JobFlags {
    @Option(
            names = "--model",
            description =
                    "Built-in model or model folder, or 'uniform' for a model that knows nothing"
                            + " (default: rna-utr5).")
    private String model;

    @Option(names = "--alphabet", description = "Letters of the uniform model.")
    private String alphabet;

    @Option(names = "--length", description = "Letters per design of the uniform model.")
    private Integer length;

    @Option(
            names = "--class",
            paramLabel = "NAME|NUMBER",
            description =
                    "Class of a class-conditional model, for classifier-free guidance; 'tiller"
                            + " models show' names them.")
    private String classLabel;

    @Option(
            names = "--class-weight",
            description =
                    "Weight w of classifier-free guidance: log p = (1 + w) log p(x | class) - w log"
                            + " p(x); 0 is the conditional model (default: 1).")
    private Double classWeight;

    @Option(
            names = "--class-form",
            description =
                    "normalised, or reference: unnormalised, as in the published code (default:"
                            + " normalised).")
    private SamplingJob.ClassForm classForm;

    @Option(
            names = "--reward",
            paramLabel = "NAME|FILE.yaml",
            description =
                    "Reward to maximise, or a file that composes one; see 'tiller rewards list'"
                            + " (default: mrl; qed for molecules, stability for proteins).")
    private String reward;

    @Option(
            names = "--reward-option",
            paramLabel = "KEY=VALUE",
            description = "Option of the reward; see 'tiller rewards show NAME'. Repeatable.")
    private Map<String, String> rewardOptions = new LinkedHashMap<>();

    @Option(
            names = "--plugins",
            paramLabel = "JAR",
            split = ",",
            description = "Jars with rewards of your own. Repeatable.")
    private List<String> plugins;

    @Option(
            names = "--max-reward-calls",
            description =
                    "Designs that the reward may score; when they are spent the run ends with the"
                            + " designs it has (default: no limit).")
    private Long maxRewardCalls;

    @Option(
            names = "--reward-cache",
            paramLabel = "DIR",
            description = "Folder that keeps scores between runs (default: none).")
    private String rewardCache;

    @Option(
            names = "--constraint",
            paramLabel = "KEY=VALUE",
            description =
                    "Rule that every design keeps: template, fixed, allowed, exclude, forbid,"
                            + " require or tied, or file=FILE.yaml. Repeatable; see"
                            + " docs/constraints.md.")
    private Map<String, String> constraints = new LinkedHashMap<>();

    @Option(
            names = "--value-network",
            paramLabel = "NAME|DIR",
            description =
                    "Value network of svdd-mc, --value learned and --screen learned (default: the"
                            + " model's own for the reward).")
    private String valueNetwork;

    @Option(
            names = "--seed-sequences",
            paramLabel = "FILE.fasta",
            description = "Designs that refine starts from (default: designs of svdd).")
    private String seedSequences;

    @Option(
            names = "--method",
            description = "How sampling is steered: ${COMPLETION-CANDIDATES} (default: svdd-pm).")
    private Method method;

    @ArgGroup(
            validate = false,
            order = 100,
            heading = "%nSettings of the methods; one that a method has no use for is refused:%n")
    private SteeringFlags steering = new SteeringFlags();

    @Option(names = "--num", description = "Designs to make (default: 64).")
    private Integer num;

    @Option(
            names = "--sampler",
            description =
                    "ancestral, or first-hitting: one letter per step, no discretisation error"
                            + " (default: ancestral).")
    private SamplingJob.Sampler sampler;

    @Option(
            names = "--steps",
            description =
                    "Reverse steps of the ancestral sampler (default: 128; for proteins 50, for"
                            + " molecules the model's).")
    private Integer steps;

    @ArgGroup(validate = false, order = 110, heading = "%nSettings of models of molecules:%n")
    private GaussianFlags gaussian = new GaussianFlags();

    @ArgGroup(validate = false, order = 120, heading = "%nWhat proteins are designed for:%n")
    private BackboneFlags backbone = new BackboneFlags();

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
            description =
                    "auto, pytorch or onnx: the engine of inference; designs differ between engines"
                            + " only where candidates tie (default: auto).")
    private Backend backend;

    @Option(
            names = "--job",
            paramLabel = "FILE",
            description = "job.yaml of a run to repeat; options given here win.")
    private Path job;

    /** Returns the file of the job to repeat, or null. */
    Path job() {
        return job;
    }

    /** Returns what was said. */
    SampleDefaults.Options given() throws IOException {
        return new SampleDefaults.Options(
                model,
                alphabet,
                length,
                classLabel,
                classWeight,
                classForm,
                reward(),
                plugins == null ? null : new ArrayList<>(plugins),
                maxRewardCalls,
                rewardCache,
                constraints.isEmpty() ? null : ConstraintFlags.read(constraints),
                valueNetwork,
                seedSequences,
                method,
                steering.given(),
                num,
                sampler,
                gaussian.given(),
                backbone.given(),
                steps,
                seed,
                batchSize,
                threads,
                device,
                backend);
    }

    /** Options of the reward before are kept where only some of them change. */
    private Object reward() throws IOException {
        if (reward != null && RewardFiles.isFile(reward)) {
            return RewardFiles.read(reward, rewardOptions);
        }
        return new SampleDefaults.RewardFlags(reward, rewardOptions);
    }
}
