package dev.tiller.zoo.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import com.fasterxml.jackson.databind.JsonNode;
import dev.tiller.sampler.parity.ParityCase;
import dev.tiller.zoo.weights.SafeTensors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares with the reference's ScoreNetworkX, ScoreNetworkX_GMH and ScoreNetworkA. */
class GdssParityIT {
    private static final double FORWARD = 1e-5;
    private static final double GRADIENT = 5e-5;
    private static final String[] NETWORKS = {"x", "adj"};

    static List<ParityCase> cases() {
        return ParityCase.find("05_gdss_forward");
    }

    static Gdss.Config config(ParityCase parity) {
        JsonNode config = parity.config();
        return new Gdss.Config(
                config.get("N").asInt(),
                config.get("F").asInt(),
                part(config.get("params_x")),
                part(config.get("params_adj")));
    }

    static Gdss.Part part(JsonNode config) {
        int depth = config.path("depth").asInt(config.path("num_layers").asInt());
        int hidden = config.get("nhid").asInt();
        if (config.get("model_type").asText().equals("ScoreNetworkX")) {
            return Gdss.Part.convolution(depth, hidden);
        }
        return new Gdss.Part(
                Gdss.Type.ATTENTION,
                depth,
                hidden,
                config.get("num_linears").asInt(),
                config.get("c_init").asInt(),
                config.get("c_hid").asInt(),
                config.get("c_final").asInt(),
                config.get("adim").asInt(),
                config.get("num_heads").asInt(),
                Gdss.Projection.valueOf(config.get("conv").asText().toUpperCase(Locale.ROOT)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void namesFollowTheReference(ParityCase parity) {
        List<String> names = new ArrayList<>();
        for (String network : NETWORKS) {
            parity.json()
                    .at("/models/" + network + "/parameters")
                    .fieldNames()
                    .forEachRemaining(name -> names.add(network + "." + name));
        }
        assertEquals(names, new Gdss(config(parity)).getParameters().keys());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void outputsAndGradientsEqualTheReference(ParityCase parity) throws IOException {
        for (int network = 0; network < NETWORKS.length; network++) {
            Gdss block = new Gdss(config(parity));
            try (NDManager manager = NDManager.newBaseManager()) {
                load(parity, block, manager);
                block.freezeParameters(false);
                NDArray x = ParityBlocks.floats(parity, "in.x", manager);
                NDArray adj = ParityBlocks.floats(parity, "in.adj", manager);
                NDArray mask = ParityBlocks.floats(parity, "in.flags", manager);
                x.setRequiresGradient(true);
                adj.setRequiresGradient(true);
                String name = NETWORKS[network];
                double worst;
                try (GradientCollector gradients = Engine.getInstance().newGradientCollector()) {
                    NDList scores = ParityBlocks.forward(block, x, adj, mask);
                    NDArray score = scores.get(network);
                    worst = parity.requireClose("out." + name, score.toFloatArray(), FORWARD);
                    gradients.backward(
                            score.mul(ParityBlocks.floats(parity, "in.probe_" + name, manager))
                                    .sum());
                }
                double worstGradient =
                        Math.max(
                                close(parity, "grad." + name + ".input_x", x),
                                close(parity, "grad." + name + ".input_adj", adj));
                int compared = 0;
                for (String parameter : block.trainable()) {
                    if (parameter.startsWith(name + ".")) {
                        worstGradient =
                                Math.max(
                                        worstGradient,
                                        close(
                                                parity,
                                                "grad." + parameter,
                                                block.weights().get(parameter)));
                        compared++;
                    }
                }
                String prefix = "grad." + name + ".";
                long known = parity.names().stream().filter(n -> n.startsWith(prefix)).count();
                assertEquals(known - 2, compared, "the reference's gradients, and no others");
                System.err.printf(
                        "%s %s: forward %.1e, gradients %.1e%n",
                        parity, name, worst, worstGradient);
            }
        }
    }

    private static double close(ParityCase parity, String name, NDArray array) {
        return parity.requireClose(name, array.getGradient().toFloatArray(), GRADIENT);
    }

    static void load(ParityCase parity, Gdss block, NDManager manager) throws IOException {
        try (NDManager scope = manager.newSubManager()) {
            Map<String, NDArray> weights = new LinkedHashMap<>();
            for (String network : NETWORKS) {
                SafeTensors.read(parity.file(network + ".safetensors"), scope)
                        .tensors()
                        .forEach((name, array) -> weights.put(network + "." + name, array));
            }
            block.load(weights, manager);
        }
    }
}
