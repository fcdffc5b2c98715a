package dev.tiller.cli;

import dev.tiller.cli.run.EngineSettings;
import dev.tiller.cli.run.SamplingJob;
import dev.tiller.zoo.Backend;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** Fills in what the user did not say, and refuses options that the method would ignore. */
final class SampleDefaults {
    /** Options as given; null where not. */
    record Options(
            String model,
            String reward,
            Map<String, String> rewardOptions,
            SamplingJob.Method method,
            Integer num,
            Integer candidates,
            Double temperature,
            Integer posteriorDraws,
            SamplingJob.Sampler sampler,
            Integer steps,
            Long seed,
            Integer batchSize,
            Integer threads,
            String device,
            Backend backend) {}

    /** Nothing said. */
    static final Options NONE =
            new Options(
                    null, null, null, null, null, null, null, null, null, null, null, null, null,
                    null, null);

    private final Options given;
    private final Options before;

    /**
     * Takes what was said.
     *
     * @param given options of this call
     * @param before options of the job that it changes or goes on with, used where this call says
     *     nothing and the method has a use for them
     */
    SampleDefaults(Options given, Options before) {
        this.given = given;
        this.before = before;
    }

    SamplingJob resolve() {
        SamplingJob.Method method = first(Options::method, SamplingJob.Method.SVDD_PM);
        SamplingJob.Sampler sampler = first(Options::sampler, SamplingJob.Sampler.ANCESTRAL);
        boolean guided = method != SamplingJob.Method.UNGUIDED;
        boolean svdd = guided && method != SamplingJob.Method.BEST_OF_N;
        boolean draws = method == SamplingJob.Method.SVDD_PM;
        boolean grid = sampler == SamplingJob.Sampler.ANCESTRAL;
        refuse("--candidates", given.candidates(), guided, "--method " + method);
        refuse("--temperature", given.temperature(), svdd, "--method " + method);
        refuse("--posterior-draws", given.posteriorDraws(), draws, "--method " + method);
        refuse("--steps", given.steps(), grid, "--sampler " + sampler);
        Backend backend = first(Options::backend, Backend.AUTO);
        return new SamplingJob(
                first(Options::model, "rna-utr5"),
                first(Options::reward, "mrl"),
                rewardOptions(),
                method,
                first(Options::num, 64),
                guided ? first(Options::candidates, 10) : null,
                svdd ? first(Options::temperature, 0.0) : null,
                draws ? first(Options::posteriorDraws, 8) : null,
                sampler,
                grid ? first(Options::steps, 128) : null,
                first(Options::seed, 0L),
                first(Options::batchSize, 64),
                first(Options::threads, Runtime.getRuntime().availableProcessors()),
                EngineSettings.device(first(Options::device, "auto"), backend),
                backend);
    }

    /** Options of another reward than the one before would not fit it. */
    private Map<String, String> rewardOptions() {
        Map<String, String> options = new TreeMap<>();
        boolean sameReward = given.reward() == null || given.reward().equals(before.reward());
        if (sameReward && before.rewardOptions() != null) {
            options.putAll(before.rewardOptions());
        }
        if (given.rewardOptions() != null) {
            options.putAll(given.rewardOptions());
        }
        return options;
    }

    private <T> T first(Function<Options, T> option, T preset) {
        T said = option.apply(given);
        if (said != null) {
            return said;
        }
        T earlier = option.apply(before);
        return earlier != null ? earlier : preset;
    }

    private static void refuse(String option, Object value, boolean used, String by) {
        if (value != null && !used) {
            throw new IllegalArgumentException(
                    option + " has no effect with " + by + ", got " + value + "; leave it out");
        }
    }
}
