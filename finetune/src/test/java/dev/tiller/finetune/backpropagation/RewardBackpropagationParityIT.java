package dev.tiller.finetune.backpropagation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
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
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.parity.ParityCase;
import dev.tiller.sampler.schedule.LogLinear;
import dev.tiller.zoo.architecture.DnaConv;
import dev.tiller.zoo.architecture.NamedBlock;
import dev.tiller.zoo.weights.SafeTensors;
import dev.tiller.zoo.weights.WeightFile;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Two optimizer steps of the published fine-tuning, with its recorded draws. */
class RewardBackpropagationParityIT {
    private static final String ALPHABET = "ACGT";
    private static final double FORWARD = 1e-5;
    private static final double GRADIENT = 5e-5;

    /** The reference's own divergences differ by up to 8e-6 between one and two threads. */
    private static final double DIVERGENCE = 2e-5;

    /** Absolute, as Adam's first steps have the size of the learning rate whatever the gradient. */
    private static final double PARAMETER = 1e-5;

    static Stream<Arguments> cases() {
        return ParityCase.find("04_drakes_finetune").stream()
                .flatMap(c -> Stream.of(Graph.values()).map(g -> Arguments.of(c, g)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("cases")
    void equalsThePublishedSteps(ParityCase parity, Graph graph) throws Exception {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            Fixture fixture = new Fixture(parity, manager);
            RewardBackpropagation objective =
                    fixture.objective(fixture.options(Divergence.REFERENCE, graph));
            AdamW.Options adam = new AdamW.Options(0.9, 0.999, 1e-8, 0);
            try (AdamW optimizer = new AdamW(fixture.trained, adam, manager)) {
                for (int step = 0; step < 2; step++) {
                    RewardBackpropagation.Batch batch =
                            objective.run(
                                    objective.pass(fixture.forward, fixture.rows, step), manager);
                    compare(fixture, batch, step);
                    optimize(fixture, optimizer, step);
                }
            }
            double worst = 0;
            for (String name : fixture.network.trainable()) {
                float[] expected = parity.floats("param.backbone." + name);
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
        if (step == 0) {
            states(fixture, batch.trajectory());
        }
        float[] last = batch.trajectory().last();
        double worst = parity.requireClose("out.final_soft" + step, last, FORWARD);
        long[] designs = StraightThrough.nearest(last, ALPHABET.length());
        assertArrayEquals(
                parity.floats("out.sample" + step), Trajectory.oneHot(designs, ALPHABET.length()));
        float[] rewards = floats(batch.scored().rewards());
        worst = Math.max(worst, parity.requireClose("out.reward" + step, rewards, FORWARD));

        int steps = batch.divergences().length;
        float[] kl = new float[fixture.rows * steps];
        double loss = 0;
        for (int row = 0; row < fixture.rows; row++) {
            loss -= batch.scored().rewards()[row] / fixture.rows;
            for (int i = 0; i < steps; i++) {
                kl[row * steps + i] = (float) batch.divergences()[i][row];
                loss += batch.klWeight() * batch.divergences()[i][row] / fixture.rows;
            }
        }
        worst = Math.max(worst, parity.requireClose("out.kl" + step, kl, DIVERGENCE));
        double expected = parity.floats("out.losses")[step];
        assertEquals(expected, loss, FORWARD * Math.abs(expected));
        System.err.printf("%s step %d: %.1e%n", parity, step, worst);
    }

    private static void states(Fixture fixture, Trajectory trajectory) {
        ParityCase parity = fixture.parity;
        int first = trajectory.firstRelaxed();
        int columns = ALPHABET.length() + 1;
        for (int i = 0; i < first; i++) {
            long[] tokens = trajectory.hard().get(i);
            assertArrayEquals(parity.floats("out.state" + i), Trajectory.oneHot(tokens, columns));
            long[] kept = Arrays.stream(tokens).map(k -> k < columns - 1 ? 1 : 0).toArray();
            assertArrayEquals(parity.longs("out.flag" + i), kept);
        }
        for (int i = first; i < fixture.steps; i++) {
            parity.requireClose("out.state" + i, trajectory.softAt(i), FORWARD);
            try (NDManager part = fixture.manager.newSubManager()) {
                NDArray x = part.create(trajectory.softAt(i), fixture.softShape());
                RelaxedState state = RelaxedState.of(x, fixture.copyTemperature());
                float[] flag = state.copyFlag().toFloatArray();
                parity.requireClose("out.flag" + i, flag, FORWARD);
            }
        }
    }

    private static void optimize(Fixture fixture, AdamW optimizer, int step) {
        ParityCase parity = fixture.parity;
        Map<String, NDArray> gradients = new LinkedHashMap<>();
        double worst = 0;
        for (Map.Entry<String, NDArray> entry : fixture.trained.entrySet()) {
            NDArray gradient = entry.getValue().getGradient();
            gradients.put(entry.getKey(), gradient);
            String name = "grad" + (step + 1) + ".backbone." + entry.getKey();
            worst = Math.max(worst, parity.requireClose(name, gradient.toFloatArray(), GRADIENT));
        }
        double norm = GradientClipping.byGlobalNorm(gradients, 1.0);
        double expected = parity.floats("out.grad_norms")[step];
        assertEquals(expected, norm, FORWARD * expected);
        optimizer.step(gradients, parity.config().get("lr").asDouble());
        gradients.values().forEach(gradient -> gradient.subi(gradient));
        System.err.printf("%s step %d gradients: %.1e%n", parity, step, worst);
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    /** The networks and settings of a case. */
    private static final class Fixture {
        private final ParityCase parity;
        private final NDManager manager;
        private final JsonNode config;
        private final int rows;
        private final int steps;
        private final NamedBlock network;
        private final Map<String, NDArray> trained = new LinkedHashMap<>();
        private final Objective.Forward forward;
        private final TinyReward reward;
        private final Objective.Forward old;

        Fixture(ParityCase parity, NDManager manager) throws Exception {
            this.parity = parity;
            this.manager = manager;
            config = parity.config();
            rows = config.get("B").asInt();
            steps = config.get("steps").asInt();
            network = load("weights.safetensors");
            network.freezeParameters(false);
            network.trainable().forEach(n -> trained.put(n, network.weights().get(n)));
            ParameterStore store = new ParameterStore(manager, false);
            forward = (inputs, step) -> network.forward(store, new NDList(inputs), true).head();
            NamedBlock frozen = load("old.safetensors");
            frozen.freezeParameters(true);
            old = Trainer.evaluation(frozen, manager);
            try (WeightFile file = SafeTensors.read(parity.file("reward.safetensors"), manager)) {
                reward = new TinyReward(file.tensors());
            }
        }

        private NamedBlock load(String file) throws Exception {
            int hidden = config.get("hidden").asInt();
            NamedBlock block =
                    new DnaConv(new DnaConv.Config(hidden, 1, ALPHABET.length(), 0, false, 0.0));
            try (WeightFile weights = SafeTensors.read(parity.file(file), manager)) {
                block.load(weights.tensors(), manager);
            }
            return block;
        }

        OptionalDouble copyTemperature() {
            return config.path("copy_flag_temp").isNumber()
                    ? OptionalDouble.of(config.get("copy_flag_temp").asDouble())
                    : OptionalDouble.empty();
        }

        Shape softShape() {
            return new Shape(rows, config.get("L").asInt(), ALPHABET.length() + 1L);
        }

        BackpropagationOptions options(Divergence kl, Graph graph) {
            return new BackpropagationOptions(
                    steps,
                    1,
                    BackpropagationOptions.PUBLISHED_END,
                    config.get("truncate").asInt(),
                    Annealing.constant(config.get("gumbel_temp").asDouble()),
                    copyTemperature(),
                    0,
                    kl,
                    new RisingWeight(config.get("alpha").asDouble(), 0),
                    KlSteps.ALL,
                    1,
                    graph);
        }

        RewardBackpropagation objective(BackpropagationOptions options) {
            SequenceModel model =
                    new SequenceModel(
                            new LogLinear(1e-3),
                            ALPHABET,
                            config.get("L").asInt(),
                            false,
                            OptionalInt.empty());
            FrozenModel pretrained = new FrozenModel(new TrainedDenoiser(model, old, -1), old);
            return new RewardBackpropagation(
                            model,
                            pretrained,
                            reward,
                            options,
                            ValidationOptions.of(2),
                            rows,
                            new Philox(0))
                    .with(this::replay);
        }

        /** The recorded uniforms, as the published code turns them into noise, in float32. */
        private void replay(long sampleId, int step, double[] out) {
            int draw = (int) (sampleId / rows) * steps + step;
            float[] uniforms = parity.floats(String.format("noise.%03d", draw));
            int offset = (int) (sampleId % rows) * out.length;
            for (int i = 0; i < out.length; i++) {
                float exponential = 1e-10f - (float) Math.log(uniforms[offset + i] + 1e-10f);
                out[i] = -Math.log(exponential);
            }
        }
    }
}
