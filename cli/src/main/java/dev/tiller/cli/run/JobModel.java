package dev.tiller.cli.run;

import ai.djl.ndarray.NDManager;
import dev.tiller.guidance.DesignReader;
import dev.tiller.rewards.Condition;
import dev.tiller.rewards.Notation;
import dev.tiller.rewards.molecule.Smiles;
import dev.tiller.rewards.protein.Backbone;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.ReverseProcess;
import dev.tiller.sampler.State;
import dev.tiller.sampler.constraint.CompiledConstraints;
import dev.tiller.sampler.constraint.Constraints;
import dev.tiller.zoo.Backend;
import dev.tiller.zoo.ModelConfig;
import dev.tiller.zoo.ModelZoo;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The diffusion model of a job: how its noise is removed, and what its designs are. */
interface JobModel extends AutoCloseable {
    /**
     * What is known of a model before its weights are read.
     *
     * @param notation how its designs are written
     * @param alphabet letters of the designs; of sequences token 0 first
     * @param length letters per sequence, or the largest number of atoms
     * @param valueNetworks value-network model of each reward by reward name
     * @param constraints rules that every design keeps, or null
     * @param folding the backbones that proteins are designed for, or null
     */
    record Shape(
            Notation notation,
            String alphabet,
            int length,
            Map<String, String> valueNetworks,
            CompiledConstraints constraints,
            InverseFolding folding) {}

    /** Looks a model up. */
    static Shape shape(SamplingJob job) {
        if (job.model().equals(SamplingJob.UNIFORM)) {
            return sequences(job, job.alphabet(), job.length(), Map.of());
        }
        ModelConfig config = ModelZoo.find(job.model()).config();
        if (config.graph() != null) {
            int atoms = config.graph().nodes();
            return new Shape(Notation.SMILES, Smiles.LETTERS, atoms, Map.of(), null, null);
        }
        if (InverseFolding.is(config)) {
            return proteins(job, config);
        }
        return sequences(job, config.alphabet(), config.length(), config.valueNetworks());
    }

    private static Shape sequences(
            SamplingJob job, String alphabet, int length, Map<String, String> valueNetworks) {
        return new Shape(
                Notation.SEQUENCE,
                alphabet,
                length,
                valueNetworks,
                constraints(job, alphabet, length),
                null);
    }

    private static CompiledConstraints constraints(SamplingJob job, String alphabet, int length) {
        return job.constraints() == null
                ? null
                : Constraints.parse(job.constraints()).compile(alphabet, length);
    }

    private static Shape proteins(SamplingJob job, ModelConfig config) {
        InverseFolding folding = new InverseFolding(job.backbone(), config.alphabet());
        boolean several = folding.backbones().size() > 1;
        requireOne(several, "--seed-sequences", job.seedSequences());
        requireOne(several, "--constraint", job.constraints());
        int length = folding.layouts().length();
        return new Shape(
                Notation.SEQUENCE,
                Backbone.AMINO_ACIDS,
                length,
                config.valueNetworks(),
                constraints(job, config.alphabet(), length),
                folding);
    }

    private static void requireOne(boolean several, String option, Object value) {
        if (several && value != null) {
            throw new IllegalArgumentException(
                    option + " needs one structure, got several; run them one by one");
        }
    }

    /** Loads a model. */
    static JobModel open(SamplingJob job, Shape shape) throws IOException {
        if (shape.folding() != null) {
            return new ProteinModel(job, shape);
        }
        return shape.notation() == Notation.SMILES
                ? new MoleculeModel(job, shape)
                : new TokenModel(job, shape);
    }

    /** Returns what was known before. */
    Shape shape();

    /** Returns how its noise is removed. */
    ReverseProcess process();

    /** Returns what turns clean states into text. */
    DesignReader reader();

    /** Returns further numbers for each row of a clean state, by column. */
    default List<Map<String, Double>> columns(State x0) {
        return Collections.nCopies(x0.rows(), Map.of());
    }

    /** Returns the letter of each clean token; designs may use fewer. */
    default String alphabet() {
        return shape().alphabet();
    }

    /** Returns what rewards of noisy states are told of the designs that they become. */
    default Function<State, List<Condition>> conditions() {
        return x -> List.of();
    }

    /** Returns the randomness of a run. */
    default Randomness randomness(long seed) {
        return new Philox(seed);
    }

    /** Returns what writes designs as text. */
    default DesignFiles files() {
        return DesignFiles.of(shape().notation());
    }

    /** Returns remarks on what was read, each one line. */
    default List<String> notes() {
        return List.of();
    }

    /** Says what the network runs on, and why. */
    String engine();

    /** Returns the engine that runs, or the one asked for where nothing runs. */
    Backend backend(Backend asked);

    /** Returns the SHA-256 of the weights. */
    Optional<String> digest();

    /** Returns the rows of each call of the network. */
    int rowsPerCall();

    /** Returns a manager from which sub-managers are opened on the model's device. */
    NDManager devices();

    /**
     * Estimates how natural designs are.
     *
     * @param designs clean designs of this model
     * @param ledger where evaluations are counted
     * @return a lower bound of log p(x0) of each in nats, with randomness of its own; NaN if the
     *     model has no such bound
     */
    double[] logLikelihoods(List<String> designs, Ledger ledger);

    @Override
    void close();
}
