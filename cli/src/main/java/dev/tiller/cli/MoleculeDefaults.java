package dev.tiller.cli;

import dev.tiller.cli.run.GaussianSampling;
import dev.tiller.cli.run.Method;
import dev.tiller.cli.run.SamplingJob;
import dev.tiller.cli.run.Settings;
import dev.tiller.cli.run.Steering;
import dev.tiller.cli.run.Steering.PosteriorKind;
import dev.tiller.sampler.gaussian.Predictor;
import dev.tiller.zoo.GraphConfig;
import dev.tiller.zoo.ModelZoo;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** What is different where a model makes molecules. */
final class MoleculeDefaults {
    static final String REWARD = "qed";

    /** Methods that need no gradient by letters and no value network. */
    private static final Set<Method> METHODS =
            EnumSet.of(
                    Method.UNGUIDED,
                    Method.BEST_OF_N,
                    Method.SVDD_PM,
                    Method.SVDD_R,
                    Method.IMPORTANCE_SAMPLING,
                    Method.SMC,
                    Method.NESTED_IS,
                    Method.FK,
                    Method.REFINE);

    private MoleculeDefaults() {}

    /** Returns what a model of molecules is, empty for one of sequences. */
    static Optional<GraphConfig> graph(String model) {
        return model.equals(SamplingJob.UNIFORM)
                ? Optional.empty()
                : Optional.ofNullable(ModelZoo.find(model).config().graph());
    }

    /** Refuses what belongs to sequences. */
    static void requireFit(SampleDefaults.Options given, String model) {
        refuse("--sampler", given.sampler(), model);
        refuse("--class", given.classLabel(), model);
        refuse("--constraint", given.constraints(), model);
        refuse("--seed-sequences", given.seedSequences(), model);
        refuse("--letters", given.steering().letters(), model);
    }

    private static void refuse(String option, Object value, String model) {
        if (value != null) {
            throw new IllegalArgumentException(
                    option
                            + " belongs to sequences, and model '"
                            + model
                            + "' makes molecules; leave it out");
        }
    }

    /** Completes the settings of a method; the posterior is its mean unless draws are asked for. */
    static Steering steering(Method method, Steering given, Steering before) {
        if (!METHODS.contains(method)) {
            throw new IllegalArgumentException(
                    "--method "
                            + method
                            + " needs gradients by letters or a value network, which models of"
                            + " molecules do not have; use one of "
                            + METHODS);
        }
        boolean unsaid = before.posterior() == null && given.posteriorDraws() == null;
        boolean mean = unsaid && method.settings().containsKey("posterior");
        Steering steering =
                Steering.resolve(
                        method,
                        given,
                        mean ? before.with("posterior", PosteriorKind.MODE) : before);
        if (steering.posterior() == PosteriorKind.SOFT
                || SamplingJob.usesValueNetwork(method, steering)) {
            throw new IllegalArgumentException(
                    "the value of a noisy molecule must be that of its posterior: --posterior mode"
                            + " or draws, got --posterior soft or a learned value");
        }
        return steering;
    }

    /** Completes the settings of the sampler; null for sequences. */
    static GaussianSampling sampling(
            Optional<GraphConfig> graph,
            GaussianSampling given,
            GaussianSampling before,
            String model) {
        if (graph.isEmpty()) {
            Settings.of(given).keySet().stream()
                    .findFirst()
                    .ifPresent(
                            setting -> {
                                throw new IllegalArgumentException(
                                        Settings.option(setting)
                                                + " belongs to molecules, and model '"
                                                + model
                                                + "' makes sequences; leave it out");
                            });
            return null;
        }
        GraphConfig.Sampling made = graph.get().sampling();
        GaussianSampling preset =
                new GaussianSampling(
                        Predictor.of(made.predictor()),
                        null,
                        made.correctorSteps(),
                        made.snr(),
                        made.scaleEps());
        return GaussianSampling.resolve(
                given, before == null ? GaussianSampling.NONE : before, preset);
    }
}
