package dev.tiller.finetune.backpropagation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import com.fasterxml.jackson.databind.JsonNode;
import dev.tiller.finetune.Trainer;
import dev.tiller.finetune.backpropagation.BackpropagationOptions.Graph;
import dev.tiller.finetune.backpropagation.BackpropagationOptions.KlSteps;
import dev.tiller.finetune.objective.Objective;
import dev.tiller.finetune.optimizer.AdamW;
import dev.tiller.finetune.optimizer.GradientClipping;
import dev.tiller.rewards.Designs;
import dev.tiller.rewards.DifferentiableReward;
import dev.tiller.rewards.RelaxedDesigns;
import dev.tiller.rewards.ScoredGradient;
import dev.tiller.rewards.protein.Backbone;
import dev.tiller.rewards.protein.Residue;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.numerics.Gradients;
import dev.tiller.sampler.numerics.Tensors;
import dev.tiller.sampler.parity.ParityCase;
import dev.tiller.sampler.schedule.LogLinear;
import dev.tiller.zoo.BackboneGraph;
import dev.tiller.zoo.architecture.NamedBlock;
import dev.tiller.zoo.architecture.ProteinMpnn;
import dev.tiller.zoo.weights.SafeTensors;
import dev.tiller.zoo.weights.WeightFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Two optimizer steps of the published fine-tuning of proteins, with its recorded draws. */
class ProteinBackpropagationParityIT {
    private static final String ALPHABET = "ACDEFGHIKLMNPQRSTVWYX";
    private static final int ROWS = 2;

    /** The noise that the published code leaves at the beginning. */
    private static final double START = 0.99;

    /** What the published code adds to each weight of a relaxed step. */
    private static final double FLOOR = 1e-8;

    private static final double FORWARD = 1e-5;

    private static final double GRADIENT = 5e-5;

    /** The reference's own divergences differ by up to 2e-5 between one and two threads. */
    private static final double DIVERGENCE = 5e-5;

    private static final double PARAMETER = 1e-5;
    private static final double WEIGHT_DECAY = 1e-4;

    static Stream<Arguments> cases() {
        return ParityCase.find("06_fmif_finetune").stream()
                .filter(parity -> parity.config().path("augment_eps").asDouble(0) == 0)
                .flatMap(c -> Stream.of(Graph.values()).map(g -> Arguments.of(c, g)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("cases")
    void equalsThePublishedSteps(ParityCase parity, Graph graph) throws Exception {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            Fixture fixture = new Fixture(parity, manager);
            RewardBackpropagation objective = fixture.objective(graph);
            AdamW.Options adam =
                    new AdamW.Options(0.9, 0.999, 1e-8, WEIGHT_DECAY, AdamW.Decay.IN_GRADIENT);
            try (AdamW optimizer = new AdamW(fixture.trained, adam, manager)) {
                for (int step = 0; step < 2; step++) {
                    RewardBackpropagation.Batch batch =
                            objective.run(objective.pass(fixture.forward, ROWS, step), manager);
                    compare(fixture, batch, step);
                    optimize(fixture, optimizer, step);
                }
            }
            double worst = 0;
            for (String name : fixture.network.trainable()) {
                float[] expected = fixture.recorded("param.", name);
                float[] actual = fixture.trained.get(name).toFloatArray();
                for (int i = 0; i < expected.length; i++) {
                    worst = Math.max(worst, Math.abs((double) expected[i] - actual[i]));
                }
            }
            System.err.printf("%s %s parameters: %.1e%n", parity, graph, worst);
            assertTrue(worst <= PARAMETER, "parameters are off by " + worst);
        }
    }

    private static void compare(Fixture fixture, RewardBackpropagation.Batch batch, int step) {
        ParityCase parity = fixture.parity;
        Trajectory trajectory = batch.trajectory();
        double worst = 0;
        if (step == 0) {
            for (int i = 0; i <= fixture.steps; i++) {
                float[] state =
                        i < trajectory.firstRelaxed()
                                ? Trajectory.oneHot(trajectory.hard().get(i), ALPHABET.length() + 1)
                                : trajectory.softAt(i);
                worst = Math.max(worst, fixture.requireClose("out.state" + i, state, FORWARD));
            }
        }
        long[] designs = StraightThrough.nearest(trajectory.last(), ALPHABET.length());
        long[] expectedDesigns = parity.longs("out.S_sp" + step);
        for (int i = 0; i < designs.length; i++) {
            if (fixture.isResidue(i)) {
                assertEquals(expectedDesigns[i], designs[i], "letter " + i);
            }
        }
        float[] rewards = new float[ROWS];
        float[] kl = new float[ROWS * batch.divergences().length];
        double loss = 0;
        for (int row = 0; row < ROWS; row++) {
            rewards[row] = (float) batch.scored().rewards()[row];
            loss -= batch.scored().rewards()[row] / ROWS;
            for (int i = 0; i < batch.divergences().length; i++) {
                kl[row * batch.divergences().length + i] = (float) batch.divergences()[i][row];
                loss += batch.klWeight() * batch.divergences()[i][row] / ROWS;
            }
        }
        worst = Math.max(worst, parity.requireClose("out.reward" + step, rewards, FORWARD));
        worst = Math.max(worst, parity.requireClose("out.kl" + step, kl, DIVERGENCE));
        double expected = parity.floats("out.losses")[step];
        assertEquals(expected, loss, FORWARD * Math.abs(expected));
        System.err.printf("%s step %d: %.1e%n", parity, step, worst);
    }

    private static void optimize(Fixture fixture, AdamW optimizer, int step) {
        Map<String, NDArray> gradients = new LinkedHashMap<>();
        double worst = 0;
        for (Map.Entry<String, NDArray> entry : fixture.trained.entrySet()) {
            NDArray gradient = entry.getValue().getGradient();
            gradients.put(entry.getKey(), gradient);
            float[] expected = fixture.recorded("grad" + (step + 1) + ".", entry.getKey());
            float[] actual = gradient.toFloatArray();
            double scale = 0;
            double off = 0;
            for (int i = 0; i < actual.length; i++) {
                scale = Math.max(scale, Math.abs(expected[i]));
                off = Math.max(off, Math.abs((double) expected[i] - actual[i]));
            }
            worst = Math.max(worst, scale == 0 ? off : off / scale);
            assertTrue(off <= GRADIENT * Math.max(scale, 1e-6), entry.getKey() + ": " + off);
        }
        double norm = GradientClipping.byGlobalNorm(gradients, 1.0);
        double expected = fixture.parity.floats("out.grad_norms")[step];
        assertEquals(expected, norm, FORWARD * expected);
        optimizer.step(gradients, fixture.config.get("lr").asDouble());
        gradients.values().forEach(gradient -> gradient.subi(gradient));
        System.err.printf("%s step %d gradients: %.1e%n", fixture.parity, step, worst);
    }

    /** The networks, backbones and settings of a case. */
    private static final class Fixture {
        private static final String LETTERS = "W_s.weight";

        private final ParityCase parity;
        private final NDManager manager;
        private final JsonNode config;
        private final int steps;
        private final int length;
        private final NamedBlock network;
        private final Map<String, NDArray> trained = new LinkedHashMap<>();
        private final Objective.Forward forward;
        private final Objective.Forward old;
        private final Oracle reward;
        private final List<Backbone> backbones = new ArrayList<>();

        Fixture(ParityCase parity, NDManager manager) throws Exception {
            this.parity = parity;
            this.manager = manager;
            config = parity.config();
            steps = config.get("T").asInt() - 1;
            length = config.get("lengths").get(0).asInt();
            network = load("weights.safetensors", ProteinMpnn.Head.LETTERS);
            network.freezeParameters(false);
            network.trainable().forEach(n -> trained.put(n, network.weights().get(n)));
            ParameterStore store = new ParameterStore(manager, false);
            forward = (inputs, step) -> network.forward(store, new NDList(inputs), true).head();
            NamedBlock frozen = load("old.safetensors", ProteinMpnn.Head.LETTERS);
            frozen.freezeParameters(true);
            old = Trainer.evaluation(frozen, manager);
            NamedBlock oracle = load("oracle.safetensors", ProteinMpnn.Head.SCORE);
            oracle.freezeParameters(true);
            reward = new Oracle(Trainer.evaluation(oracle, manager), manager, k());
            float[] coordinates = parity.floats("in.structure");
            int slots = coordinates.length / (2 * ROWS) / Residue.COORDINATES;
            for (int i = 0; i < 2 * ROWS; i++) {
                int first = i * slots * Residue.COORDINATES;
                backbones.add(backbone(coordinates, first, config.get("lengths").get(i % ROWS)));
            }
        }

        private int k() {
            return config.get("k").asInt();
        }

        private static Backbone backbone(float[] coordinates, int first, JsonNode length) {
            List<Residue> residues = new ArrayList<>();
            for (int i = 0; i < length.asInt(); i++) {
                int at = first + i * Residue.COORDINATES;
                float[] atoms = Arrays.copyOfRange(coordinates, at, at + Residue.COORDINATES);
                residues.add(new Residue("A", i + 1, ' ', 'A', atoms));
            }
            return new Backbone("b" + first, residues);
        }

        private NamedBlock load(String file, ProteinMpnn.Head head) throws Exception {
            try (WeightFile weights = SafeTensors.read(parity.file(file), manager)) {
                Map<String, NDArray> tensors = weights.tensors();
                NamedBlock block =
                        new ProteinMpnn(
                                new ProteinMpnn.Config(
                                        config.get("hidden").asInt(),
                                        layers(tensors, "encoder_layers"),
                                        layers(tensors, "decoder_layers"),
                                        k(),
                                        ALPHABET.length() + 1,
                                        0,
                                        0,
                                        head,
                                        false));
                block.load(tensors, manager);
                return block;
            }
        }

        private static int layers(Map<String, NDArray> tensors, String stack) {
            return (int)
                    tensors.keySet().stream()
                            .filter(name -> name.startsWith(stack) && name.endsWith("W1.bias"))
                            .count();
        }

        boolean isResidue(int i) {
            return i % length < config.get("lengths").get(i / length).asInt();
        }

        /** Compares the positions that are residues. */
        double requireClose(String name, float[] actual, double bound) {
            float[] expected = parity.floats(name);
            int columns = ALPHABET.length() + 1;
            double worst = 0;
            for (int i = 0; i < expected.length; i++) {
                if (isResidue(i / columns)) {
                    worst = Math.max(worst, Math.abs((double) expected[i] - actual[i]));
                }
            }
            assertTrue(worst <= bound, name + " is off by " + worst);
            return worst;
        }

        /** A recorded array in the layout of ours: the letters are trained by their soft form. */
        float[] recorded(String prefix, String name) {
            if (!name.equals(LETTERS)) {
                return parity.floats(prefix + name);
            }
            float[] soft = parity.floats(prefix + "W_s_ft.weight");
            int letters = ALPHABET.length() + 1;
            int hidden = soft.length / letters;
            float[] plain = new float[soft.length];
            for (int i = 0; i < soft.length; i++) {
                plain[i % letters * hidden + i / letters] = soft[i];
            }
            return plain;
        }

        RewardBackpropagation objective(Graph graph) {
            BackpropagationOptions options =
                    new BackpropagationOptions(
                            steps,
                            START,
                            0,
                            config.get("truncate").asInt() - 1,
                            Annealing.constant(config.get("gumbel_temp").asDouble()),
                            OptionalDouble.empty(),
                            FLOOR,
                            Divergence.REFERENCE_UNCLAMPED,
                            new RisingWeight(config.get("alpha").asDouble(), 0),
                            KlSteps.ALL,
                            1,
                            graph);
            BackboneConditioning conditioning = new BackboneConditioning(backbones, k());
            assertEquals(length, conditioning.layouts().length());
            SequenceModel model =
                    new SequenceModel(
                            new LogLinear(0),
                            ALPHABET,
                            length,
                            false,
                            OptionalInt.empty(),
                            conditioning,
                            config.get("temp").asDouble(),
                            "");
            FrozenModel pretrained = new FrozenModel(new TrainedDenoiser(model, old, -1), old);
            return new RewardBackpropagation(
                            model,
                            pretrained,
                            reward,
                            options,
                            ValidationOptions.of(2),
                            ROWS,
                            new Philox(0))
                    .with(this::replay);
        }

        /** The recorded uniforms, as the published code turns them into noise, in float32. */
        private void replay(long sampleId, int step, double[] out) {
            int draw = (int) (sampleId / ROWS) * steps + step;
            float[] uniforms = parity.floats(String.format("noise.%03d", draw));
            int offset = (int) (sampleId % ROWS) * out.length;
            for (int i = 0; i < out.length; i++) {
                float exponential = 1e-10f - (float) Math.log(uniforms[offset + i] + 1e-10f);
                out[i] = -Math.log(exponential);
            }
        }
    }

    /** The recorded oracle. */
    private record Oracle(Objective.Forward network, NDManager manager, int k)
            implements DifferentiableReward {
        @Override
        public String name() {
            return "oracle";
        }

        @Override
        public String letters() {
            return ALPHABET + StraightThrough.MASK;
        }

        @Override
        public double[] score(Designs designs) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<ScoredGradient> differentiate(RelaxedDesigns designs) {
            List<BackboneGraph> graphs =
                    designs.conditions().stream()
                            .map(c -> BackboneGraph.of((Backbone) c, k))
                            .toList();
            int width = designs.rows().get(0).length;
            float[] soft = new float[designs.size() * width];
            for (int row = 0; row < designs.size(); row++) {
                System.arraycopy(designs.rows().get(row), 0, soft, row * width, width);
            }
            List<ScoredGradient> scored = new ArrayList<>();
            try (NDManager part = manager.newSubManager()) {
                Shape shape =
                        new Shape(designs.size(), designs.length(), designs.alphabet().length());
                NDArray x = Tensors.create(part, soft, shape);
                x.setRequiresGradient(true);
                NDList inputs = new NDList(x);
                inputs.addAll(BackboneGraph.batch(graphs, designs.length(), part));
                float[][] scores = new float[1][];
                Gradients.backward(
                        part,
                        () -> {
                            NDArray out = network.run(inputs, -1);
                            scores[0] = out.stopGradient().toFloatArray();
                            return out.sum();
                        });
                float[] gradient = x.getGradient().toFloatArray();
                for (int row = 0; row < designs.size(); row++) {
                    float[] own = Arrays.copyOfRange(gradient, row * width, (row + 1) * width);
                    scored.add(new ScoredGradient(scores[0][row], own));
                }
            }
            return scored;
        }
    }
}
