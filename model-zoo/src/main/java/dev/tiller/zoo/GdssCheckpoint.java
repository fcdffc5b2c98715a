package dev.tiller.zoo;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import dev.tiller.sampler.gaussian.Parameterisation;
import dev.tiller.zoo.architecture.Architectures;
import dev.tiller.zoo.architecture.Gdss;
import dev.tiller.zoo.weights.Checkpoint;
import dev.tiller.zoo.weights.Selection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A checkpoint as GDSS publishes them: the weights of both networks and the settings of the
 * training. What these leave out follows from the name of the data set.
 */
final class GdssCheckpoint {
    private static final String SECTION = "_state_dict";
    private static final String X = "x";
    private static final String ADJ = "adj";
    private static final double LAST_TIME = 1e-4;
    private static final double SNR = 0.2;

    /**
     * What a data set tells.
     *
     * @param atoms the elements in the order of the features
     * @param sizes molecules of each number of atoms; the first number and the counts from there
     * @param scaleEps the published factor of the corrector's noise
     */
    private record DataSet(List<String> atoms, int first, int[] counts, double scaleEps) {
        List<Double> sizes(int nodes) {
            List<Double> weights = new ArrayList<>();
            for (int size = 1; size <= nodes; size++) {
                int at = size - first;
                weights.add(at >= 0 && at < counts.length ? (double) counts[at] : 0);
            }
            return weights;
        }
    }

    /** Counted in the 123,247 molecules of QM9 in data/molecule/qm9.smi.gz (hydrogen left out). */
    private static final DataSet QM9 =
            new DataSet(
                    List.of("C", "N", "O", "F"),
                    1,
                    new int[] {3, 5, 8, 30, 118, 564, 2954, 16847, 102718},
                    0.7);

    /** Counted in 27,445 held-out molecules of ZINC250k, from 6 atoms to 38. */
    private static final DataSet ZINC250K =
            new DataSet(
                    List.of("C", "N", "O", "F", "P", "S", "Cl", "Br", "I"),
                    6,
                    new int[] {
                        1, 0, 4, 11, 21, 83, 131, 215, 335, 443, 685, 994, 1263, 1647, 1865, 2209,
                        2088, 2377, 2530, 2500, 2095, 1721, 1105, 875, 709, 510, 387, 280, 175, 113,
                        53, 19, 1
                    },
                    0.9);

    /** The published setting of the networks with attention for the nodes. */
    private static final double SCALE_EPS_OF_ATTENTION = 0.8;

    private final Path file;
    private final Checkpoint checkpoint;
    private final Map<String, Object> settings;

    private GdssCheckpoint(Path file, Checkpoint checkpoint) {
        this.file = file;
        this.checkpoint = checkpoint;
        this.settings = checkpoint.settings();
    }

    /** Returns the checkpoint as one of GDSS; empty if it is none. */
    static Optional<GdssCheckpoint> of(Path file, Checkpoint checkpoint) {
        boolean both = checkpoint.sections().containsAll(List.of(X + SECTION, ADJ + SECTION));
        return both ? Optional.of(new GdssCheckpoint(file, checkpoint)) : Optional.empty();
    }

    /** Opens a file as a model that is called as the file is. */
    static ModelDirectory open(Path file) {
        try (Checkpoint checkpoint = Checkpoint.open(file);
                NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            GdssCheckpoint gdss = of(file, checkpoint).orElseThrow(() -> other(file));
            String name = String.valueOf(file.getFileName()).replaceFirst("\\.[^.]*$", "");
            ModelConfig config = gdss.config(name, null, null);
            return ModelDirectory.ofMemory(
                    file.toString(),
                    config,
                    gdss.weights(manager),
                    ConversionCard.of(config, file, Selection.DEFAULT, Map.of()));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    private static IllegalArgumentException other(Path file) {
        return new IllegalArgumentException(
                file
                        + " must be a model folder or a checkpoint of GDSS; make a folder of it"
                        + " with: tiller models convert");
    }

    ModelConfig config(String name, String source, String licence) {
        int nodes = integer("params_adj.max_node_num");
        int features = integer("params_adj.max_feat_num");
        Gdss.Config networks =
                new Gdss.Config(nodes, features, part("params_x."), part("params_adj."));
        JsonNode architecture = Architectures.describe(networks);
        return ModelConfig.ofGraphs(
                name, Gdss.NAME, architecture, graph(networks), false, source, licence);
    }

    private GraphConfig graph(Gdss.Config networks) {
        String data = text("model_config.data.data");
        DataSet set =
                switch (data) {
                    case "QM9" -> QM9;
                    case "ZINC250k" -> ZINC250K;
                    default ->
                            throw new IllegalArgumentException(
                                    "data set of "
                                            + file
                                            + " must be QM9 or ZINC250k, got "
                                            + data);
                };
        boolean attention = networks.x().type() == Gdss.Type.ATTENTION;
        GraphConfig.Sampling sampling =
                new GraphConfig.Sampling(
                        integer("model_config.sde.x.num_scales"),
                        "reverse",
                        GraphConfig.Sampling.LANGEVIN,
                        SNR,
                        attention ? SCALE_EPS_OF_ATTENTION : set.scaleEps(),
                        1,
                        LAST_TIME);
        return new GraphConfig(
                set.atoms(),
                networks.nodes(),
                set.sizes(networks.nodes()),
                noise("model_config.sde.x."),
                noise("model_config.sde.adj."),
                sampling);
    }

    /** With VE the networks are scores; with the others they are divided by -s(t) to be scores. */
    private GraphConfig.Noise noise(String at) {
        double least = number(at + "beta_min");
        double most = number(at + "beta_max");
        String type = text(at + "type");
        return switch (type) {
            case "VE" ->
                    new GraphConfig.Noise(
                            "ve",
                            Map.of("sigma_min", least, "sigma_max", most),
                            Parameterisation.SCORE);
            case "VP", "subVP" ->
                    new GraphConfig.Noise(
                            type.equals("VP") ? "vp" : "sub-vp",
                            Map.of("beta_min", least, "beta_max", most),
                            Parameterisation.NOISE);
            default ->
                    throw new IllegalArgumentException(
                            at + "type in " + file + " must be VE, VP or subVP, got " + type);
        };
    }

    private Gdss.Part part(String at) {
        String type = text(at + "model_type");
        return switch (type) {
            case "ScoreNetworkX" ->
                    Gdss.Part.convolution(integer(at + "depth"), integer(at + "nhid"));
            case "ScoreNetworkX_GMH", "ScoreNetworkA" ->
                    new Gdss.Part(
                            Gdss.Type.ATTENTION,
                            integer(at + (type.endsWith("A") ? "num_layers" : "depth")),
                            integer(at + "nhid"),
                            integer(at + "num_linears"),
                            integer(at + "c_init"),
                            integer(at + "c_hid"),
                            integer(at + "c_final"),
                            integer(at + "adim"),
                            integer(at + "num_heads"),
                            projection(text(at + "conv")));
            default ->
                    throw new IllegalArgumentException(
                            at
                                    + "model_type in "
                                    + file
                                    + " must be ScoreNetworkX, ScoreNetworkX_GMH or ScoreNetworkA,"
                                    + " got "
                                    + type);
        };
    }

    private Gdss.Projection projection(String conv) {
        return switch (conv) {
            case "GCN" -> Gdss.Projection.GCN;
            case "MLP" -> Gdss.Projection.MLP;
            default ->
                    throw new IllegalArgumentException(
                            "conv in " + file + " must be GCN or MLP, got " + conv);
        };
    }

    /** The weights of both networks under the names of the architecture. */
    Map<String, NDArray> weights(NDManager manager) throws IOException {
        Map<String, NDArray> weights = new LinkedHashMap<>();
        for (String network : new String[] {X, ADJ}) {
            Selection section =
                    new Selection(
                            Selection.Source.RAW, Optional.of(network + SECTION), Optional.of(""));
            checkpoint
                    .read(section, List.of(), manager)
                    .tensors()
                    .forEach((name, array) -> weights.put(network + "." + name, array));
        }
        return weights;
    }

    private String text(String key) {
        if (settings.get(key) instanceof String text) {
            return text;
        }
        throw missing(key, "a text");
    }

    private int integer(String key) {
        if (settings.get(key) instanceof Long number) {
            return Math.toIntExact(number);
        }
        throw missing(key, "a whole number");
    }

    private double number(String key) {
        if (settings.get(key) instanceof Number number) {
            return number.doubleValue();
        }
        throw missing(key, "a number");
    }

    private IllegalArgumentException missing(String key, String kind) {
        return new IllegalArgumentException(
                String.format(
                        Locale.ROOT,
                        "%s of the GDSS checkpoint %s must be %s, got %s",
                        key,
                        file,
                        kind,
                        settings.get(key)));
    }
}
