package dev.tiller.zoo.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import dev.tiller.sampler.numerics.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The score networks of GDSS for graphs: Jo, Lee and Hwang, "Score-based generative modeling of
 * graphs via the system of stochastic differential equations" (ICML 2022). One network tells the
 * score of the nodes, one that of the adjacency matrix; neither is told the time.
 *
 * <p>Inputs: features of the nodes x, float32 [B, N, F]; the adjacency matrix adj, float32 [B, N,
 * N]; the mask of the nodes that exist, float32 [B, N]. Outputs: score_x [B, N, F] and score_adj
 * [B, N, N], 0 for nodes that do not exist and on the diagonal. Parameters have the published names
 * after {@code x.} and {@code adj.}.
 */
public final class Gdss extends NamedBlock {
    /** The name in configuration files. */
    public static final String NAME = "gdss";

    private static final String X = "x.";
    private static final String ADJ = "adj.";
    private static final String CONVOLUTION = "layers.";
    private static final int FINAL_LAYERS = 3;

    private final Config config;
    private final List<GraphAttention> ofNodes = new ArrayList<>();
    private final List<GraphAttention> ofPairs = new ArrayList<>();
    private final Perceptron nodeScore;
    private final Perceptron pairScore;

    /**
     * The hyper-parameters.
     *
     * @param nodes N, the number of nodes
     * @param features F, the features of a node
     * @param x the network of the nodes
     * @param adj the network of the adjacency matrix
     */
    public record Config(int nodes, int features, Part x, Part adj) {

        /** Checks the ranges. */
        public Config {
            Architectures.require(nodes >= 1, "nodes", ">= 1", nodes);
            Architectures.require(features >= 1, "features", ">= 1", features);
            Architectures.require(x != null, "x", "given", null);
            Architectures.require(
                    adj != null && adj.type() == Type.ATTENTION, "adj.type", "attention", adj);
        }

        /**
         * Returns the published setting for QM9.
         *
         * @return 9 nodes of 4 features; x of 2 convolutions, adj of 3 layers of attention
         */
        public static Config defaults() {
            return new Config(9, 4, Part.convolution(2, 16), Part.attention(3, 16));
        }
    }

    /** How a network treats its nodes. */
    public enum Type {
        /** Graph convolutions with the adjacency matrix (ScoreNetworkX). */
        @JsonProperty("convolution")
        CONVOLUTION,
        /** Graph multi-head attention (ScoreNetworkX_GMH and ScoreNetworkA). */
        @JsonProperty("attention")
        ATTENTION
    }

    /** What queries and keys of attention come from. */
    public enum Projection {
        /** Graph convolutions. */
        @JsonProperty("gcn")
        GCN,
        /** Perceptrons of each node alone. */
        @JsonProperty("mlp")
        MLP
    }

    /**
     * The hyper-parameters of one network; all after the first three are those of attention alone.
     *
     * @param type what its layers are
     * @param depth number of layers
     * @param hidden features of a node between the layers
     * @param linears layers of the perceptrons on pairs
     * @param channelsIn powers of the adjacency matrix that come in
     * @param channels adjacency channels between the layers
     * @param channelsOut adjacency channels after the last layer
     * @param attention features of queries and keys, of all heads together
     * @param heads number of heads
     * @param projection what queries and keys come from
     */
    public record Part(
            Type type,
            int depth,
            int hidden,
            int linears,
            int channelsIn,
            int channels,
            int channelsOut,
            int attention,
            int heads,
            Projection projection) {

        /** Checks the ranges. */
        public Part {
            Architectures.require(type != null, "type", "convolution or attention", null);
            Architectures.require(projection != null, "projection", "gcn or mlp", null);
            Architectures.require(depth >= 1, "depth", ">= 1", depth);
            Architectures.require(hidden >= 1, "hidden", ">= 1", hidden);
            Architectures.require(linears >= 2, "linears", ">= 2", linears);
            Architectures.require(channelsIn >= 1, "channels_in", ">= 1", channelsIn);
            Architectures.require(channels >= 1, "channels", ">= 1", channels);
            Architectures.require(channelsOut >= 1, "channels_out", ">= 1", channelsOut);
            Architectures.require(heads >= 1, "heads", ">= 1", heads);
            Architectures.require(
                    attention >= 1 && attention % heads == 0,
                    "attention",
                    "a multiple of heads",
                    attention);
        }

        /**
         * Returns a network of graph convolutions.
         *
         * @param depth number of layers
         * @param hidden features of a node between the layers
         * @return the hyper-parameters
         */
        public static Part convolution(int depth, int hidden) {
            return new Part(Type.CONVOLUTION, depth, hidden, 3, 2, 8, 4, 16, 4, Projection.GCN);
        }

        /**
         * Returns a network of attention with the published sizes of all but two.
         *
         * @param depth number of layers
         * @param hidden features of a node between the layers
         * @return the hyper-parameters
         */
        public static Part attention(int depth, int hidden) {
            return new Part(Type.ATTENTION, depth, hidden, 3, 2, 8, 4, 16, 4, Projection.GCN);
        }

        private GraphAttention.Size size(int layer, int features) {
            return new GraphAttention.Size(
                    layer == 0 ? features : hidden,
                    layer == 0 ? channelsIn : channels,
                    layer == depth - 1 ? channelsOut : channels,
                    hidden,
                    attention,
                    heads,
                    linears,
                    projection == Projection.MLP);
        }

        /** Channels of all adjacency matrices from the first to the last. */
        private int allChannels() {
            return channelsIn + (depth - 1) * channels + channelsOut;
        }
    }

    /** The defaults beside which a configuration is read: those of the type that x has there. */
    static Config defaults(JsonNode config) {
        Config published = Config.defaults();
        boolean attention = config.path("x").path("type").asText().equals("attention");
        return attention
                ? new Config(
                        published.nodes(), published.features(), published.adj(), published.adj())
                : published;
    }

    /**
     * Builds the network without weights.
     *
     * @param config the hyper-parameters
     */
    public Gdss(Config config) {
        super(NAME);
        this.config = config;
        Part x = config.x();
        Part adj = config.adj();
        int f = config.features();
        for (int i = 0; i < x.depth(); i++) {
            if (x.type() == Type.ATTENTION) {
                boolean last = i == x.depth() - 1;
                ofNodes.add(new GraphAttention(X + CONVOLUTION + i, x.size(i, f), true, !last));
                ofNodes.get(i).addTo(this);
            } else {
                convolution(X + CONVOLUTION + i, i == 0 ? f : x.hidden(), x.hidden());
            }
        }
        int wide = f + x.depth() * x.hidden();
        nodeScore = new Perceptron(X + "final", FINAL_LAYERS, wide, 2 * wide, f, true);
        nodeScore.addTo(this);
        for (int i = 0; i < adj.depth(); i++) {
            boolean last = i == adj.depth() - 1;
            ofPairs.add(new GraphAttention(ADJ + CONVOLUTION + i, adj.size(i, f), !last, true));
            ofPairs.get(i).addTo(this);
        }
        int all = adj.allChannels();
        pairScore = new Perceptron(ADJ + "final", FINAL_LAYERS, all, 2 * all, 1, true);
        pairScore.addTo(this);
    }

    private void convolution(String name, int inputs, int outputs) {
        double glorot = Math.sqrt(6.0 / (inputs + outputs));
        parameter(name + ".weight", new Initial(Initial.Kind.UNIFORM, glorot), inputs, outputs);
        parameter(name + ".bias", Initial.ZERO, outputs);
    }

    /**
     * Returns the hyper-parameters.
     *
     * @return the configuration it was built with
     */
    public Config config() {
        return config;
    }

    @Override
    public List<Input> inputs(boolean withSigma) {
        int n = config.nodes();
        return List.of(
                new Input("x", DataType.FLOAT32, new Shape(-1, n, config.features())),
                new Input("adj", DataType.FLOAT32, new Shape(-1, n, n)),
                new Input("mask", DataType.FLOAT32, new Shape(-1, n)));
    }

    @Override
    public List<String> outputs() {
        return List.of("score_x", "score_adj");
    }

    @Override
    public int letters() {
        return config.features();
    }

    @Override
    NDList forward(Layers layers, NDList inputs) {
        requireInputs(inputs);
        try (Scope scope = Scope.of(inputs.head())) {
            NDArray x = scope.borrow(inputs.get(0));
            NDArray adjacency = scope.borrow(inputs.get(1)).expandDims(3);
            GraphMasks masks = GraphMasks.of(scope.borrow(inputs.get(2)));
            NDList scores = new NDList(2);
            scores.add(
                    config.x().type() == Type.ATTENTION
                            ? attendNodes(layers, x, adjacency, masks)
                            : convolveNodes(layers, x, adjacency, masks));
            scores.add(attendPairs(layers, x, adjacency, masks));
            return scope.give(scores);
        }
    }

    private void requireInputs(NDList inputs) {
        List<Input> wanted = inputs(false);
        boolean fits = inputs.size() == wanted.size();
        for (int i = 0; fits && i < wanted.size(); i++) {
            Shape shape = inputs.get(i).getShape();
            fits =
                    inputs.get(i).getDataType() == DataType.FLOAT32
                            && shape.slice(1).equals(wanted.get(i).shape().slice(1))
                            && shape.get(0) == inputs.head().getShape().get(0);
        }
        if (!fits) {
            StringBuilder got = new StringBuilder();
            for (NDArray input : inputs) {
                got.append(got.isEmpty() ? "" : ", ").append(input.getDataType());
                got.append(' ').append(input.getShape());
            }
            int n = config.nodes();
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "inputs must be float32 x [B, %d, %d], adj [B, %d, %d] and mask [B,"
                                    + " %d], got (%s)",
                            n,
                            config.features(),
                            n,
                            n,
                            n,
                            got));
        }
    }

    private NDArray convolveNodes(Layers layers, NDArray x, NDArray adjacency, GraphMasks masks) {
        NDArray matrix = masks.normalised(adjacency).squeeze(3);
        NDList all = new NDList(x);
        NDArray h = x;
        for (int i = 0; i < config.x().depth(); i++) {
            String name = X + CONVOLUTION + i;
            NDArray sums = matrix.matMul(h);
            h = sums.matMul(layers.get(name + ".weight")).add(layers.get(name + ".bias")).tanh();
            all.add(h);
        }
        return nodeScore.apply(layers, NDArrays.concat(all, 2)).mul(masks.nodes());
    }

    private NDArray attendNodes(Layers layers, NDArray x, NDArray adjacency, GraphMasks masks) {
        NDList all = new NDList(x);
        NDArray h = x;
        NDArray pairs = powers(adjacency, config.x().channelsIn());
        for (GraphAttention layer : ofNodes) {
            GraphAttention.Result result = layer.apply(layers, h, pairs, masks);
            h = result.nodes().tanh();
            pairs = result.pairs();
            all.add(h);
        }
        return nodeScore.apply(layers, NDArrays.concat(all, 2)).mul(masks.nodes());
    }

    private NDArray attendPairs(Layers layers, NDArray x, NDArray adjacency, GraphMasks masks) {
        NDArray h = x;
        NDArray pairs = powers(adjacency, config.adj().channelsIn());
        NDList all = new NDList(pairs);
        for (GraphAttention layer : ofPairs) {
            GraphAttention.Result result = layer.apply(layers, h, pairs, masks);
            h = result.nodes();
            pairs = result.pairs();
            all.add(pairs);
        }
        NDArray score = pairScore.apply(layers, NDArrays.concat(all, 3));
        return score.mul(masks.offDiagonal()).mul(masks.pairs()).squeeze(3);
    }

    /** A [B, N, N, 1] to A, A^2, ..., [B, N, N, C]. */
    private static NDArray powers(NDArray adjacency, int count) {
        NDArray matrix = adjacency.squeeze(3);
        NDArray power = matrix;
        NDList all = new NDList(adjacency);
        for (int i = 1; i < count; i++) {
            power = power.matMul(matrix);
            all.add(power.expandDims(3));
        }
        return GraphAttention.join(all, 3);
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {inputShapes[0], inputShapes[1]};
    }
}
