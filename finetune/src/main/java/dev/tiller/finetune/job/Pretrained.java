package dev.tiller.finetune.job;

import ai.djl.ndarray.NDManager;
import dev.tiller.zoo.ModelConfig;
import dev.tiller.zoo.ModelDirectory;
import dev.tiller.zoo.ModelZoo;
import dev.tiller.zoo.architecture.NamedBlock;
import dev.tiller.zoo.weights.WeightFile;

/** The model that a job of reward backpropagation starts from, and goes on being compared to. */
final class Pretrained {
    private final ModelDirectory directory;

    private Pretrained(ModelDirectory directory) {
        this.directory = directory;
    }

    /** Finds the model of a job, and checks that it is a denoiser with a network of ours. */
    static Pretrained of(TrainingJob job) {
        ModelDirectory directory = ModelZoo.find(job.model().pretrained());
        ModelConfig config = directory.config();
        JobChecks.requireThat(
                config.kind() == ModelConfig.Kind.DENOISER,
                "model.pretrained",
                "be a denoiser",
                "a model of kind " + config.kind());
        JobChecks.requireThat(
                config.length() > 0,
                "model.pretrained",
                "make designs of one length",
                config.name() + ", which reads every length");
        return new Pretrained(directory);
    }

    ModelConfig config() {
        return directory.config();
    }

    /**
     * Returns the label that is asked for, of the job or else of the model; null without classes.
     */
    Integer label(TrainingJob job) {
        return job.model().label() != null ? job.model().label() : config().label();
    }

    /** Returns the job with the network written out. */
    TrainingJob resolve(TrainingJob job) {
        TrainingJob.Model model = job.model();
        ModelConfig config = config();
        TrainingJob.Model resolved =
                new TrainingJob.Model(
                        config.architecture(),
                        config.architectureConfig(),
                        config.alphabet(),
                        config.schedule(),
                        null,
                        config.valueNetworks(),
                        config.timeConditioning(),
                        model.pretrained(),
                        model.label(),
                        model.lora());
        return new TrainingJob(
                job.name(),
                job.objective(),
                job.out(),
                job.seed(),
                resolved,
                job.data(),
                job.reward(),
                job.backpropagation(),
                job.training(),
                job.stop(),
                job.card());
    }

    /** Copies the weights into a network. */
    void load(NamedBlock network, NDManager owner) {
        try (NDManager manager = owner.newSubManager();
                WeightFile weights = directory.weights(manager)) {
            network.load(weights.tensors(), owner);
        }
    }
}
