package dev.tiller.finetune.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiller.finetune.data.MoleculeTable;
import java.nio.file.Path;
import java.util.List;

/** Fills in what a job leaves to its defaults, as far as its objective uses it. */
public final class JobDefaults {
    private static final String DATA = "data";
    private static final String TRAINING = "training";
    private static final String PROTEIN = "protein";

    private final TrainingJob job;
    private final ObjectNode tree;

    private JobDefaults(TrainingJob job) {
        this.job = job;
        this.tree = JobFile.tree(job);
    }

    /**
     * Fills in the defaults. The result says the same as the job.
     *
     * @param job a checked job
     * @return the job with every key that its objective uses and that has a default
     */
    public static TrainingJob fill(TrainingJob job) {
        return fill(job, folder(job));
    }

    /**
     * Returns the folder of a job, unless another one is asked for.
     *
     * @param job a job with a name
     * @return what its key {@code out} says, or {@code runs/NAME}
     */
    public static Path folder(TrainingJob job) {
        return Path.of(job.out() == null ? "runs/" + job.name() : job.out());
    }

    /**
     * Fills in the defaults and a folder.
     *
     * @param job a checked job
     * @param folder the folder of the run, whatever the job says
     * @return the job with every key that its objective uses and that has a default
     */
    public static TrainingJob fill(TrainingJob job, Path folder) {
        JobDefaults defaults = new JobDefaults(job);
        defaults.tree.put("out", folder.toString());
        defaults.training();
        switch (job.objective()) {
            case MASKED_NELBO -> {
                defaults.table(true);
                defaults.preset("model", "time_conditioning", false);
                defaults.preset(TRAINING, "time_sampling", "antithetic");
            }
            case SCORE_ENTROPY -> defaults.table(true);
            case SCORE_MATCHING -> defaults.scoreMatching();
            case INVERSE_FOLDING, STABILITY -> defaults.proteins();
            case REGRESSION, CLASSIFICATION -> defaults.table(false);
            case DISTILLATION -> defaults.distillation();
            case SOFT_VALUE -> {
                defaults.preset(DATA, "steps", 128);
                defaults.preset(DATA, "states_per_roll_out", 8);
                defaults.preset(DATA, "validation", 0.1);
                defaults.preset(TRAINING, "loss", "least_squares");
            }
            case REWARD_BACKPROPAGATION -> defaults.backpropagation();
        }
        return JobFile.ofTree(defaults.tree);
    }

    private void training() {
        boolean tuned = job.objective() == TrainingJob.Kind.REWARD_BACKPROPAGATION;
        preset(TRAINING, "batch_size", tuned ? 32 : 128);
        preset(TRAINING, "accumulate", 1);
        preset(TRAINING, "optimizer", "adamw");
        preset(TRAINING, "learning_rate", tuned ? 1e-4 : 3e-4);
        preset(TRAINING, "warmup_steps", 0);
        preset(TRAINING, "decay", "constant");
        preset(TRAINING, "beta1", 0.9);
        preset(TRAINING, "beta2", 0.999);
        preset(TRAINING, "epsilon", 1e-8);
        preset(TRAINING, "weight_decay", 0.0);
        preset(TRAINING, "clip_norm", 1.0);
        preset(TRAINING, "ema_decay", tuned ? 0.0 : 0.9999);
        preset(TRAINING, "validate_every", tuned ? 20 : 500);
        preset(TRAINING, "patience", 5);
        preset(TRAINING, "keep_checkpoints", 2);
    }

    private void table(boolean denoiser) {
        preset(DATA, "sequence_column", "sequence");
        preset(DATA, "validation", 0.1);
        preset(DATA, "test", 0.1);
        if (denoiser && job.data().classes() != null) {
            preset(DATA, "class_dropout", 0.1);
        }
    }

    private void scoreMatching() {
        if (!MoleculeTable.isSmiles(Path.of(job.data().table()))) {
            preset(DATA, "smiles_column", "smiles");
        }
        preset(DATA, "validation", 0.1);
        preset(DATA, "test", 0.1);
        preset(TRAINING, "clip_groups", ScoreMatchingSettings.NETWORKS);
        preset("score_matching", "weighting", "noise");
        preset("score_matching", "times", "uniform");
        preset("score_matching", "reduce", "sum");
        ScoreMatchingSettings settings = new ScoreMatchingSettings(job);
        ObjectNode graph = (ObjectNode) tree.path("model").path("graph");
        graph.set("sampling", JobFile.node(settings.sampling()));
        for (String component : List.of("x", "adj")) {
            ObjectNode noise = (ObjectNode) graph.path(component);
            if (!noise.hasNonNull("parameterisation")) {
                noise.put("parameterisation", "score");
            }
        }
    }

    private void proteins() {
        boolean stability = job.objective() == TrainingJob.Kind.STABILITY;
        preset(DATA, "validation", 0.1);
        preset(DATA, "test", 0.1);
        preset(DATA, "min_length", ProteinSettings.MIN_LENGTH);
        preset(DATA, "max_length", ProteinSettings.MAX_LENGTH);
        preset(DATA, "identity", ProteinSettings.IDENTITY);
        preset(PROTEIN, "backbone_noise", ProteinSettings.BACKBONE_NOISE);
        if (stability) {
            preset(DATA, "protein_column", "protein");
            preset(DATA, "mutation_column", "mutation");
            preset(DATA, "sign", 1);
            preset(PROTEIN, "mutants", ProteinSettings.MUTANTS);
        } else {
            preset(PROTEIN, "loss", "all");
            if (!tree.path(PROTEIN).path("loss").asText().equals("nelbo")) {
                preset(PROTEIN, "label_smoothing", ProteinSettings.LABEL_SMOOTHING);
            }
            preset(TRAINING, "batch_tokens", ProteinSettings.BATCH_TOKENS);
        }
    }

    private void distillation() {
        TrainingJob.Data data = job.data();
        preset(DATA, "teacher_output", 0);
        preset(DATA, "generated_sequences", 0);
        preset(DATA, "guided_sequences", 0);
        preset(DATA, "validation", 0.1);
        preset(DATA, "test", 0.1);
        if (data.table() != null) {
            preset(DATA, "sequence_column", "sequence");
        }
        if (data.generator() != null) {
            preset(DATA, "steps", 128);
        }
        if (JobRunner.or(data.guidedSequences(), 0) > 0) {
            preset(DATA, "candidates", 10);
        }
    }

    private void backpropagation() {
        String group = "backpropagation";
        preset(group, "steps", 128);
        JsonNode given = tree.path(group);
        preset(group, "truncation", given.path("steps").asInt());
        preset(group, "temperature", 1.0);
        preset(group, "last_temperature", given.path("temperature").asDouble());
        preset(group, "letter_temperature", job.data() == null ? 1.0 : 0.1);
        preset(group, "kl", "step");
        if (!given.path("kl").asText().equals("none")) {
            preset(group, "kl_warmup", 0);
            preset(group, "kl_steps", "all");
        }
        if (job.data() != null) {
            preset(DATA, "validation", 0.1);
            preset(DATA, "test", 0.1);
            preset(DATA, "min_length", ProteinSettings.MIN_LENGTH);
            preset(DATA, "max_length", ProteinSettings.MAX_LENGTH);
            preset(DATA, "identity", ProteinSettings.IDENTITY);
        }
        if (job.stop() != null) {
            preset("stop", "designs", 128);
        }
        if (job.model() != null && job.model().lora() != null) {
            TrainingJob.LowRank lora = job.model().lora();
            if (lora.alpha() == null && lora.rank() != null) {
                ((ObjectNode) tree.path("model").path("lora"))
                        .put("alpha", lora.rank().doubleValue());
            }
        }
    }

    private void preset(String group, String key, Object value) {
        boolean there = tree.path(group).isObject();
        ObjectNode node = there ? (ObjectNode) tree.get(group) : tree.putObject(group);
        if (!node.hasNonNull(key)) {
            node.set(key, JobFile.node(value));
        }
    }
}
