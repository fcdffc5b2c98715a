package dev.tiller.finetune.objective;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import com.fasterxml.jackson.databind.JsonNode;
import dev.tiller.finetune.data.CleanArrays;
import dev.tiller.finetune.optimizer.AdamW;
import dev.tiller.finetune.optimizer.ExponentialMovingAverage;
import dev.tiller.finetune.optimizer.GradientClipping;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.gaussian.Component;
import dev.tiller.sampler.gaussian.Component.Layout;
import dev.tiller.sampler.gaussian.Parameterisation;
import dev.tiller.sampler.gaussian.Sde;
import dev.tiller.sampler.gaussian.Sdes;
import dev.tiller.sampler.numerics.Gradients;
import dev.tiller.sampler.parity.ParityCase;
import dev.tiller.zoo.architecture.Gdss;
import dev.tiller.zoo.architecture.NamedBlock;
import dev.tiller.zoo.weights.SafeTensors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One step of GDSS's training code: losses, gradients, clipping, Adam and the moving average. */
class ScoreMatchingParityIT {
    private static final double LOSS = 1e-5;
    private static final double GRADIENT = 5e-5;

    /** Absolute, as Adam's first step has the size of the learning rate whatever the gradient. */
    private static final double PARAMETER = 1e-5;

    private static final String[] NETWORKS = {"x", "adj"};

    static List<ParityCase> cases() {
        return ParityCase.find("05_gdss_loss");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void equalsTheReferencesStep(ParityCase parity) throws Exception {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            NamedBlock network = network(parity, manager);
            network.freezeParameters(false);
            Map<String, NDArray> trained = new LinkedHashMap<>();
            network.trainable().forEach(n -> trained.put(n, network.weights().get(n)));
            ParameterStore store = new ParameterStore(manager, false);
            Objective.Forward forward =
                    Objective.Forward.of((inputs, step) -> network.forward(store, inputs, true));
            double likelihood =
                    requireLosses(
                            parity,
                            "out.lw.",
                            losses(
                                    parity,
                                    forward,
                                    ScoreMatching.Weighting.LIKELIHOOD,
                                    3,
                                    manager));
            List<NDArray> parts = new ArrayList<>();
            Gradients.backward(
                    manager,
                    () -> {
                        parts.addAll(
                                losses(parity, forward, ScoreMatching.Weighting.NOISE, 0, manager));
                        return NDArrays.add(parts.toArray(NDArray[]::new));
                    });
            double loss = requireLosses(parity, "out.", parts);
            Map<String, NDArray> gradients = new LinkedHashMap<>();
            double worst = 0;
            for (Map.Entry<String, NDArray> entry : trained.entrySet()) {
                NDArray gradient = entry.getValue().getGradient();
                gradients.put(entry.getKey(), gradient);
                worst =
                        Math.max(
                                worst,
                                parity.requireClose(
                                        "grad." + entry.getKey(),
                                        gradient.toFloatArray(),
                                        GRADIENT));
            }
            double parameters = step(parity, network, trained, gradients, manager);
            System.err.printf(
                    Locale.ROOT,
                    "%s: loss %.1e, by likelihood %.1e, gradients %.1e, parameters %.1e%n",
                    parity,
                    loss,
                    likelihood,
                    worst,
                    parameters);
        }
    }

    private static double requireLosses(ParityCase parity, String prefix, List<NDArray> losses) {
        double worst = 0;
        for (int i = 0; i < NETWORKS.length; i++) {
            String name = prefix + "loss_" + NETWORKS[i];
            worst = Math.max(worst, parity.requireClose(name, losses.get(i).toFloatArray(), LOSS));
        }
        return worst;
    }

    /** Clips, steps and averages; returns the largest difference of weights and averages. */
    private static double step(
            ParityCase parity,
            NamedBlock network,
            Map<String, NDArray> trained,
            Map<String, NDArray> gradients,
            NDManager manager) {
        AdamW.Options adam = new AdamW.Options(0.9, 0.999, 1e-8, 1e-4, AdamW.Decay.IN_GRADIENT);
        double worst = 0;
        try (AdamW optimizer = new AdamW(trained, adam, manager);
                ExponentialMovingAverage average =
                        new ExponentialMovingAverage(trained, 0.999, manager)) {
            double norm = GradientClipping.byGroups(gradients, List.of("x.", "adj."), 1.0);
            double expected =
                    Math.hypot(parity.floats("out.norm_x")[0], parity.floats("out.norm_adj")[0]);
            Assertions.assertEquals(expected, norm, LOSS * expected);
            optimizer.step(gradients, 0.005);
            average.update();
            for (String part : NETWORKS) {
                int number = 0;
                for (String name : network.weights().keySet()) {
                    if (!name.startsWith(part + ".")) {
                        continue;
                    }
                    NDArray weight = network.weights().get(name);
                    NDArray shadow = average.shadow().getOrDefault(name, weight);
                    worst = Math.max(worst, distance(parity.floats("param." + name), weight));
                    String ema = "ema." + part + "." + number++;
                    worst = Math.max(worst, distance(parity.floats(ema), shadow));
                }
            }
        }
        return worst;
    }

    private static double distance(float[] expected, NDArray actual) {
        float[] values = actual.toFloatArray();
        Assertions.assertEquals(expected.length, values.length);
        double worst = 0;
        for (int i = 0; i < values.length; i++) {
            double distance = Math.abs(values[i] - expected[i]);
            Assertions.assertTrue(distance <= PARAMETER, "off by " + distance);
            worst = Math.max(worst, distance);
        }
        return worst;
    }

    private static List<NDArray> losses(
            ParityCase parity,
            Objective.Forward forward,
            ScoreMatching.Weighting weighting,
            int firstDraw,
            NDManager manager) {
        List<Component> components = components(parity);
        ScoreMatching objective =
                new ScoreMatching(
                        clean(parity),
                        clean(parity),
                        components,
                        new ScoreMatching.Options(
                                weighting,
                                DiffusionTimes.Sampling.UNIFORM,
                                parity.config().get("reduce_mean").asBoolean(),
                                false),
                        new Philox(0));
        int rows = parity.config().get("sizes").size();
        double[][] u = noise(parity, firstDraw, 1);
        double[] uniforms = new double[rows];
        Arrays.setAll(uniforms, row -> u[row][0]);
        double[] times =
                new DiffusionTimes(DiffusionTimes.Sampling.UNIFORM, List.of()).times(uniforms);
        int nodes = parity.config().get("N").asInt();
        double[][] adj = noise(parity, firstDraw + 2, nodes * nodes);
        for (double[] row : adj) {
            for (int i = 0; i < nodes; i++) {
                for (int j = 0; j < i; j++) {
                    row[i * nodes + j] = row[j * nodes + i];
                }
            }
        }
        int features = parity.config().get("F").asInt();
        double[][] x = noise(parity, firstDraw + 1, nodes * features);
        int[] all = new int[rows];
        Arrays.setAll(all, i -> i);
        return objective.losses(
                forward,
                clean(parity),
                all,
                new ScoreMatching.Draw(times, List.of(x, adj)),
                0,
                manager);
    }

    private static double[][] noise(ParityCase parity, int draw, int perRow) {
        return toDouble(parity.floats(String.format(Locale.ROOT, "noise.%03d", draw)), perRow);
    }

    private static double[][] toDouble(float[] values, int perRow) {
        double[][] rows = new double[values.length / perRow][perRow];
        for (int i = 0; i < values.length; i++) {
            rows[i / perRow][i % perRow] = values[i];
        }
        return rows;
    }

    private static CleanArrays clean(ParityCase parity) {
        JsonNode sizes = parity.config().get("sizes");
        int[] nodes = new int[sizes.size()];
        Arrays.setAll(nodes, i -> sizes.get(i).asInt());
        return new CleanArrays(
                List.of(rows(parity, "in.x", nodes.length), rows(parity, "in.adj", nodes.length)),
                nodes);
    }

    private static float[][] rows(ParityCase parity, String name, int rows) {
        float[] all = parity.floats(name);
        int each = all.length / rows;
        float[][] split = new float[rows][];
        Arrays.setAll(split, i -> Arrays.copyOfRange(all, i * each, (i + 1) * each));
        return split;
    }

    /** The published code divides the output by the deviation where the equation is VP. */
    private static List<Component> components(ParityCase parity) {
        long n = parity.config().get("N").asLong();
        long f = parity.config().get("F").asLong();
        return List.of(
                component("x", new Shape(n, f), parity.config().get("sde_x"), Layout.NODES),
                component("adj", new Shape(n, n), parity.config().get("sde_adj"), Layout.PAIRS));
    }

    private static Component component(String name, Shape shape, JsonNode sde, Layout layout) {
        String type = sde.get("type").asText().toLowerCase(Locale.ROOT);
        boolean exploding = type.equals("ve");
        Sde equation =
                Sdes.create(
                        type,
                        Map.of(
                                exploding ? "sigma_min" : "beta_min",
                                sde.get("beta_min").asDouble(),
                                exploding ? "sigma_max" : "beta_max",
                                sde.get("beta_max").asDouble()));
        return new Component(
                name,
                shape,
                equation,
                layout,
                exploding ? Parameterisation.SCORE : Parameterisation.NOISE);
    }

    private static NamedBlock network(ParityCase parity, NDManager manager) throws IOException {
        JsonNode config = parity.config();
        JsonNode x = config.get("params_x");
        JsonNode adj = config.get("params_adj");
        NamedBlock network =
                new Gdss(
                        new Gdss.Config(
                                config.get("N").asInt(),
                                config.get("F").asInt(),
                                Gdss.Part.convolution(
                                        x.get("depth").asInt(), x.get("nhid").asInt()),
                                new Gdss.Part(
                                        Gdss.Type.ATTENTION,
                                        adj.get("num_layers").asInt(),
                                        adj.get("nhid").asInt(),
                                        adj.get("num_linears").asInt(),
                                        adj.get("c_init").asInt(),
                                        adj.get("c_hid").asInt(),
                                        adj.get("c_final").asInt(),
                                        adj.get("adim").asInt(),
                                        adj.get("num_heads").asInt(),
                                        Gdss.Projection.valueOf(adj.get("conv").asText()))));
        Map<String, NDArray> weights = new LinkedHashMap<>();
        for (String part : NETWORKS) {
            SafeTensors.read(parity.file(part + ".safetensors"), manager)
                    .tensors()
                    .forEach((name, array) -> weights.put(part + "." + name, array));
        }
        network.load(weights, manager);
        return network;
    }
}
