package dev.tiller.finetune.job;

import dev.tiller.finetune.objective.MaskedNelbo.TimeSampling;
import dev.tiller.finetune.optimizer.AdamW;
import dev.tiller.finetune.optimizer.LearningRate;
import dev.tiller.zoo.architecture.Architectures;
import dev.tiller.zoo.architecture.ConvGru;
import dev.tiller.zoo.architecture.Dit;
import dev.tiller.zoo.architecture.DnaConv;
import dev.tiller.zoo.architecture.NamedBlock;
import dev.tiller.zoo.architecture.Optimus;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a job must and must not say, checked before anything is written. */
final class JobChecks {
    private static final List<String> TABLE =
            List.of(
                    "table",
                    "sequence_column",
                    "where",
                    "held_out_where",
                    "groups",
                    "part",
                    "validation",
                    "test");

    private final TrainingJob job;
    private final String objective;

    private JobChecks(TrainingJob job) {
        this.job = job;
        this.objective = name(job.objective());
    }

    static void check(TrainingJob job) {
        require(job.name() != null, "name", job);
        requireThat(
                job.name().matches("[a-z0-9][a-z0-9._=+-]*"),
                "name",
                "start with a letter or digit and hold only a-z, 0-9 and '.', '-', '_', '=', '+'",
                job.name());
        require(job.objective() != null, "objective", job);
        boolean matched = job.objective() == TrainingJob.Kind.SCORE_MATCHING;
        JobChecks checks = new JobChecks(job);
        boolean proteins =
                job.objective() == TrainingJob.Kind.INVERSE_FOLDING
                        || job.objective() == TrainingJob.Kind.STABILITY;
        checks.requireUnused(!matched && job.scoreMatching() != null, "score_matching");
        checks.proteinKeys(proteins);
        if (matched || proteins) {
            requireSteps(job);
            checks.fineTuningKeys();
            if (matched) {
                new ScoreMatchingSettings(job).check();
            } else {
                new ProteinSettings(job).check();
            }
            checks.numbers();
            decay(job);
            JobRunner.options(job);
            return;
        }
        if (job.objective() == TrainingJob.Kind.REWARD_BACKPROPAGATION) {
            requireSteps(job);
            new BackpropagationSettings(job).check();
            decay(job);
            JobRunner.options(job);
            return;
        }
        require(job.model() != null, "model", job);
        require(job.model().architecture() != null, "model.architecture", job);
        require(job.model().alphabet() != null, "model.alphabet", job);
        require(
                job.model().config() != null && job.model().config().isObject(),
                "model.config",
                job);
        require(job.data() != null, "data", job);
        requireSteps(job);
        checks.model();
        checks.usedKeys();
        checks.fineTuningKeys();
        checks.requiredKeys();
        checks.numbers();
        DataChecks.check(job);
        timeSampling(job);
        JobRunner.options(job);
    }

    private static void requireSteps(TrainingJob job) {
        require(
                job.training() != null && job.training().maxSteps() != null,
                "training.max_steps",
                job);
    }

    private void model() {
        TrainingJob.Model model = job.model();
        NamedBlock network = Architectures.create(model.architecture(), model.config());
        DnaConv.Config convolutions = network instanceof DnaConv dna ? dna.config() : null;
        int known = convolutions == null ? 0 : convolutions.classes();
        if (trainsDenoiser()) {
            requireThat(
                    network instanceof Dit || (convolutions != null && !convolutions.classifier()),
                    "model.architecture",
                    "be "
                            + Dit.NAME
                            + " or "
                            + DnaConv.NAME
                            + ", no classifier, for objective "
                            + objective,
                    model.architecture());
            List<String> classes = JobRunner.or(job.data().classes(), List.of());
            requireThat(
                    known == classes.size(),
                    "model.config.classes",
                    "be the number of data.classes, " + classes.size(),
                    known);
        } else {
            requireThat(
                    convolutions == null
                            ? !(network instanceof Dit)
                            : convolutions.classifier() && convolutions.classes() == 1,
                    "model.architecture",
                    "be "
                            + ConvGru.NAME
                            + ", "
                            + Optimus.NAME
                            + " or "
                            + DnaConv.NAME
                            + " with classifier: true and classes: 1 for objective "
                            + objective,
                    model.architecture());
        }
        int letters = network.letters();
        requireThat(
                model.alphabet().length() == letters
                        && model.alphabet().chars().distinct().count() == letters,
                "model.alphabet",
                "have " + letters + " different letters, as the network has",
                model.alphabet());
    }

    private boolean trainsDenoiser() {
        return job.objective() == TrainingJob.Kind.MASKED_NELBO
                || job.objective() == TrainingJob.Kind.SCORE_ENTROPY;
    }

    /** The keys of the rows of a table, and further ones. */
    private static List<String> table(String... more) {
        List<String> keys = new ArrayList<>(TABLE);
        keys.addAll(List.of(more));
        return keys;
    }

    /** The keys of the data that the objective reads. */
    private List<String> dataKeys() {
        return switch (job.objective()) {
            case SCORE_ENTROPY -> TABLE;
            case MASKED_NELBO ->
                    job.data().classes() == null
                            ? TABLE
                            : table("label_column", "classes", "class_dropout");
            case REGRESSION -> table("label_column");
            case CLASSIFICATION -> table("label_column", "classes");
            case DISTILLATION ->
                    List.of(
                            "table",
                            "sequence_column",
                            "label_column",
                            "validation",
                            "test",
                            "teacher",
                            "teacher_output",
                            "random_sequences",
                            "generator",
                            "generated_sequences",
                            "guided_sequences",
                            "candidates",
                            "reward",
                            "steps");
            case SOFT_VALUE ->
                    List.of(
                            "generator",
                            "reward",
                            "steps",
                            "roll_outs",
                            "states_per_roll_out",
                            "buffer",
                            "validation");
            default -> List.of(); // checked by their settings
        };
    }

    private void usedKeys() {
        List<String> used = dataKeys();
        for (String key : JobFile.given(job.data())) {
            requireUnused(!used.contains(key), "data." + key);
        }
        TrainingJob.Kind kind = job.objective();
        boolean scores =
                kind == TrainingJob.Kind.REGRESSION
                        || kind == TrainingJob.Kind.CLASSIFICATION
                        || kind == TrainingJob.Kind.DISTILLATION;
        requireUnused(
                !trainsDenoiser() && job.model().timeConditioning() != null,
                "model.time_conditioning");
        requireUnused(!trainsDenoiser() && job.model().schedule() != null, "model.schedule");
        requireUnused(
                !trainsDenoiser() && job.model().valueNetworks() != null, "model.value_networks");
        requireUnused(!scores && job.model().referee() != null, "model.referee");
        requireUnused(job.model().graph() != null, "model.graph");
        requireUnused(
                kind != TrainingJob.Kind.MASKED_NELBO && job.training().timeSampling() != null,
                "training.time_sampling");
        boolean valued = kind == TrainingJob.Kind.SOFT_VALUE;
        requireUnused(!valued && job.training().loss() != null, "training.loss");
        requireUnused(!valued && job.training().temperature() != null, "training.temperature");
    }

    /** What only reward backpropagation reads. */
    private void fineTuningKeys() {
        List<String> given = job.model() == null ? List.of() : JobFile.given(job.model());
        for (String key : List.of("pretrained", "label", "lora")) {
            requireUnused(given.contains(key), "model." + key);
        }
        requireUnused(job.reward() != null, "reward");
        requireUnused(job.backpropagation() != null, "backpropagation");
        requireUnused(job.stop() != null, "stop");
    }

    /** What only jobs of proteins read, beside data. */
    private void proteinKeys(boolean used) {
        requireUnused(!used && job.protein() != null, "protein");
        requireUnused(!used && job.model() != null && job.model().init() != null, "model.init");
        boolean tokens = job.training() != null && job.training().batchTokens() != null;
        boolean cut = job.objective() == TrainingJob.Kind.INVERSE_FOLDING;
        requireUnused(tokens && !cut, "training.batch_tokens");
    }

    private void requireUnused(boolean given, String key) {
        if (given) {
            throw new IllegalArgumentException(
                    key + " is not used by objective " + objective + "; leave it out");
        }
    }

    private void requiredKeys() {
        TrainingJob.Data data = job.data();
        switch (job.objective()) {
            case MASKED_NELBO, SCORE_ENTROPY -> {
                require(job.model().schedule() != null, "model.schedule", job);
                require(data.table() != null, "data.table", job);
            }
            case REGRESSION -> {
                require(data.table() != null, "data.table", job);
                require(data.labelColumn() != null, "data.label_column", job);
            }
            case CLASSIFICATION -> {
                require(data.table() != null, "data.table", job);
                require(data.classes() != null, "data.classes", job);
            }
            case DISTILLATION -> {
                require(data.teacher() != null, "data.teacher", job);
                require(data.randomSequences() != null, "data.random_sequences", job);
                int guided = JobRunner.or(data.guidedSequences(), 0);
                int generated = JobRunner.or(data.generatedSequences(), 0) + guided;
                require(generated == 0 || data.generator() != null, "data.generator", job);
                require(guided == 0 || data.reward() != null, "data.reward", job);
                boolean compared = data.table() != null;
                require(!compared || data.labelColumn() != null, "data.label_column", job);
            }
            case SOFT_VALUE -> {
                require(data.generator() != null, "data.generator", job);
                require(data.reward() != null, "data.reward", job);
                require(data.rollOuts() != null || data.buffer() != null, "data.roll_outs", job);
                SoftValueTask.buffer(job);
                SoftValueTask.loss(job);
            }
            case SCORE_MATCHING, INVERSE_FOLDING, STABILITY, REWARD_BACKPROPAGATION -> {
                // checked by their settings
            }
        }
    }

    private void numbers() {
        TrainingJob.Data data = job.data();
        atLeast(1, "random_sequences", data.randomSequences());
        atLeast(0, "generated_sequences", data.generatedSequences());
        atLeast(0, "guided_sequences", data.guidedSequences());
        atLeast(1, "candidates", data.candidates());
        atLeast(0, "teacher_output", data.teacherOutput());
        atLeast(1, "steps", data.steps());
        atLeast(1, "roll_outs", data.rollOuts());
        atLeast(1, "states_per_roll_out", data.statesPerRollOut());
        share("validation", data.validation());
        share("test", data.test());
        double held = JobRunner.or(data.validation(), 0.1) + JobRunner.or(data.test(), 0.1);
        requireThat(held < 1, "data.validation and data.test", "be below 1 together", held);
    }

    private static void atLeast(int least, String key, Integer value) {
        requireThat(value == null || value >= least, "data." + key, "be at least " + least, value);
    }

    private static void share(String key, Double value) {
        requireThat(value == null || value > 0, "data." + key, "be above 0", value);
    }

    /** Returns how a job draws its training times. */
    static TimeSampling timeSampling(TrainingJob job) {
        return constant(
                TimeSampling.class,
                "training.time_sampling",
                JobRunner.or(job.training().timeSampling(), "antithetic"));
    }

    /** Returns how a job's learning rate decays. */
    static LearningRate.Shape decay(TrainingJob job) {
        return constant(
                LearningRate.Shape.class,
                "training.decay",
                JobRunner.or(job.training().decay(), "constant"));
    }

    /** The optimisers by the names of job files. */
    private enum Optimizer {
        ADAMW,
        ADAM
    }

    /** Returns where a job's weight decay acts. */
    static AdamW.Decay weightDecay(TrainingJob job) {
        String given = JobRunner.or(job.training().optimizer(), "adamw");
        return constant(Optimizer.class, "training.optimizer", given) == Optimizer.ADAM
                ? AdamW.Decay.IN_GRADIENT
                : AdamW.Decay.DECOUPLED;
    }

    static <E extends Enum<E>> E constant(Class<E> type, String key, String value) {
        for (E constant : type.getEnumConstants()) {
            if (name(constant).equalsIgnoreCase(value)) {
                return constant;
            }
        }
        throw new IllegalArgumentException(
                key + " must be one of " + JobErrors.names(type) + ", got '" + value + "'");
    }

    private static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    static void requireThat(boolean holds, String key, String rule, Object value) {
        if (!holds) {
            throw new IllegalArgumentException(key + " must " + rule + ", got " + value);
        }
    }

    static void require(boolean given, String key, TrainingJob job) {
        if (!given) {
            String named = job.name() == null ? "" : " '" + job.name() + "'";
            String why =
                    job.objective() == null ? "" : " (objective " + name(job.objective()) + ")";
            throw new IllegalArgumentException("job" + named + " must give " + key + why);
        }
    }
}
