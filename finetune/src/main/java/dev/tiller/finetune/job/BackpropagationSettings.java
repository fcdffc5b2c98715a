package dev.tiller.finetune.job;

import dev.tiller.finetune.backpropagation.Annealing;
import dev.tiller.finetune.backpropagation.BackpropagationOptions;
import dev.tiller.finetune.backpropagation.BackpropagationOptions.KlSteps;
import dev.tiller.finetune.backpropagation.Conditioning;
import dev.tiller.finetune.backpropagation.Divergence;
import dev.tiller.finetune.backpropagation.RisingWeight;
import dev.tiller.finetune.backpropagation.ValidationOptions;
import dev.tiller.rewards.Reward;
import java.util.OptionalDouble;
import java.util.Set;

/** What a job says of reward backpropagation, with its defaults. */
final class BackpropagationSettings {
    private static final TrainingJob.Backpropagation NOTHING =
            new TrainingJob.Backpropagation(
                    null, null, null, null, null, null, null, null, null, null);

    /** What is read where proteins are designed for backbones. */
    private static final Set<String> PROTEIN_DATA =
            Set.of(
                    "backbones",
                    "min_length",
                    "max_length",
                    "identity",
                    "validation",
                    "test",
                    "split_seed");

    private final TrainingJob job;
    private final TrainingJob.Backpropagation given;

    BackpropagationSettings(TrainingJob job) {
        this.job = job;
        this.given = JobRunner.or(job.backpropagation(), NOTHING);
    }

    /** Checks what must and must not be given, before anything is read. */
    void check() {
        TrainingJob.Model model = job.model();
        JobChecks.require(model != null && model.pretrained() != null, "model.pretrained", job);
        for (String key : JobFile.given(model)) {
            boolean used = key.equals("pretrained") || key.equals("label") || key.equals("lora");
            unused(!used, "model." + key, "which model.pretrained tells");
        }
        if (job.data() != null) {
            for (String key : JobFile.given(job.data())) {
                unused(
                        !PROTEIN_DATA.contains(key),
                        "data." + key,
                        "for there are no examples, but the backbones of proteins");
            }
            boolean files = job.data().backbones() != null && !job.data().backbones().isEmpty();
            JobChecks.require(files, "data.backbones", job);
        }
        JobChecks.require(job.reward() != null && !job.reward().isNull(), "reward", job);
        boolean free = kl() == Divergence.NONE;
        JobChecks.require(free || given.klWeight() != null, "backpropagation.kl_weight", job);
        unused(free && given.klWeight() != null, "backpropagation.kl_weight", "with kl none");
        unused(free && given.klWarmup() != null, "backpropagation.kl_warmup", "with kl none");
        unused(free && given.klSteps() != null, "backpropagation.kl_steps", "with kl none");
        TrainingJob.Training training = job.training();
        unused(training.timeSampling() != null, "training.time_sampling", "for no times are drawn");
        unused(training.loss() != null, "training.loss", "which is minus the reward");
        unused(
                training.temperature() != null,
                "training.temperature",
                "but backpropagation.temperature");
        Pretrained.lora(model.lora());
        options();
        letterTemperature(false);
        validation(null, null);
    }

    private void unused(boolean wrong, String key, String why) {
        if (wrong) {
            throw new IllegalArgumentException(
                    key
                            + " is not used by objective reward_backpropagation, "
                            + why
                            + "; leave it out");
        }
    }

    private Divergence kl() {
        return JobChecks.constant(
                Divergence.class, "backpropagation.kl", JobRunner.or(given.kl(), "step"));
    }

    BackpropagationOptions options() {
        int steps = JobRunner.or(given.steps(), 128);
        double temperature = JobRunner.or(given.temperature(), 1.0);
        KlSteps klSteps =
                JobChecks.constant(
                        KlSteps.class,
                        "backpropagation.kl_steps",
                        JobRunner.or(given.klSteps(), "all"));
        return named(
                "backpropagation",
                () ->
                        new BackpropagationOptions(
                                steps,
                                1,
                                BackpropagationOptions.PUBLISHED_END,
                                JobRunner.or(given.truncation(), steps),
                                new Annealing(
                                        temperature,
                                        JobRunner.or(given.lastTemperature(), temperature),
                                        job.training().maxSteps()),
                                optional(given.copyTemperature()),
                                0,
                                kl(),
                                new RisingWeight(
                                        JobRunner.or(given.klWeight(), 0.0),
                                        JobRunner.or(given.klWarmup(), 0)),
                                klSteps,
                                JobRunner.or(job.training().accumulate(), 1),
                                BackpropagationOptions.Graph.PER_STEP));
    }

    ValidationOptions validation(Reward referee, Conditioning conditioning) {
        TrainingJob.Stop stop = JobRunner.or(job.stop(), new TrainingJob.Stop(null, null, null));
        return named(
                "stop",
                () ->
                        new ValidationOptions(
                                JobRunner.or(stop.designs(), 128),
                                referee,
                                optional(stop.maxKl()),
                                optional(stop.minDiversity()),
                                conditioning));
    }

    /** What log p of the letters is divided by. */
    double letterTemperature(boolean proteins) {
        double preset = proteins ? 0.1 : 1;
        double temperature = JobRunner.or(given.letterTemperature(), preset);
        JobChecks.requireThat(
                temperature > 0 && Double.isFinite(temperature),
                "backpropagation.letter_temperature",
                "be above 0 and finite",
                temperature);
        return temperature;
    }

    int batchSize() {
        return JobRunner.or(job.training().batchSize(), 32);
    }

    private static OptionalDouble optional(Double value) {
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    private static <T> T named(String group, java.util.function.Supplier<T> maker) {
        try {
            return maker.get();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(group + ": " + e.getMessage(), e);
        }
    }
}
