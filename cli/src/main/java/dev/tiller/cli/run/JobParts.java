package dev.tiller.cli.run;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import dev.tiller.guidance.CleanReward;
import dev.tiller.guidance.DesignReader;
import dev.tiller.guidance.DifferentiableLearnedValue;
import dev.tiller.guidance.LearnedValue;
import dev.tiller.guidance.PosteriorMeanValue;
import dev.tiller.guidance.Relaxation;
import dev.tiller.guidance.SoftPosteriorValue;
import dev.tiller.rewards.Reward;
import dev.tiller.sampler.ReverseProcess;
import dev.tiller.sampler.decoder.Start;
import dev.tiller.zoo.Devices;
import dev.tiller.zoo.ModelZoo;
import dev.tiller.zoo.NetworkValue;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a job is made of: model, reward, referee, value network, constraints and process, loaded and
 * found to fit together.
 */
final class JobParts implements AutoCloseable {
    private final JobModel model;
    private final JobReward rewards;
    private final NetworkValue valueNetwork;
    private final CleanReward reward;
    private final Optional<Start> seeds;
    private SoftPosteriorValue softPosterior;

    /**
     * Loads all parts, the cheap and the misspelt first.
     *
     * @throws IllegalArgumentException if a name is unknown or the parts do not fit together
     */
    JobParts(SamplingJob job) throws IOException {
        JobModel.Shape shape = JobModel.shape(job);
        seeds = Seeds.of(job, shape);
        rewards = new JobReward(job, shape);
        try {
            String valueName = valueName(job, shape);
            model = JobModel.open(job, shape);
            Device device = Devices.parse(job.device(), job.backend());
            valueNetwork =
                    valueName == null ? null : ModelZoo.value(valueName, job.backend(), device);
        } catch (IOException | RuntimeException e) {
            rewards.close();
            throw e;
        }
        reward = new CleanReward(rewards.reward(), model.reader());
    }

    private static String valueName(SamplingJob job, JobModel.Shape shape) {
        if (!SamplingJob.usesValueNetwork(job.method(), job.steering())) {
            return null;
        }
        if (job.valueNetwork() != null) {
            return job.valueNetwork();
        }
        String name = shape.valueNetworks().get(job.rewardName());
        if (name == null) {
            String option = job.method() == Method.SVDD_MC ? "--method svdd-mc" : "a learned value";
            throw new IllegalArgumentException(
                    option
                            + " needs a value network of reward '"
                            + job.rewardName()
                            + "' for model '"
                            + job.model()
                            + "', which has them for "
                            + shape.valueNetworks().keySet()
                            + "; train one (objective soft_value) and name it by --value-network,"
                            + " or use --method svdd-pm");
        }
        return name;
    }

    JobModel model() {
        return model;
    }

    JobReward rewards() {
        return rewards;
    }

    NDManager devices() {
        return model.devices();
    }

    DesignReader reader() {
        return model.reader();
    }

    ReverseProcess process() {
        return model.process();
    }

    /** Returns the reward of clean states. */
    CleanReward reward() {
        return reward;
    }

    Optional<Start> seeds() {
        return seeds;
    }

    LearnedValue learnedValue() {
        return new LearnedValue(valueNetwork, devices());
    }

    DifferentiableLearnedValue learnedGradient() {
        return new DifferentiableLearnedValue(valueNetwork, devices());
    }

    /**
     * Returns the mean reward of designs drawn from p(x0 | xt), or with 0 draws that of its mode.
     */
    PosteriorMeanValue posteriorMean(int draws) {
        return new PosteriorMeanValue(process(), reward, draws, devices());
    }

    /** Returns always the same object, so that a value and its gradient share their passes. */
    SoftPosteriorValue softPosterior() {
        if (softPosterior == null) {
            softPosterior =
                    new SoftPosteriorValue(
                            process(),
                            rewards.reward(),
                            model.alphabet(),
                            Relaxation.CARRIED_OVER,
                            new SoftPosteriorValue.Told(
                                    model.shape().alphabet(), model.conditions()));
        }
        return softPosterior;
    }

    /** Returns the SHA-256 of all weights. */
    Map<String, String> digests() {
        Map<String, String> digests = new LinkedHashMap<>();
        model.digest().ifPresent(digest -> digests.put("model", digest));
        if (valueNetwork != null) {
            digests.put("value", valueNetwork.network().digest());
        }
        rewards.reward().digest().ifPresent(digest -> digests.put("reward", digest));
        rewards.referee()
                .flatMap(Reward::digest)
                .ifPresent(digest -> digests.put("referee", digest));
        return digests;
    }

    @Override
    public void close() {
        model.close();
        if (valueNetwork != null) {
            valueNetwork.close();
        }
        rewards.close();
    }
}
