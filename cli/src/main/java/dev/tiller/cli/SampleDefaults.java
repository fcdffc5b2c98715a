package dev.tiller.cli;

import dev.tiller.cli.run.BackboneSampling;
import dev.tiller.cli.run.EngineSettings;
import dev.tiller.cli.run.GaussianSampling;
import dev.tiller.cli.run.JobYaml;
import dev.tiller.cli.run.Method;
import dev.tiller.cli.run.SamplingJob;
import dev.tiller.cli.run.Settings;
import dev.tiller.cli.run.Steering;
import dev.tiller.rewards.composition.NamedReward;
import dev.tiller.rewards.composition.RewardSpec;
import dev.tiller.zoo.Backend;
import dev.tiller.zoo.GraphConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Fills in what the user did not say, and refuses options that would be ignored. */
final class SampleDefaults {
    /** Options as given, by the names of {@link SamplingJob}; null where not. */
    record Options(
            String model,
            String alphabet,
            Integer length,
            String classLabel,
            Double classWeight,
            SamplingJob.ClassForm classForm,
            Object reward,
            List<String> plugins,
            Long maxRewardCalls,
            String rewardCache,
            Map<String, Object> constraints,
            String valueNetwork,
            String seedSequences,
            Method method,
            Steering steering,
            Integer num,
            SamplingJob.Sampler sampler,
            GaussianSampling gaussian,
            BackboneSampling backbone,
            Integer steps,
            Long seed,
            Integer batchSize,
            Integer threads,
            String device,
            Backend backend) {}

    /** A reward by name, null for the one before, and the options that change. */
    record RewardFlags(String name, Map<String, String> options) {}

    /** Nothing said. */
    static final Options NONE =
            Settings.create(
                    Options.class,
                    Map.of(
                            "steering",
                            Steering.NONE,
                            "gaussian",
                            GaussianSampling.NONE,
                            "backbone",
                            BackboneSampling.NONE));

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

    /** Resolves a job in which the method takes of the settings those that it has. */
    static SamplingJob forMethod(Method method, Options given, Options before) {
        Map<String, Object> wishes = new LinkedHashMap<>(Settings.of(given));
        wishes.put("method", method);
        wishes.put("steering", Steering.NONE);
        if (method != Method.REFINE) {
            wishes.remove("seedSequences");
        }
        Object network = wishes.remove("valueNetwork");
        Map<String, Object> earlier = new LinkedHashMap<>(Settings.of(before));
        Steering first = before.steering() == null ? Steering.NONE : before.steering();
        earlier.put("steering", first.overriddenBy(given.steering()));
        if (network != null) {
            earlier.put("valueNetwork", network);
        }
        return new SampleDefaults(
                        Settings.create(Options.class, wishes),
                        Settings.create(Options.class, earlier))
                .resolve();
    }

    SamplingJob resolve() {
        String model = first(Options::model, "rna-utr5");
        Optional<GraphConfig> graph = MoleculeDefaults.graph(model);
        if (graph.isPresent()) {
            MoleculeDefaults.requireFit(given, model);
        }
        boolean sequences = graph.isEmpty();
        boolean proteins = sequences && ProteinDefaults.isInverseFolding(model);
        Method method = first(Options::method, Method.SVDD_PM);
        SamplingJob.Sampler sampler = first(Options::sampler, SamplingJob.Sampler.ANCESTRAL);
        boolean grid = !sequences || sampler == SamplingJob.Sampler.ANCESTRAL;
        boolean uniform = model.equals(SamplingJob.UNIFORM);
        String label = sequences ? first(Options::classLabel, null) : null;
        refuse("--steps", given.steps(), grid, "--sampler " + JobYaml.label(sampler));
        refuse("--alphabet", given.alphabet(), uniform, "--model " + model);
        refuse("--length", given.length(), uniform, "--model " + model);
        refuse("--class-weight", given.classWeight(), label != null, "no --class");
        refuse("--class-form", given.classForm(), label != null, "no --class");
        refuse(
                "--seed-sequences",
                given.seedSequences(),
                method == Method.REFINE,
                "--method " + method);
        Backend backend = first(Options::backend, Backend.AUTO);
        Steering earlier = before.steering() == null ? Steering.NONE : before.steering();
        Steering steering =
                sequences
                        ? Steering.resolve(method, given.steering(), earlier)
                        : MoleculeDefaults.steering(method, given.steering(), earlier);
        boolean learned = SamplingJob.usesValueNetwork(method, steering);
        refuse("--value-network", given.valueNetwork(), learned, "no learned value");
        return new SamplingJob(
                model,
                uniform ? first(Options::alphabet, "ACGT") : null,
                uniform ? first(Options::length, 32) : null,
                label,
                label == null ? null : first(Options::classWeight, 1.0),
                label == null ? null : first(Options::classForm, SamplingJob.ClassForm.NORMALISED),
                reward(rewardPreset(sequences, proteins)),
                first(Options::plugins, null),
                first(Options::maxRewardCalls, null),
                first(Options::rewardCache, null),
                sequences ? first(Options::constraints, null) : null,
                learned ? first(Options::valueNetwork, null) : null,
                method == Method.REFINE ? first(Options::seedSequences, null) : null,
                method,
                steering,
                first(Options::num, 64),
                sequences ? sampler : null,
                MoleculeDefaults.sampling(graph, given.gaussian(), before.gaussian(), model),
                ProteinDefaults.sampling(proteins, given.backbone(), before.backbone(), model),
                grid ? first(Options::steps, steps(graph, proteins)) : null,
                first(Options::seed, 0L),
                first(Options::batchSize, 64),
                first(Options::threads, Runtime.getRuntime().availableProcessors()),
                EngineSettings.device(first(Options::device, "auto"), backend),
                backend);
    }

    private static String rewardPreset(boolean sequences, boolean proteins) {
        if (proteins) {
            return ProteinDefaults.REWARD;
        }
        return sequences ? "mrl" : MoleculeDefaults.REWARD;
    }

    private static int steps(Optional<GraphConfig> graph, boolean proteins) {
        int preset = proteins ? ProteinDefaults.STEPS : 128;
        return graph.map(g -> g.sampling().steps()).orElse(preset);
    }

    private Object reward(String preset) {
        if (!(given.reward() instanceof RewardFlags flags)) {
            return plain(RewardSpec.of(first(Options::reward, preset)));
        }
        Object earlier = before.reward() == null ? preset : before.reward();
        return plain(changed(RewardSpec.of(earlier), flags));
    }

    /** Options of another reward than the one before would not fit it. */
    private static RewardSpec changed(RewardSpec earlier, RewardFlags flags) {
        if (flags.name() == null && flags.options().isEmpty()) {
            return earlier;
        }
        if (earlier instanceof NamedReward named
                && (flags.name() == null || flags.name().equals(named.name()))) {
            Map<String, Object> options = new LinkedHashMap<>(named.options());
            options.putAll(flags.options());
            return new NamedReward(named.name(), options);
        }
        if (flags.name() == null) {
            throw new IllegalArgumentException(
                    "--reward-option belongs to a reward that is named, got a job that composes"
                            + " one; set it in the job");
        }
        return new NamedReward(flags.name(), Map.copyOf(flags.options()));
    }

    /** A name where that says all, so that job files are short. */
    private static Object plain(RewardSpec spec) {
        return spec instanceof NamedReward named && named.options().isEmpty()
                ? named.name()
                : spec.toMap();
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
