package dev.tiller.cli.run;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import dev.tiller.guidance.ClassifierFreeGuidance;
import dev.tiller.sampler.Denoiser;
import dev.tiller.sampler.constraint.CompiledConstraints;
import dev.tiller.sampler.constraint.Constraints;
import dev.tiller.sampler.masked.UniformDenoiser;
import dev.tiller.sampler.schedule.LogLinear;
import dev.tiller.sampler.schedule.NoiseSchedule;
import dev.tiller.zoo.Backend;
import dev.tiller.zoo.ClassDenoisers;
import dev.tiller.zoo.Devices;
import dev.tiller.zoo.ModelConfig;
import dev.tiller.zoo.ModelZoo;
import dev.tiller.zoo.Network;
import dev.tiller.zoo.NetworkDenoiser;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** The denoiser of a job: a network, one with classifier-free guidance, or the uniform model. */
final class JobModel implements AutoCloseable {
    /**
     * What is known of a model before its weights are read.
     *
     * @param alphabet letters, token 0 first
     * @param length letters per design
     * @param valueNetworks value-network model of each reward by reward name
     * @param constraints rules that every design keeps, or null
     */
    record Shape(
            String alphabet,
            int length,
            Map<String, String> valueNetworks,
            CompiledConstraints constraints) {}

    private final Shape shape;
    private final NetworkDenoiser network;
    private final Denoiser denoiser;
    private final NoiseSchedule schedule;

    static Shape shape(SamplingJob job) {
        if (job.model().equals(SamplingJob.UNIFORM)) {
            return new Shape(
                    job.alphabet(),
                    job.length(),
                    Map.of(),
                    constraints(job, job.alphabet(), job.length()));
        }
        ModelConfig config = ModelZoo.find(job.model()).config();
        return new Shape(
                config.alphabet(),
                config.length(),
                config.valueNetworks(),
                constraints(job, config.alphabet(), config.length()));
    }

    private static CompiledConstraints constraints(SamplingJob job, String alphabet, int length) {
        return job.constraints() == null
                ? null
                : Constraints.parse(job.constraints()).compile(alphabet, length);
    }

    JobModel(SamplingJob job, Shape shape) throws IOException {
        this.shape = shape;
        if (job.model().equals(SamplingJob.UNIFORM)) {
            network = null;
            denoiser = new UniformDenoiser(shape.alphabet().length());
            schedule = new LogLinear(1e-3);
            return;
        }
        Device device = Devices.parse(job.device(), job.backend());
        if (job.classLabel() == null) {
            network = ModelZoo.denoiser(job.model(), job.backend(), device);
            denoiser = network;
        } else {
            int label = ModelZoo.find(job.model()).classNumber(job.classLabel());
            ClassDenoisers both =
                    ModelZoo.classDenoisers(job.model(), label, job.backend(), device);
            network = both.conditional();
            denoiser =
                    new ClassifierFreeGuidance(
                            both.conditional(),
                            both.unconditional(),
                            job.classWeight(),
                            job.classForm() == SamplingJob.ClassForm.NORMALISED);
        }
        schedule = network.schedule();
    }

    Shape shape() {
        return shape;
    }

    Denoiser denoiser() {
        return denoiser;
    }

    NoiseSchedule schedule() {
        return schedule;
    }

    /** Says what the denoiser runs on, and why. */
    String engine() {
        return network == null ? "none" : network.network().engine();
    }

    /** Returns the engine that runs, or the one asked for where nothing runs. */
    Backend backend(Backend asked) {
        return network == null ? asked : network.network().backend();
    }

    Optional<String> digest() {
        return network == null ? Optional.empty() : Optional.of(network.network().digest());
    }

    int rowsPerCall() {
        return network == null ? Network.ROWS_PER_CALL : network.network().rowsPerCall();
    }

    NDManager newManager() {
        return network == null
                ? NDManager.newBaseManager(Device.cpu())
                : network.network().newManager();
    }

    @Override
    public void close() {
        if (network != null) {
            network.close();
        }
    }
}
