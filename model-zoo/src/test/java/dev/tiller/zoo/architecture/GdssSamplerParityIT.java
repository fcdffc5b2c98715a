package dev.tiller.zoo.architecture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Prediction;
import dev.tiller.sampler.State;
import dev.tiller.sampler.gaussian.Component;
import dev.tiller.sampler.gaussian.GaussianDiffusion;
import dev.tiller.sampler.gaussian.Langevin;
import dev.tiller.sampler.gaussian.Parameterisation;
import dev.tiller.sampler.gaussian.Predictor;
import dev.tiller.sampler.gaussian.SamplerOptions;
import dev.tiller.sampler.gaussian.ScoreNetwork;
import dev.tiller.sampler.gaussian.Sde;
import dev.tiller.sampler.gaussian.Sdes;
import dev.tiller.sampler.parity.ParityCase;
import dev.tiller.zoo.weights.Checkpoint;
import dev.tiller.zoo.weights.Selection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Replays the recorded noise of GDSS's samplers: states after each step, and what they are read as.
 * The published checkpoints take part where the folder of further cases holds them.
 */
class GdssSamplerParityIT {
    /**
     * Near t = 0 the reference's float32 loses digits of the standard deviation that VP scores are
     * divided by (4.6e-4 at t = 1e-4); with VE alone there is nothing to lose.
     */
    private static final double TOLERANCE_VP = 1e-3;

    private static final double TOLERANCE_VE = 2e-5;

    private static final double EPS = 1e-4;

    static List<ParityCase> cases() {
        return ParityCase.find("05_gdss_sampler");
    }

    static Stream<ParityCase> published() {
        String folder = System.getProperty(ParityCase.PROPERTY);
        Path real = folder == null ? null : Path.of(folder, "gdss_real");
        if (real == null || !Files.isDirectory(real)) {
            return Stream.of((ParityCase) null); // one run that is skipped
        }
        return Stream.of("qm9", "qm9_long", "zinc250k_v2")
                .map(real::resolve)
                .filter(Files::isDirectory)
                .map(ParityCase::read);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void statesEqualTheReference(ParityCase parity) throws IOException {
        Gdss block = new Gdss(GdssParityIT.config(parity));
        try (NDManager manager = NDManager.newBaseManager()) {
            GdssParityIT.load(parity, block, manager);
            replay(parity, block, manager);
        }
    }

    @ParameterizedTest
    @MethodSource("published")
    void statesOfPublishedModelsEqualTheReference(ParityCase parity) throws IOException {
        assumeTrue(
                parity != null, "-D" + ParityCase.PROPERTY + " names no folder of further cases");
        JsonNode checkpoint = parity.json().get("checkpoint");
        Gdss block =
                new Gdss(
                        new Gdss.Config(
                                parity.config().get("N").asInt(),
                                parity.config().get("F").asInt(),
                                GdssParityIT.part(checkpoint.get("params_x")),
                                GdssParityIT.part(checkpoint.get("params_adj"))));
        try (NDManager manager = NDManager.newBaseManager();
                NDManager scope = manager.newSubManager()) {
            Map<String, NDArray> weights = new LinkedHashMap<>();
            for (String network : new String[] {"x", "adj"}) {
                String file = parity.json().at("/models/" + network + "/files/0").asText();
                Selection section =
                        new Selection(
                                Selection.DEFAULT.source(),
                                Optional.of(network + "_state_dict"),
                                Optional.empty());
                try (Checkpoint opened = Checkpoint.open(parity.file(file))) {
                    opened.read(section, List.of(), scope)
                            .tensors()
                            .forEach((name, array) -> weights.put(network + "." + name, array));
                }
            }
            block.load(weights, manager);
            replay(parity, block, manager);
        }
    }

    private static void replay(ParityCase parity, Gdss block, NDManager manager) {
        RecordedNormals noise = new RecordedNormals(parity);
        GaussianDiffusion process = process(parity, block, noise, manager);
        double tolerance =
                parity.config().toString().contains("VP\"") ? TOLERANCE_VP : TOLERANCE_VE;
        int rows = parity.config().get("sizes").size();
        long[] ids = LongStream.range(0, rows).toArray();
        double worst = 0;
        int compared = 0;
        try (Ledger ledger = new Ledger(new Ledger.Options(1, 64, true))) {
            State x = process.prior(ids, new int[rows], noise, manager);
            assertArrayEquals(parity.floats("in.flags"), x.array(2).toFloatArray());
            State before = x;
            for (int step = 0; step <= process.steps(); step++) {
                before = x;
                Prediction prediction = process.predict(x, step, ledger, noise);
                x = process.propose(x, prediction, step).draw(1, noise, manager);
                String number = "_step" + step / noise.transitions();
                boolean predicted = step % noise.transitions() == noise.transitions() - 1;
                if (predicted && parity.has("out.x" + number)) {
                    worst = Math.max(worst, close(parity, number, x, tolerance));
                    compared++;
                }
            }
            State end = process.finish(before, ledger, noise, manager);
            worst = Math.max(worst, close(parity, "", end, tolerance));
            assertBonds(parity, end);
            assertAtoms(parity, end);
        }
        System.err.printf(
                Locale.ROOT,
                "%s: %d steps, %d compared, largest difference %.1e%n",
                parity,
                process.steps() + 1,
                compared,
                worst);
    }

    private static double close(ParityCase parity, String number, State x, double tolerance) {
        return Math.max(
                parity.requireClose("out.x" + number, x.array(0).toFloatArray(), tolerance),
                parity.requireClose("out.adj" + number, x.array(1).toFloatArray(), tolerance));
    }

    private static void assertBonds(ParityCase parity, State end) {
        float[] adj = end.array(1).toFloatArray();
        long[] orders = new long[adj.length];
        Arrays.setAll(orders, i -> adj[i] < 0.5 ? 0 : adj[i] < 1.5 ? 1 : adj[i] < 2.5 ? 2 : 3);
        long[] expected = integers(parity, "out.quant_mol");
        assertArrayEquals(expected, orders);
    }

    private static void assertAtoms(ParityCase parity, State end) {
        int features = parity.config().get("F").asInt();
        float[] x = end.array(0).toFloatArray();
        long[] atoms =
                IntStream.range(0, x.length / features)
                        .mapToLong(
                                node ->
                                        IntStream.range(0, features)
                                                .filter(f -> x[node * features + f] > 0.5)
                                                .findFirst()
                                                .orElse(features))
                        .toArray();
        assertArrayEquals(integers(parity, "out.atoms"), atoms);
    }

    private static long[] integers(ParityCase parity, String name) {
        String type = parity.json().at("/shapes/" + name + "/dtype").asText();
        if (type.equals("int64")) {
            return parity.longs(name);
        }
        float[] values = parity.floats(name);
        return IntStream.range(0, values.length).mapToLong(i -> (long) values[i]).toArray();
    }

    private static GaussianDiffusion process(
            ParityCase parity, Gdss block, RecordedNormals noise, NDManager manager) {
        JsonNode config = parity.config();
        int nodes = config.get("N").asInt();
        int features = config.get("F").asInt();
        Component x = component("x", config, new Shape(nodes, features), Component.Layout.NODES);
        Component adj = component("adj", config, new Shape(nodes, nodes), Component.Layout.PAIRS);
        double[] sizes = new double[nodes];
        Arrays.fill(sizes, 1);
        Langevin corrector =
                new Langevin(
                        noise.transitions() - 1,
                        config.get("snr").asDouble(),
                        config.get("scale_eps").asDouble(),
                        Langevin.StepSize.BATCH);
        SamplerOptions options =
                new SamplerOptions(
                        config.at("/sde_adj/N").asInt(),
                        EPS,
                        Predictor.of(config.get("predictor").asText().toLowerCase(Locale.ROOT)),
                        0,
                        corrector);
        return new GaussianDiffusion(List.of(x, adj), sizes, network(block), manager, options);
    }

    private static Component component(
            String name, JsonNode config, Shape shape, Component.Layout layout) {
        JsonNode sde = config.get("sde_" + name);
        String type = sde.get("type").asText();
        double low = sde.get("beta_min").asDouble();
        double high = sde.get("beta_max").asDouble();
        boolean ve = type.equals("VE");
        Sde equation =
                ve
                        ? Sdes.create("ve", Map.of("sigma_min", low, "sigma_max", high))
                        : Sdes.create(
                                type.equals("VP") ? "vp" : "sub-vp",
                                Map.of("beta_min", low, "beta_max", high));
        return new Component(
                name,
                shape,
                equation,
                layout,
                ve ? Parameterisation.SCORE : Parameterisation.NOISE);
    }

    private static ScoreNetwork network(Gdss block) {
        return new ScoreNetwork() {
            @Override
            public NDList evaluate(NDList arrays, double[] t) {
                return ParityBlocks.forward(block, arrays.get(0), arrays.get(1), arrays.get(2));
            }

            @Override
            public boolean dependsOnTime() {
                return false;
            }
        };
    }
}
