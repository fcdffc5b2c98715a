package dev.tiller.finetune.job;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.finetune.data.LabelledTokens;
import dev.tiller.finetune.data.MoleculeTable;
import dev.tiller.finetune.data.RollOuts;
import dev.tiller.finetune.data.SequenceTable;
import dev.tiller.finetune.data.TeacherLabels;
import dev.tiller.guidance.CleanReward;
import dev.tiller.guidance.DesignReader;
import dev.tiller.guidance.PosteriorMeanValue;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.Rewards;
import dev.tiller.sampler.Decoder;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.State;
import dev.tiller.sampler.StepListener;
import dev.tiller.sampler.decoder.Ancestral;
import dev.tiller.sampler.decoder.Svdd;
import dev.tiller.sampler.masked.MaskedDiffusion;
import dev.tiller.zoo.ModelConfig;
import dev.tiller.zoo.ModelZoo;
import dev.tiller.zoo.Network;
import dev.tiller.zoo.NetworkDenoiser;
import dev.tiller.zoo.architecture.Optimus;
import dev.tiller.zoo.weights.KerasWeights;
import dev.tiller.zoo.weights.SafeTensors;
import dev.tiller.zoo.weights.WeightFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Makes the examples that a job names: reads, generates and labels them. */
final class Examples {
    private static final int DESIGNS_AT_ONCE = 128;

    private final TrainingJob job;
    private final TrainingJob.Data data;
    private final Device device;
    private final Consumer<String> log;

    Examples(TrainingJob job, Device device, Consumer<String> log) {
        this.job = job;
        this.data = job.data();
        this.device = device;
        this.log = log;
    }

    /** Reads the measured table. */
    LabelledTokens measured() throws IOException {
        Path table = table();
        LabelledTokens rows =
                SequenceTable.read(table, sequences(), data.labelColumn(), job.model().alphabet());
        log.accept("read " + rows.size() + " sequences from " + table);
        return rows;
    }

    /** Reads the rows of the table that the job uses. */
    SelectedRows selected() throws IOException {
        Path table = table();
        SelectedRows rows = SelectedRows.read(table, sequences(), job);
        String of = rows.rows().size() < rows.inTable() ? " of " + rows.inTable() : "";
        log.accept("read " + rows.rows().size() + of + " sequences from " + table);
        return rows;
    }

    /** Reads the molecules of the table and says what was dropped. */
    MoleculeTable.Molecules molecules() throws IOException {
        Path table = table();
        TrainingJob.Graph graph = job.model().graph();
        String column = JobRunner.or(data.smilesColumn(), "smiles");
        MoleculeTable.Molecules molecules =
                MoleculeTable.read(table, column, graph.atoms(), graph.nodes());
        int kept = molecules.arrays().size();
        log.accept("read " + kept + " of " + molecules.read() + " molecules from " + table);
        molecules.dropped().forEach((why, count) -> log.accept("dropped " + count + ": " + why));
        return molecules;
    }

    private String sequences() {
        return data.sequenceColumn() == null ? "sequence" : data.sequenceColumn();
    }

    private Path table() {
        return table(job);
    }

    /** Returns the table of a job, which must be there. */
    static Path table(TrainingJob job) {
        Path table = Path.of(job.data().table());
        if (!table.toFile().isFile()) {
            throw new IllegalArgumentException(
                    "data.table must be a file, got "
                            + table
                            + "; its source is named in the card of the job");
        }
        return table;
    }

    /** Labels random and generated sequences by the teacher. */
    LabelledTokens distilled() throws IOException {
        try (NDManager manager = NDManager.newBaseManager(device);
                Network teacher = teacher(manager)) {
            Optimus optimus = (Optimus) teacher.block();
            int letters = job.model().alphabet().length();
            List<long[]> tokens = new ArrayList<>();
            tokens.addAll(
                    Arrays.asList(
                            TeacherLabels.randomSequences(
                                    data.randomSequences(),
                                    optimus.config().length(),
                                    letters,
                                    new Philox(job.seed()))));
            addGenerated(tokens, optimus.config().length());
            log.accept("labelling " + tokens.size() + " sequences by the teacher");
            int output = JobRunner.or(data.teacherOutput(), 0);
            return TeacherLabels.label(
                    tokens.toArray(long[][]::new), teacher, output, letters, manager);
        }
    }

    private Network teacher(NDManager manager) throws IOException {
        Path weights = Path.of(data.teacher());
        if (!weights.toFile().isFile()) {
            throw new IllegalArgumentException(
                    "data.teacher must be a file of weights, got " + weights);
        }
        try (WeightFile file = SafeTensors.read(weights, manager)) {
            Map<String, NDArray> arrays = KerasWeights.toOptimus(file);
            Optimus optimus = new Optimus(shapeOf(arrays));
            int output = JobRunner.or(data.teacherOutput(), 0);
            if (output >= optimus.config().outputs()) {
                throw new IllegalArgumentException(
                        "data.teacher_output must be below the number of the teacher's outputs, "
                                + optimus.config().outputs()
                                + ", got "
                                + output);
            }
            return new Network(optimus, arrays, device, data.teacher());
        }
    }

    /** Reads the sizes of a network off its weights. */
    private static Optimus.Config shapeOf(Map<String, NDArray> weights) {
        Shape filters = weights.get("convs.0.weight").getShape();
        Shape hidden = weights.get("dense.weight").getShape();
        int layers =
                (int)
                        weights.keySet().stream()
                                .filter(k -> k.matches("convs\\.\\d+\\.weight"))
                                .count();
        return new Optimus.Config(
                (int) filters.get(0),
                (int) filters.get(2),
                layers,
                (int) hidden.get(0),
                (int) weights.get("output.weight").getShape().get(0),
                (int) (hidden.get(1) / filters.get(0)),
                0.0);
    }

    private void addGenerated(List<long[]> tokens, int length) {
        int unguided = JobRunner.or(data.generatedSequences(), 0);
        int guided = JobRunner.or(data.guidedSequences(), 0);
        if (unguided + guided == 0) {
            return;
        }
        try (Generator generator = new Generator()) {
            generator.requireAlphabet();
            generator.requireLength(length);
            log.accept("generating " + unguided + " unguided sequences");
            tokens.addAll(generator.designs(new Ancestral(), 0, unguided));
            if (guided > 0) {
                log.accept("generating " + guided + " guided sequences");
                tokens.addAll(generator.designs(generator.svdd(), unguided, guided));
            }
        }
    }

    /** Opens the source of roll-outs: noisy states, labelled by the reward of the end. */
    Generator trajectories() {
        Generator generator = new Generator();
        try {
            generator.requireAlphabet();
        } catch (RuntimeException e) {
            generator.close();
            throw e;
        }
        return generator;
    }

    /** A denoiser, its process and a reward. */
    final class Generator implements AutoCloseable {
        private final NDManager manager = NDManager.newBaseManager(device);
        private final NetworkDenoiser denoiser = ModelZoo.denoiser(data.generator(), device);
        private final ModelConfig config = ModelZoo.find(data.generator()).config();
        private final Reward reward =
                data.reward() == null
                        ? null
                        : Rewards.load().create(data.reward(), Map.of(), context());
        private final DesignReader reader = DesignReader.ofTokens(config.alphabet());
        private final Randomness noise = new Philox(job.seed());
        // one worker: training gives its threads to the network calls themselves
        private final Ledger ledger =
                new Ledger(new Ledger.Options(1, denoiser.network().rowsPerCall(), true));
        private final MaskedDiffusion process =
                new MaskedDiffusion(
                        denoiser,
                        denoiser.schedule(),
                        config.length(),
                        manager,
                        MaskedDiffusion.Options.published(JobRunner.or(data.steps(), 128)));

        private RewardContext context() {
            return new RewardContext(
                    device.isGpu() ? "gpu:" + device.getDeviceId() : "cpu", "pytorch");
        }

        /** Tokens are numbers: with another alphabet they would mean other letters. */
        void requireAlphabet() {
            if (!config.alphabet().equals(job.model().alphabet())) {
                throw new IllegalArgumentException(
                        "data.generator must have the alphabet of the job, "
                                + job.model().alphabet()
                                + ", got "
                                + config.alphabet());
            }
        }

        void requireLength(int length) {
            if (config.length() != length) {
                throw new IllegalArgumentException(
                        "data.generator must make designs of the length that the teacher reads, "
                                + length
                                + ", got "
                                + config.length());
            }
        }

        Decoder svdd() {
            CleanReward clean = new CleanReward(reward, reader);
            return new Svdd(
                    JobRunner.or(data.candidates(), 10),
                    0,
                    new PosteriorMeanValue(process, clean, 0, manager));
        }

        List<long[]> designs(Decoder decoder, int first, int count) {
            List<long[]> rows = new ArrayList<>();
            for (int start = 0; start < count; start += DESIGNS_AT_ONCE) {
                long[] ids = new long[Math.min(DESIGNS_AT_ONCE, count - start)];
                long offset = (long) first + start;
                Arrays.setAll(ids, i -> offset + i);
                try (NDManager scope = manager.newSubManager()) {
                    State designs =
                            decoder.decode(process, ids, noise, ledger, scope, StepListener.NONE);
                    long[] flat = designs.array(0).toLongArray();
                    int length = config.length();
                    for (int row = 0; row < ids.length; row++) {
                        rows.add(Arrays.copyOfRange(flat, row * length, (row + 1) * length));
                    }
                }
            }
            return rows;
        }

        /** Returns how many states are kept of each trajectory. */
        int statesPerRollOut() {
            return JobRunner.or(data.statesPerRollOut(), 8);
        }

        LabelledTokens rollOuts(long first, int count) {
            CleanReward clean = new CleanReward(reward, reader);
            return new RollOuts(process, clean, statesPerRollOut(), noise)
                    .generate(first, count, ledger, manager);
        }

        /** Returns the denoiser's rows for one trajectory, before equal ones are shared. */
        int callsPerRollOut() {
            return process.steps() + 1;
        }

        /** Returns the denoiser's rows that were asked for until now. */
        long requestedRows() {
            return ledger.requestedRows(Ledger.Account.DENOISER);
        }

        /** Returns the denoiser's rows that were evaluated until now. */
        long evaluatedRows() {
            return ledger.rows(Ledger.Account.DENOISER);
        }

        @Override
        public void close() {
            ledger.close();
            denoiser.close();
            if (reward != null) {
                reward.close();
            }
            manager.close();
        }
    }
}
