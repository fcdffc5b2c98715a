package dev.tiller.cli.evaluate;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.guidance.DesignReader;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.State;
import dev.tiller.sampler.StepListener;
import dev.tiller.sampler.decoder.Ancestral;
import dev.tiller.sampler.masked.LikelihoodBound;
import dev.tiller.sampler.masked.MaskedDiffusion;
import dev.tiller.zoo.Backend;
import dev.tiller.zoo.Devices;
import dev.tiller.zoo.ModelConfig;
import dev.tiller.zoo.ModelZoo;
import dev.tiller.zoo.NetworkDenoiser;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/** A masked-diffusion model as a source and as a judge of designs. */
public final class SequenceModel implements AutoCloseable {
    /** Designs computed together; does not change the numbers. */
    private static final int BATCH = 64;

    private final String name;
    private final ModelConfig config;
    private final NetworkDenoiser denoiser;
    private final NDManager manager;
    private final int threads;

    /**
     * Where a model runs.
     *
     * @param backend the engine
     * @param device cpu or gpu:N, which is there
     * @param threads worker threads, at least 1; do not change the numbers
     */
    public record Engine(Backend backend, String device, int threads) {
        /** Checks the number of threads. */
        public Engine {
            if (threads < 1) {
                throw new IllegalArgumentException("--threads must be at least 1, got " + threads);
            }
        }
    }

    private SequenceModel(String name, ModelConfig config, NetworkDenoiser denoiser, int threads) {
        this.name = name;
        this.config = config;
        this.denoiser = denoiser;
        this.manager = denoiser.network().newManager();
        this.threads = threads;
    }

    /**
     * Loads a model.
     *
     * @param nameOrFolder the name of a model, or a folder
     * @param engine where it runs
     * @return the model, closed by the caller
     * @throws IllegalArgumentException if there is no such model, it is no denoiser, or reads
     *     sequences of every length
     */
    public static SequenceModel open(String nameOrFolder, Engine engine) {
        ModelConfig config = ModelZoo.find(nameOrFolder).config();
        if (config.length() < 1) {
            throw new IllegalArgumentException(
                    "model '"
                            + nameOrFolder
                            + "' must have a length, got one that reads every length; write it"
                            + " into its config.json");
        }
        Device device = Devices.parse(engine.device(), engine.backend());
        NetworkDenoiser denoiser = ModelZoo.denoiser(nameOrFolder, engine.backend(), device);
        return new SequenceModel(nameOrFolder, config, denoiser, engine.threads());
    }

    /**
     * Returns the letters of the model.
     *
     * @return the alphabet, token 0 first
     */
    public String alphabet() {
        return config.alphabet();
    }

    /**
     * Checks that another model makes sequences that this one can judge.
     *
     * @param other the other model
     * @throws IllegalArgumentException if its letters or its length differ
     */
    public void requireSameSequences(SequenceModel other) {
        if (other.config.length() != config.length()
                || !other.config.alphabet().equals(config.alphabet())) {
            throw new IllegalArgumentException(
                    "designs must have the "
                            + config.length()
                            + " letters ("
                            + config.alphabet()
                            + ") of model '"
                            + name
                            + "', got model '"
                            + other.name
                            + "' with "
                            + other.config.length()
                            + " ("
                            + other.config.alphabet()
                            + ")");
        }
    }

    void requireFit(DesignSet set) {
        set.requireLength(config.length(), name);
        for (String design : set.designs()) {
            Letters.require(design, config.alphabet(), set.source());
        }
    }

    private MaskedDiffusion process(int steps) {
        return new MaskedDiffusion(
                denoiser,
                denoiser.schedule(),
                config.length(),
                manager,
                MaskedDiffusion.Options.published(steps));
    }

    private Ledger openLedger() {
        return new Ledger(new Ledger.Options(threads, denoiser.network().rowsPerCall(), true));
    }

    /**
     * Samples without guidance: the designs of {@code tiller sample --method unguided}.
     *
     * @param num designs to make, at least 1
     * @param steps reverse steps, at least 1
     * @param seed seed of all randomness
     * @return the designs, by sample id
     */
    public List<String> sample(int num, int steps, long seed) {
        MaskedDiffusion process = process(steps);
        DesignReader reader = DesignReader.ofTokens(config.alphabet());
        List<String> designs = new ArrayList<>();
        try (Ledger ledger = openLedger()) {
            for (int start = 0; start < num; start += BATCH) {
                long[] ids = LongStream.range(start, Math.min(num, start + BATCH)).toArray();
                try (NDManager scope = manager.newSubManager()) {
                    State x0 =
                            new Ancestral()
                                    .decode(
                                            process,
                                            ids,
                                            new Philox(seed),
                                            ledger,
                                            scope,
                                            StepListener.NONE);
                    designs.addAll(reader.read(x0).sequences());
                }
            }
        }
        return designs;
    }

    /** Returns the likelihood bound of each design, in nats. */
    double[] logLikelihoods(List<String> designs, Likelihood.Options options) {
        LikelihoodBound bound =
                new LikelihoodBound(process(options.steps()), denoiser.schedule(), options.draws());
        double[] bounds = new double[designs.size()];
        try (Ledger ledger = openLedger()) {
            for (int start = 0; start < bounds.length; start += BATCH) {
                int end = Math.min(bounds.length, start + BATCH);
                long[] ids = LongStream.range(start, end).toArray();
                try (NDManager scope = manager.newSubManager()) {
                    NDList tokens = new NDList(tokens(designs.subList(start, end), scope));
                    State x0 = new State(tokens, ids, new int[ids.length]);
                    double[] part = bound.estimate(x0, ledger, new Philox(options.seed()));
                    System.arraycopy(part, 0, bounds, start, part.length);
                }
            }
        }
        return bounds;
    }

    private NDArray tokens(List<String> designs, NDManager scope) {
        long[] tokens =
                designs.stream()
                        .flatMapToInt(String::chars)
                        .mapToLong(config.alphabet()::indexOf)
                        .toArray();
        return scope.create(tokens, new Shape(designs.size(), config.length()));
    }

    /** Frees the weights. */
    @Override
    public void close() {
        manager.close();
        denoiser.close();
    }
}
