package dev.tiller.cli.run;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.tiller.guidance.BiasedDenoiser;
import dev.tiller.guidance.DesignReader;
import dev.tiller.guidance.LayoutReader;
import dev.tiller.rewards.Condition;
import dev.tiller.rewards.protein.property.SequenceRecovery;
import dev.tiller.sampler.ConditionedRandomness;
import dev.tiller.sampler.Denoiser;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.ReverseProcess;
import dev.tiller.sampler.State;
import dev.tiller.sampler.masked.FirstHitting;
import dev.tiller.sampler.masked.LikelihoodBound;
import dev.tiller.sampler.masked.MaskedDiffusion;
import dev.tiller.sampler.masked.PseudoLikelihood;
import dev.tiller.sampler.schedule.NoiseSchedule;
import dev.tiller.zoo.BackboneDenoiser;
import dev.tiller.zoo.Backend;
import dev.tiller.zoo.Devices;
import dev.tiller.zoo.ModelConfig;
import dev.tiller.zoo.ModelZoo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.LongStream;

/** Masked diffusion of protein sequences for given backbones (FMIF, Wang et al. 2024). */
final class ProteinModel implements JobModel {
    /** The column of the mean negative log-probability of the designed letters, in nats. */
    static final String SCORE = "score";

    /** The column of the share of letters equal to those of the structure. */
    static final String RECOVERY = "seq_recovery";

    /** A letter is judged by the other three quarters. */
    private static final int PARTS = 4;

    private static final int LIKELIHOOD_STEPS = 32;

    private final Shape shape;
    private final String alphabet;
    private final InverseFolding folding;
    private final BackboneDenoiser network;
    private final NoiseSchedule schedule;
    private final NDManager devices;
    private final Denoiser denoiser;
    private final ReverseProcess process;

    ProteinModel(SamplingJob job, Shape shape) throws IOException {
        this.shape = shape;
        folding = shape.folding();
        ModelConfig config = ModelZoo.find(job.model()).config();
        alphabet = config.alphabet();
        schedule = config.schedule().create();
        network =
                ModelZoo.inverseFolding(
                        job.model(),
                        job.backend(),
                        Devices.parse(job.device(), job.backend()),
                        folding.backbones());
        devices = network.network().newManager();
        denoiser =
                new BiasedDenoiser(
                        network, job.backbone().letterTemperature(), folding.biases(alphabet));
        process = process(job);
    }

    private ReverseProcess process(SamplingJob job) {
        if (job.sampler() == SamplingJob.Sampler.FIRST_HITTING) {
            return shape.constraints() == null
                    ? new FirstHitting(denoiser, schedule, folding.layouts(), devices)
                    : new FirstHitting(
                            denoiser, schedule, shape.length(), devices, shape.constraints());
        }
        MaskedDiffusion.Options options = MaskedDiffusion.Options.published(job.steps());
        return shape.constraints() == null
                ? new MaskedDiffusion(denoiser, schedule, folding.layouts(), devices, options)
                : new MaskedDiffusion(
                        denoiser, schedule, shape.length(), devices, options, shape.constraints());
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
        return new LayoutReader(alphabet, folding.layouts(), folding::condition);
    }

    @Override
    public String alphabet() {
        return alphabet;
    }

    @Override
    public Function<State, List<Condition>> conditions() {
        return x ->
                Arrays.stream(folding.layouts().conditions(x))
                        .mapToObj(folding.backbones()::get)
                        .map(Condition.class::cast)
                        .toList();
    }

    /** Designs of a backbone do not depend on which others there are. */
    @Override
    public Randomness randomness(long seed) {
        return new ConditionedRandomness(new Philox(seed), folding::address);
    }

    @Override
    public List<Map<String, Double>> columns(State x0) {
        List<double[]> logs = confidence(x0);
        List<String> designs = reader().read(x0).sequences();
        List<Map<String, Double>> columns = new ArrayList<>();
        for (int row = 0; row < designs.size(); row++) {
            long id = x0.sampleId(row);
            columns.add(
                    Map.of(
                            DesignRow.BACKBONE,
                            (double) folding.layouts().condition(id),
                            SCORE,
                            score(logs.get(row), id),
                            RECOVERY,
                            SequenceRecovery.of(
                                    designs.get(row), folding.backbone(id).sequence())));
        }
        return columns;
    }

    /** Returns log p of each letter of designs by the network itself, without bias. */
    List<double[]> confidence(State x0) {
        return new PseudoLikelihood(network, folding.layouts(), PARTS).evaluate(x0);
    }

    private double score(double[] logs, long id) {
        double sum = 0;
        int designed = 0;
        for (int i = 0; i < logs.length; i++) {
            if (folding.layouts().of(id).isFree(i)) {
                sum -= logs[i];
                designed++;
            }
        }
        return sum / designed;
    }

    /** Makes a state of designs. */
    State state(List<String> designs, long[] ids, NDManager manager) {
        int length = folding.layouts().length();
        long[] tokens = new long[designs.size() * length];
        for (int row = 0; row < designs.size(); row++) {
            String design = designs.get(row);
            for (int i = 0; i < design.length(); i++) {
                tokens[row * length + i] = alphabet.indexOf(design.charAt(i));
            }
        }
        return new State(
                new NDList(
                        manager.create(tokens, new ai.djl.ndarray.types.Shape(ids.length, length))),
                ids,
                new int[ids.length]);
    }

    @Override
    public DesignFiles files() {
        return new ProteinDesigns(this, folding);
    }

    /** Known where all designs are for one backbone. */
    @Override
    public double[] logLikelihoods(List<String> designs, Ledger ledger) {
        double[] bounds = new double[designs.size()];
        if (folding.backbones().size() > 1) {
            Arrays.fill(bounds, Double.NaN);
            return bounds;
        }
        MaskedDiffusion grid =
                new MaskedDiffusion(
                        network,
                        schedule,
                        folding.layouts(),
                        devices,
                        MaskedDiffusion.Options.published(LIKELIHOOD_STEPS));
        try (NDManager scope = devices.newSubManager()) {
            long[] ids = LongStream.range(0, designs.size()).toArray();
            State x0 = state(designs, ids, scope);
            return new LikelihoodBound(grid, schedule, 1).estimate(x0, ledger, new Philox(0));
        }
    }

    @Override
    public String engine() {
        return network.network().engine();
    }

    @Override
    public Backend backend(Backend asked) {
        return network.network().backend();
    }

    @Override
    public Optional<String> digest() {
        return Optional.of(network.network().digest());
    }

    @Override
    public int rowsPerCall() {
        return network.rowsPerCall();
    }

    @Override
    public NDManager devices() {
        return devices;
    }

    @Override
    public List<String> notes() {
        return folding.notes();
    }

    @Override
    public void close() {
        devices.close();
        network.close();
    }
}
