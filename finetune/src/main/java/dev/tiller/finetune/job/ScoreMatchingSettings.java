package dev.tiller.finetune.job;

import dev.tiller.finetune.data.MoleculeTable;
import dev.tiller.finetune.objective.DiffusionTimes;
import dev.tiller.finetune.objective.ScoreMatching;
import dev.tiller.sampler.gaussian.Parameterisation;
import dev.tiller.zoo.GraphConfig;
import dev.tiller.zoo.architecture.Architectures;
import dev.tiller.zoo.architecture.Gdss;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What a job says of score matching, with its defaults. */
final class ScoreMatchingSettings {
    /** The networks of an architecture of graphs, by the beginning of their parameters' names. */
    static final List<String> NETWORKS = List.of("x.", "adj.");

    private static final Set<String> MODEL_KEYS = Set.of("architecture", "config", "graph");
    private static final Set<String> DATA_KEYS =
            Set.of("table", "smiles_column", "validation", "test");
    private static final TrainingJob.ScoreMatching NOTHING =
            new TrainingJob.ScoreMatching(null, null, null);
    private static final TrainingJob.GraphSampling NO_SAMPLING =
            new TrainingJob.GraphSampling(null, null, null, null, null, null, null);

    /** How the losses of the entries of an array become one. */
    private enum Reduce {
        SUM,
        MEAN
    }

    private final TrainingJob job;

    ScoreMatchingSettings(TrainingJob job) {
        this.job = job;
    }

    /** Checks what must and must not be given, before anything is read. */
    void check() {
        TrainingJob.Model model = job.model();
        JobChecks.require(model != null && model.architecture() != null, "model.architecture", job);
        JobChecks.require(model.config() != null && model.config().isObject(), "model.config", job);
        JobChecks.requireThat(
                model.architecture().equals(Gdss.NAME),
                "model.architecture",
                "be " + Gdss.NAME + " for objective score_matching",
                model.architecture());
        unused(model, "model.", MODEL_KEYS);
        JobChecks.require(job.data() != null && job.data().table() != null, "data.table", job);
        unused(job.data(), "data.", DATA_KEYS);
        JobChecks.requireThat(
                job.data().smilesColumn() == null
                        || !MoleculeTable.isSmiles(Path.of(job.data().table())),
                "data.smiles_column",
                "be left out for a file of SMILES, which has no columns",
                job.data().smilesColumn());
        unused(job.training().timeSampling() != null, "training.time_sampling");
        unused(job.training().loss() != null, "training.loss");
        unused(job.training().temperature() != null, "training.temperature");
        requireGraph();
        graph(Collections.nCopies(job.model().graph().nodes(), 1.0));
        options();
    }

    private static void unused(Record part, String prefix, Set<String> used) {
        for (String key : JobFile.given(part)) {
            unused(!used.contains(key), prefix + key);
        }
    }

    private static void unused(boolean given, String key) {
        if (given) {
            throw new IllegalArgumentException(
                    key + " is not used by objective score_matching; leave it out");
        }
    }

    private void requireGraph() {
        TrainingJob.Graph graph = job.model().graph();
        JobChecks.require(graph != null, "model.graph", job);
        JobChecks.require(graph.atoms() != null, "model.graph.atoms", job);
        JobChecks.require(graph.nodes() != null, "model.graph.nodes", job);
        JobChecks.require(isNoise(graph.x()), "model.graph.x.sde", job);
        JobChecks.require(isNoise(graph.adj()), "model.graph.adj.sde", job);
        Gdss network =
                (Gdss) Architectures.create(job.model().architecture(), job.model().config());
        List<String> atoms = graph.atoms();
        JobChecks.requireThat(
                !atoms.contains(null)
                        && new HashSet<>(atoms).size() == atoms.size()
                        && atoms.size() == network.config().features(),
                "model.graph.atoms",
                "list as many different elements as model.config.features, "
                        + network.config().features(),
                atoms);
        JobChecks.requireThat(
                graph.nodes() == network.config().nodes(),
                "model.graph.nodes",
                "be model.config.nodes, " + network.config().nodes(),
                graph.nodes());
    }

    private static boolean isNoise(TrainingJob.Noise noise) {
        return noise != null && noise.sde() != null;
    }

    /** What the model is, with the weight of each number of atoms. */
    GraphConfig graph(List<Double> sizes) {
        TrainingJob.Graph given = job.model().graph();
        GraphConfig.Noise x = noise("x", given.x());
        GraphConfig.Noise adj = noise("adj", given.adj());
        TrainingJob.GraphSampling how = sampling();
        try {
            return new GraphConfig(
                    given.atoms(),
                    given.nodes(),
                    sizes,
                    x,
                    adj,
                    new GraphConfig.Sampling(
                            how.steps(),
                            how.predictor(),
                            how.corrector(),
                            how.snr(),
                            how.scaleEps(),
                            how.correctorSteps(),
                            how.eps()));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("model.graph: " + e.getMessage(), e);
        }
    }

    private static GraphConfig.Noise noise(String name, TrainingJob.Noise given) {
        String key = "model.graph." + name;
        Parameterisation output =
                JobChecks.constant(
                        Parameterisation.class,
                        key + ".parameterisation",
                        JobRunner.or(given.parameterisation(), "score"));
        try {
            return new GraphConfig.Noise(given.sde(), given.parameters(), output);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(key + ": " + e.getMessage(), e);
        }
    }

    ScoreMatching.Options options() {
        TrainingJob.ScoreMatching given = JobRunner.or(job.scoreMatching(), NOTHING);
        return new ScoreMatching.Options(
                JobChecks.constant(
                        ScoreMatching.Weighting.class,
                        "score_matching.weighting",
                        JobRunner.or(given.weighting(), "noise")),
                JobChecks.constant(
                        DiffusionTimes.Sampling.class,
                        "score_matching.times",
                        JobRunner.or(given.times(), "uniform")),
                JobChecks.constant(
                                Reduce.class,
                                "score_matching.reduce",
                                JobRunner.or(given.reduce(), "sum"))
                        == Reduce.MEAN,
                false);
    }

    /** How the model is sampled unless told otherwise. */
    TrainingJob.GraphSampling sampling() {
        TrainingJob.GraphSampling given = JobRunner.or(job.model().graph().sampling(), NO_SAMPLING);
        return new TrainingJob.GraphSampling(
                JobRunner.or(given.steps(), 1000),
                JobRunner.or(given.predictor(), "reverse"),
                JobRunner.or(given.corrector(), "langevin"),
                JobRunner.or(given.snr(), 0.2),
                JobRunner.or(given.scaleEps(), 0.7),
                JobRunner.or(given.correctorSteps(), 1),
                JobRunner.or(given.eps(), 1e-4));
    }
}
