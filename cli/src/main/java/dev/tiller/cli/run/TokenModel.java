package dev.tiller.cli.run;

import ai.djl.Device;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.tiller.guidance.ClassifierFreeGuidance;
import dev.tiller.guidance.DesignReader;
import dev.tiller.sampler.Denoiser;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.ReverseProcess;
import dev.tiller.sampler.State;
import dev.tiller.sampler.constraint.CompiledConstraints;
import dev.tiller.sampler.masked.FirstHitting;
import dev.tiller.sampler.masked.LikelihoodBound;
import dev.tiller.sampler.masked.MaskedDiffusion;
import dev.tiller.sampler.masked.UniformDenoiser;
import dev.tiller.sampler.schedule.LogLinear;
import dev.tiller.sampler.schedule.NoiseSchedule;
import dev.tiller.zoo.Backend;
import dev.tiller.zoo.ClassDenoisers;
import dev.tiller.zoo.Devices;
import dev.tiller.zoo.ModelZoo;
import dev.tiller.zoo.Network;
import dev.tiller.zoo.NetworkDenoiser;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * Masked diffusion of sequences: a network, one with classifier-free guidance, or the uniform
 * model.
 */
final class TokenModel implements JobModel {
    private static final int LIKELIHOOD_STEPS = 32;

    private final Shape shape;
    private final NetworkDenoiser network;
    private final Denoiser denoiser;
    private final NoiseSchedule schedule;
    private final NDManager devices;
    private final ReverseProcess process;

    TokenModel(SamplingJob job, Shape shape) throws IOException {
        this.shape = shape;
        if (job.model().equals(SamplingJob.UNIFORM)) {
            network = null;
            denoiser = new UniformDenoiser(shape.alphabet().length());
            schedule = new LogLinear(1e-3);
            devices = NDManager.newBaseManager(Device.cpu());
            process = process(job);
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
        devices = network.network().newManager();
        process = process(job);
    }

    private ReverseProcess process(SamplingJob job) {
        return job.sampler() == SamplingJob.Sampler.FIRST_HITTING
                ? new FirstHitting(denoiser, schedule, shape.length(), devices, shape.constraints())
                : grid(job.steps(), shape.constraints());
    }

    private MaskedDiffusion grid(int steps, CompiledConstraints constraints) {
        return new MaskedDiffusion(
                denoiser,
                schedule,
                shape.length(),
                devices,
                MaskedDiffusion.Options.published(steps),
                constraints);
    }

    @Override
    public Shape shape() {
        return shape;
    }

    @Override
    public ReverseProcess process() {
        return process;
    }

    @Override
    public DesignReader reader() {
        return DesignReader.ofTokens(shape.alphabet());
    }

    /** Takes the bound of {@value #LIKELIHOOD_STEPS} times. */
    @Override
    public double[] logLikelihoods(List<String> designs, Ledger ledger) {
        String alphabet = shape.alphabet();
        long[] tokens =
                designs.stream().flatMapToInt(String::chars).mapToLong(alphabet::indexOf).toArray();
        long[] ids = LongStream.range(0, designs.size()).toArray();
        LikelihoodBound bound = new LikelihoodBound(grid(LIKELIHOOD_STEPS, null), schedule, 1);
        try (NDManager scope = devices.newSubManager()) {
            NDList arrays =
                    new NDList(
                            scope.create(
                                    tokens,
                                    new ai.djl.ndarray.types.Shape(ids.length, shape.length())));
            State x0 = new State(arrays, ids, new int[ids.length]);
            return bound.estimate(x0, ledger, new Philox(0));
        }
    }

    @Override
    public String engine() {
        return network == null ? "none" : network.network().engine();
    }

    @Override
    public Backend backend(Backend asked) {
        return network == null ? asked : network.network().backend();
    }

    @Override
    public Optional<String> digest() {
        return network == null ? Optional.empty() : Optional.of(network.network().digest());
    }

    @Override
    public int rowsPerCall() {
        return network == null ? Network.ROWS_PER_CALL : network.network().rowsPerCall();
    }

    @Override
    public NDManager devices() {
        return devices;
    }

    @Override
    public void close() {
        devices.close();
        if (network != null) {
            network.close();
        }
    }
}
