package dev.tiller.finetune.job;

import dev.tiller.finetune.data.StabilityTable;
import dev.tiller.finetune.objective.InverseFolding;
import dev.tiller.finetune.objective.Stability;
import dev.tiller.rewards.protein.Backbone;
import dev.tiller.zoo.architecture.Architectures;
import dev.tiller.zoo.architecture.ProteinMpnn;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What a job says of proteins, with its defaults. */
final class ProteinSettings {
    static final int MIN_LENGTH = 30;
    static final int MAX_LENGTH = 500;
    static final double IDENTITY = 0.3;
    static final double BACKBONE_NOISE = 0.1;
    static final double LABEL_SMOOTHING = 0.1;
    static final int MUTANTS = 32;
    static final int BATCH_TOKENS = 4000;

    /** The amino acids and X; the mask comes after them. */
    private static final String ALPHABET = Backbone.AMINO_ACIDS + "X";

    private static final Set<String> MODEL_KEYS =
            Set.of("architecture", "config", "alphabet", "init");
    private static final Set<String> DATA_KEYS =
            Set.of(
                    "backbones",
                    "min_length",
                    "max_length",
                    "identity",
                    "validation",
                    "test",
                    "split_seed");
    private static final Set<String> STABILITY_DATA_KEYS =
            Set.of("table", "protein_column", "mutation_column", "label_column", "sign", "part");
    private static final Set<String> STABILITY_KEYS = Set.of("backbone_noise", "mutants");
    private static final Set<String> FOLDING_KEYS =
            Set.of("backbone_noise", "loss", "label_smoothing", "normaliser");
    private static final TrainingJob.Protein NOTHING =
            new TrainingJob.Protein(null, null, null, null, null);

    private final TrainingJob job;
    private final boolean stability;
    private final TrainingJob.Protein protein;

    ProteinSettings(TrainingJob job) {
        this.job = job;
        this.stability = job.objective() == TrainingJob.Kind.STABILITY;
        this.protein = JobRunner.or(job.protein(), NOTHING);
    }

    /** Checks what must and must not be given, before anything is read. */
    void check() {
        model();
        data();
        Set<String> keys = stability ? STABILITY_KEYS : FOLDING_KEYS;
        unused(protein, "protein.", keys, Set.of());
        unused(job.training().timeSampling() != null, "training.time_sampling");
        unused(job.training().loss() != null, "training.loss");
        unused(job.training().temperature() != null, "training.temperature");
        numbers();
    }

    private void model() {
        TrainingJob.Model model = job.model();
        JobChecks.require(model != null && model.architecture() != null, "model.architecture", job);
        JobChecks.require(model.config() != null && model.config().isObject(), "model.config", job);
        JobChecks.require(model.alphabet() != null, "model.alphabet", job);
        JobChecks.requireThat(
                model.architecture().equals(ProteinMpnn.NAME),
                "model.architecture",
                "be " + ProteinMpnn.NAME + " for objective " + job.objective(),
                model.architecture());
        ProteinMpnn.Config config = config();
        boolean letters = config.head() == ProteinMpnn.Head.LETTERS;
        JobChecks.requireThat(
                letters != stability,
                "model.config.head",
                "be "
                        + (stability ? "score or change" : "letters")
                        + " for objective "
                        + job.objective(),
                name(config.head()));
        JobChecks.requireThat(
                !config.autoregressive(), "model.config.autoregressive", "be false", true);
        JobChecks.requireThat(
                config.classes() == 0, "model.config.classes", "be 0", config.classes());
        JobChecks.requireThat(
                config.letters() == ALPHABET.length() + 1,
                "model.config.letters",
                "be " + (ALPHABET.length() + 1) + ", the alphabet and the mask",
                config.letters());
        JobChecks.requireThat(
                model.alphabet().equals(ALPHABET),
                "model.alphabet",
                "be " + ALPHABET,
                model.alphabet());
        Set<String> more = stability ? Set.of("referee") : Set.of("schedule", "value_networks");
        unused(model, "model.", MODEL_KEYS, more);
        JobChecks.require(stability || model.schedule() != null, "model.schedule", job);
    }

    private static String name(ProteinMpnn.Head head) {
        return head.name().toLowerCase(Locale.ROOT);
    }

    private void data() {
        TrainingJob.Data data = job.data();
        boolean files = data != null && data.backbones() != null && !data.backbones().isEmpty();
        JobChecks.require(files, "data.backbones", job);
        unused(data, "data.", DATA_KEYS, stability ? STABILITY_DATA_KEYS : Set.of());
        if (stability) {
            JobChecks.require(data.table() != null, "data.table", job);
            JobChecks.require(data.labelColumn() != null, "data.label_column", job);
            int sign = columns().sign();
            JobChecks.requireThat(Math.abs(sign) == 1, "data.sign", "be 1 or -1", sign);
            DataChecks.part(job);
        }
        JobChecks.requireThat(minLength() >= 1, "data.min_length", "be at least 1", minLength());
        JobChecks.requireThat(
                maxLength() >= minLength(),
                "data.max_length",
                "be at least data.min_length, " + minLength(),
                maxLength());
        JobChecks.requireThat(
                identity() > 0 && identity() <= 1, "data.identity", "be in (0, 1]", identity());
    }

    private void numbers() {
        requireAtLeast(0, "protein.backbone_noise", backboneNoise());
        if (stability) {
            requireAtLeast(1, "protein.mutants", JobRunner.or(protein.mutants(), MUTANTS));
            return;
        }
        InverseFolding.Options options = options();
        requireAtLeast(0, "protein.label_smoothing", options.labelSmoothing());
        JobChecks.requireThat(
                options.loss() != InverseFolding.Loss.NELBO || options.labelSmoothing() == 0,
                "protein.label_smoothing",
                "be 0 or left out for protein.loss nelbo",
                options.labelSmoothing());
        JobChecks.requireThat(
                protein.normaliser() == null || protein.normaliser() > 0,
                "protein.normaliser",
                "be above 0",
                protein.normaliser());
        requireAtLeast(1, "training.batch_tokens", options.batchTokens());
    }

    private static void requireAtLeast(int least, String key, Number value) {
        JobChecks.requireThat(value.doubleValue() >= least, key, "be at least " + least, value);
    }

    private void unused(Record part, String prefix, Set<String> used, Set<String> more) {
        for (String key : JobFile.given(part)) {
            unused(!used.contains(key) && !more.contains(key), prefix + key);
        }
    }

    private void unused(boolean given, String key) {
        if (given) {
            throw new IllegalArgumentException(
                    key + " is not used by objective " + job.objective() + "; leave it out");
        }
    }

    private ProteinMpnn.Config config() {
        TrainingJob.Model model = job.model();
        return ((ProteinMpnn) Architectures.create(model.architecture(), model.config())).config();
    }

    int minLength() {
        return JobRunner.or(job.data().minLength(), MIN_LENGTH);
    }

    int maxLength() {
        return JobRunner.or(job.data().maxLength(), MAX_LENGTH);
    }

    /** From which share of equal letters proteins stay together. */
    double identity() {
        return JobRunner.or(job.data().identity(), IDENTITY);
    }

    /** The seed of the split into training, validation and test. */
    long splitSeed() {
        return JobRunner.or(job.data().splitSeed(), job.seed());
    }

    List<Path> files() {
        return job.data().backbones().stream().map(Path::of).toList();
    }

    StabilityTable.Columns columns() {
        TrainingJob.Data data = job.data();
        return new StabilityTable.Columns(
                JobRunner.or(data.proteinColumn(), "protein"),
                JobRunner.or(data.mutationColumn(), "mutation"),
                data.labelColumn(),
                JobRunner.or(data.sign(), 1));
    }

    private double backboneNoise() {
        return JobRunner.or(protein.backboneNoise(), BACKBONE_NOISE);
    }

    /** How inverse folding is trained. */
    InverseFolding.Options options() {
        InverseFolding.Loss loss =
                JobChecks.constant(
                        InverseFolding.Loss.class,
                        "protein.loss",
                        JobRunner.or(protein.loss(), "all"));
        boolean bound = loss == InverseFolding.Loss.NELBO;
        return new InverseFolding.Options(
                ALPHABET.length(),
                config().neighbours(),
                backboneNoise(),
                job.model().schedule().create(),
                loss,
                JobRunner.or(protein.labelSmoothing(), bound ? 0 : LABEL_SMOOTHING),
                JobRunner.or(protein.normaliser(), 0.0),
                JobRunner.or(job.training().batchTokens(), BATCH_TOKENS));
    }

    /** How the stability of mutants is learned. */
    Stability.Options mutants() {
        return new Stability.Options(
                config().neighbours(),
                backboneNoise(),
                JobRunner.or(protein.mutants(), MUTANTS),
                config().head() == ProteinMpnn.Head.CHANGE);
    }
}
