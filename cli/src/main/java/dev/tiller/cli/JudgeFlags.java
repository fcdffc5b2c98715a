package dev.tiller.cli;

import dev.tiller.cli.evaluate.Likelihood;
import dev.tiller.cli.run.JudgedReward;
import dev.tiller.rewards.RewardContext;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** Options of an evaluation that name rewards and models which judge designs. */
final class JudgeFlags {
    private static final int STEPS = 128;

    @Option(
            names = "--reward",
            paramLabel = "NAME|FILE.yaml",
            description = "Reward that scores the designs, with its referee (default: none).")
    private String reward;

    @Option(
            names = "--reward-option",
            paramLabel = "KEY=VALUE",
            description = "Option of the reward; see 'tiller rewards show NAME'. Repeatable.")
    private Map<String, String> rewardOptions = new LinkedHashMap<>();

    @Option(
            names = "--class-reward",
            paramLabel = "NAME|FILE.yaml",
            description = "Second reward, which says whether a design is of a class.")
    private String classReward;

    @Option(
            names = "--class-reward-option",
            paramLabel = "KEY=VALUE",
            description = "Option of the second reward. Repeatable.")
    private Map<String, String> classOptions = new LinkedHashMap<>();

    @Option(
            names = "--class-threshold",
            description = "Score above which a design is of the class (default: 0).")
    private Double classThreshold;

    @Option(
            names = "--plugins",
            paramLabel = "JAR",
            split = ",",
            description = "Jars with rewards of your own. Repeatable.")
    private List<String> plugins;

    @Option(
            names = "--pretrained",
            paramLabel = "NAME|DIR",
            description = "Model under which the approximate log-likelihood is computed.")
    private String pretrained;

    @Option(
            names = "--likelihood-steps",
            description = "Times at which designs are masked for it (default: " + STEPS + ").")
    private Integer likelihoodSteps;

    @Option(
            names = "--likelihood-draws",
            description = "Masked states drawn at each time (default: 1).")
    private Integer likelihoodDraws;

    /** Refuses options that would be ignored. */
    void check() {
        boolean classes = classReward != null;
        boolean model = pretrained != null;
        UnusedOptions.refuse("--reward-option", rewardOptions, reward != null, "--reward");
        UnusedOptions.refuse("--class-reward-option", classOptions, classes, "--class-reward");
        UnusedOptions.refuse("--class-threshold", classThreshold, classes, "--class-reward");
        UnusedOptions.refuse("--likelihood-steps", likelihoodSteps, model, "--pretrained");
        UnusedOptions.refuse("--likelihood-draws", likelihoodDraws, model, "--pretrained");
        likelihood(0); // refuses its numbers before anything is loaded
    }

    /** Refuses what molecules are not judged by. */
    void refuseSequences() {
        UnusedOptions.refuse("--class-reward", classReward, false, "sets of sequences");
        UnusedOptions.refuse("--pretrained", pretrained, false, "sets of sequences");
    }

    /** Returns the reward and its referee, or null for none. */
    JudgedReward openReward(RewardContext context) throws IOException {
        return open(reward, rewardOptions, context);
    }

    /** Returns the second reward, or null for none. */
    JudgedReward openClassReward(RewardContext context) throws IOException {
        return open(classReward, classOptions, context);
    }

    private JudgedReward open(String name, Map<String, String> options, RewardContext context)
            throws IOException {
        if (name == null) {
            return null;
        }
        return JudgedReward.open(RewardFiles.spec(name, options), plugins, context);
    }

    double classThreshold() {
        return classThreshold == null ? 0 : classThreshold;
    }

    /** Returns the name or folder of the model, or null for none. */
    String pretrained() {
        return pretrained;
    }

    Likelihood.Options likelihood(long seed) {
        return new Likelihood.Options(
                likelihoodSteps == null ? STEPS : likelihoodSteps,
                likelihoodDraws == null ? 1 : likelihoodDraws,
                seed);
    }
}
