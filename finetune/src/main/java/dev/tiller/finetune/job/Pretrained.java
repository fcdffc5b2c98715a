package dev.tiller.finetune.job;

import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.Randomness;
import dev.tiller.zoo.ModelConfig;
import dev.tiller.zoo.ModelDirectory;
import dev.tiller.zoo.ModelZoo;
import dev.tiller.zoo.architecture.Architectures;
import dev.tiller.zoo.architecture.LowRank;
import dev.tiller.zoo.architecture.NamedBlock;
import dev.tiller.zoo.architecture.ProteinMpnn;
import dev.tiller.zoo.weights.WeightFile;
import java.util.List;

/** The model that a job of reward backpropagation starts from, and goes on being compared to. */
final class Pretrained {
    private static final int DEFAULT_RANK = 8;

    private final ModelDirectory directory;
    private final LowRank lora;

    private Pretrained(ModelDirectory directory, LowRank lora) {
        this.directory = directory;
        this.lora = lora;
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
                config.length() > 0 || config.architecture().equals(ProteinMpnn.NAME),
                "model.pretrained",
                "make designs of one length",
                config.name() + ", which reads every length");
        return new Pretrained(directory, lora(job.model().lora()));
    }

    /** Whether it designs proteins for backbones. */
    boolean isInverseFolding() {
        return config().architecture().equals(ProteinMpnn.NAME);
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
                        model.lora(),
                        null,
                        null);
        return new TrainingJob(
                job.name(),
                job.objective(),
                job.out(),
                job.seed(),
                resolved,
                job.data(),
                job.reward(),
                job.backpropagation(),
                job.scoreMatching(),
                job.protein(),
                job.training(),
                job.stop(),
                job.card());
    }

    /** Returns the adapters that a job asks for; null to train the weights. */
    static LowRank lora(TrainingJob.LowRank given) {
        if (given == null) {
            return null;
        }
        int rank = JobRunner.or(given.rank(), DEFAULT_RANK);
        try {
            return new LowRank(
                    rank,
                    JobRunner.or(given.alpha(), (double) rank),
                    JobRunner.or(given.layers(), List.of()));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("model.lora: " + e.getMessage(), e);
        }
    }

    /** Builds the network without weights. */
    NamedBlock network() {
        NamedBlock network =
                Architectures.create(config().architecture(), config().architectureConfig());
        if (lora != null) {
            network.adapt(lora);
        }
        return network;
    }

    /** Gives a network the weights of this model; new adapters change nothing yet. */
    void start(NamedBlock network, Randomness noise, NDManager owner) {
        load(network, owner);
        network.adapters().ifPresent(adapters -> adapters.initialize(noise, owner));
    }

    /** Copies the weights into a network. */
    void load(NamedBlock network, NDManager owner) {
        try (NDManager manager = owner.newSubManager();
                WeightFile weights = directory.weights(manager)) {
            network.load(weights.tensors(), owner);
        }
    }
}
