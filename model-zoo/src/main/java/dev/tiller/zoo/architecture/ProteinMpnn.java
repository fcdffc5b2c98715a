package dev.tiller.zoo.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tiller.sampler.numerics.Scope;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * ProteinMPNN, the message-passing network that designs sequences for a protein's backbone
 * (Dauparas et al., "Robust deep learning-based protein sequence design using ProteinMPNN", Science
 * 2022): as it was published, which places one residue after the other; as the denoiser of masked
 * sequences that DRAKES trains (Wang et al., "Fine-tuning discrete diffusion models via reward
 * optimization", ICLR 2025), which sees all neighbours; and as DRAKES's predictor of stability.
 *
 * <p>Inputs: tokens, int64 [B, L], or soft tokens, float32 [B, L, V], whose embeddings are mixed;
 * coordinates of N, CA, C, O in angstrom, float32 [B, L, 4, 3]; the neighbours of each residue, its
 * own index first, int64 [B, L, k]; which of them there are, float32 [B, L, k]; the classes of
 * their distances along the chain, int64 [B, L, k], 65 for another chain; the residues that there
 * are, float32 [B, L], 0 for padding; where residues are placed in an order, the place of each,
 * int64 [B, L]; where there are classes, the class, int64 [B]. Output: logits, float32 [B, L, V],
 * or with a head for a score float32 [B, 1].
 *
 * <p>What depends on the structure alone need be computed only once: without tokens and order, and
 * for one structure, a call gives its nodes [1, L, H] and edges [D, L, k, H], one for each layer of
 * the decoder. Tokens, nodes, edges, neighbours (now numbered through all rows, + L for each row),
 * edge mask [1, L, k] and mask [1, L] (then order and class) are inputs as well; this is the form
 * that is exported.
 */
public final class ProteinMpnn extends NamedBlock {
    /** The name in configuration files. */
    public static final String NAME = "protein-mpnn";

    private static final String LETTERS = "W_s.weight";
    private static final String SOFT_LETTERS = "W_s_ft.weight";
    private static final String CLASS = "cls_embedder.weight";
    private static final int NEIGHBOURS = 1;
    private static final int EDGE_MASK = 2;
    private static final int OFFSETS = 3;
    private static final int ENCODED_NEIGHBOURS = 2;
    private static final int ENCODED_EDGE_MASK = 3;
    private static final int MASK = 4;

    private final Config config;
    private final List<MessageLayer> encoder = new ArrayList<>();
    private final List<MessageLayer> decoder = new ArrayList<>();

    /** What the network predicts. */
    public enum Head {
        /** The letter of each residue. */
        @JsonProperty("letters")
        LETTERS,
        /** One number for the sequence, from the mean of its residues, as DRAKES has it. */
        @JsonProperty("score")
        SCORE,
        /**
         * The sum of a number for each residue, as an energy is; what counts is its difference from
         * that of the wild type.
         */
        @JsonProperty("change")
        CHANGE
    }

    /**
     * The hyper-parameters.
     *
     * @param hidden features of residues and edges
     * @param encoderLayers layers that see the structure alone
     * @param decoderLayers layers that see the letters too
     * @param neighbours k, the neighbours of a residue, itself among them
     * @param letters V, the tokens: 20 amino acids, X and, unless it is autoregressive, the mask
     * @param dropout the chance of dropping a feature of what a layer adds, in training
     * @param classes the classes of guidance, 0 if there are none
     * @param head what the network predicts
     * @param autoregressive whether residues are placed one after the other
     */
    public record Config(
            int hidden,
            int encoderLayers,
            int decoderLayers,
            int neighbours,
            int letters,
            double dropout,
            int classes,
            Head head,
            boolean autoregressive) {

        /** Checks the ranges. */
        public Config {
            Architectures.require(hidden >= 1, "hidden", ">= 1", hidden);
            Architectures.require(encoderLayers >= 1, "encoder_layers", ">= 1", encoderLayers);
            Architectures.require(decoderLayers >= 1, "decoder_layers", ">= 1", decoderLayers);
            Architectures.require(neighbours >= 1, "neighbours", ">= 1", neighbours);
            Architectures.require(letters >= 2, "letters", ">= 2", letters);
            Architectures.require(dropout >= 0 && dropout < 1, "dropout", "in [0, 1)", dropout);
            Architectures.require(classes >= 0, "classes", ">= 0", classes);
            Architectures.require(head != null, "head", "letters, score or change", null);
            Architectures.require(
                    classes == 0 || encoderLayers <= decoderLayers,
                    "encoder_layers",
                    "<= decoder_layers where there are classes",
                    encoderLayers);
            Architectures.require(
                    !autoregressive || (head == Head.LETTERS && classes == 0),
                    "autoregressive",
                    "false with classes or a head for a score",
                    true);
        }

        /**
         * Returns the published setting of the denoiser.
         *
         * @return 128 features, 3 + 3 layers, 30 neighbours, 22 tokens, dropout 0.1
         */
        public static Config defaults() {
            return new Config(128, 3, 3, 30, 22, 0.1, 0, Head.LETTERS, false);
        }
    }

    /**
     * Builds the network without weights.
     *
     * @param config the hyper-parameters
     */
    public ProteinMpnn(Config config) {
        super(NAME);
        this.config = config;
        int h = config.hidden();
        int v = config.letters();
        ProteinFeatures.addTo(this, h);
        MessageLayer.linear(this, "W_e", h, h);
        matrix(LETTERS, v, h);
        for (int i = 0; i < config.encoderLayers(); i++) {
            MessageLayer layer = new MessageLayer("encoder_layers." + i, config.dropout());
            MessageLayer.addEncoder(this, layer.name(), h);
            encoder.add(layer);
        }
        for (int i = 0; i < config.decoderLayers(); i++) {
            MessageLayer layer = new MessageLayer("decoder_layers." + i, config.dropout());
            MessageLayer.addDecoder(this, layer.name(), h);
            decoder.add(layer);
        }
        if (config.head() != Head.LETTERS) {
            MessageLayer.linear(this, "W_out_mlp.0", h, h);
            MessageLayer.linear(this, "W_out_mlp.2", 1, h);
        } else {
            MessageLayer.linear(this, "W_out", v, h);
        }
        if (config.classes() > 0) {
            addClasses(h);
        }
    }

    /** The additional class stands for "none given"; all but one layer of the decoder are idle. */
    private void addClasses(int h) {
        matrix(CLASS, config.classes() + 1, h);
        for (int i = 0; i < config.encoderLayers(); i++) {
            MessageLayer.linear(this, "cls_layers_enc." + i, h, h);
        }
        for (int i = 0; i < config.decoderLayers(); i++) {
            String name = "cls_layers_dec." + i;
            if (name.equals(classOfDecoder())) {
                MessageLayer.linear(this, name, h, h);
            } else {
                untrained(name + ".weight", Initial.glorot(h, h), h, h);
                untrained(name + ".bias", Initial.fanIn(h), h);
            }
        }
    }

    /** Published weights were trained with the last number of the encoder for the whole decoder. */
    private String classOfDecoder() {
        return "cls_layers_dec." + (config.encoderLayers() - 1);
    }

    static boolean recognises(WeightShapes shapes) {
        return shapes.has("features.edge_embedding.weight") && shapes.has(LETTERS);
    }

    static Config infer(WeightShapes shapes) {
        Config defaults = Config.defaults();
        int letters = shapes.size(LETTERS, 0);
        boolean classes = shapes.has(CLASS);
        boolean score = shapes.has("W_out_mlp.0.weight");
        return new Config(
                shapes.size(LETTERS, 1),
                shapes.count("encoder_layers.", ".W1.weight"),
                shapes.count("decoder_layers.", ".W1.weight"),
                defaults.neighbours(),
                letters,
                defaults.dropout(),
                classes ? shapes.size(CLASS, 0) - 1 : 0,
                score ? Head.SCORE : Head.LETTERS,
                !score && letters < defaults.letters());
    }

    /**
     * Returns the hyper-parameters.
     *
     * @return the configuration it was built with
     */
    public Config config() {
        return config;
    }

    /** The exported form, of an encoded structure. */
    @Override
    public List<Input> inputs(boolean withSigma) {
        long k = config.neighbours();
        long h = config.hidden();
        DataType f = DataType.FLOAT32;
        List<Input> inputs = new ArrayList<>();
        inputs.add(Input.tokens());
        inputs.add(new Input("nodes", f, new Shape(1, -1, h)));
        inputs.add(new Input("edges", f, new Shape(config.decoderLayers(), -1, k, h)));
        inputs.add(new Input("neighbours", DataType.INT64, new Shape(-1, -1, k)));
        inputs.add(new Input("edge_mask", f, new Shape(1, -1, k)));
        inputs.add(new Input("mask", f, new Shape(1, -1)));
        if (config.autoregressive()) {
            inputs.add(new Input("order", DataType.INT64, new Shape(-1, -1)));
        }
        if (config.classes() > 0) {
            inputs.add(Input.label());
        }
        return List.copyOf(inputs);
    }

    @Override
    public List<String> outputs() {
        return List.of(config.head() == Head.LETTERS ? "logits" : "score");
    }

    @Override
    public int letters() {
        return config.autoregressive() ? config.letters() : config.letters() - 1;
    }

    /** Soft tokens may have a second name for the letters; the one that is trained goes first. */
    @Override
    Map<String, NDArray> canonical(Map<String, NDArray> given) {
        NDArray soft = given.get(SOFT_LETTERS);
        if (soft == null || soft.getShape().dimension() != 2) {
            return given;
        }
        Map<String, NDArray> weights = new LinkedHashMap<>(given);
        weights.remove(SOFT_LETTERS);
        Shape shape = soft.getShape();
        // flat in between, which makes a copy in the new order
        weights.put(LETTERS, soft.transpose().reshape(-1).reshape(shape.get(1), shape.get(0)));
        return weights;
    }

    @Override
    NDList forward(Layers layers, NDList inputs) {
        ProteinInputs in = ProteinInputs.of(inputs, config.autoregressive(), config.classes() > 0);
        try (Scope scope = Scope.of(inputs.head())) {
            NDList own = new NDList(inputs.size());
            inputs.forEach(input -> own.add(scope.borrow(input)));
            return scope.give(forward(layers, new ProteinInputs(in.form(), own)));
        }
    }

    private NDList forward(Layers layers, ProteinInputs in) {
        boolean decoding = in.form() == ProteinInputs.Form.DECODER;
        NDArray label = config.classes() > 0 ? layers.embedding(CLASS, in.label()) : null;
        NDArray rows = in.structure(decoding ? ENCODED_NEIGHBOURS : NEIGHBOURS);
        Neighbours near =
                new Neighbours(
                        decoding ? rows : Neighbours.rows(rows),
                        in.structure(decoding ? ENCODED_EDGE_MASK : EDGE_MASK),
                        in.structure(MASK).expandDims(2));
        NDList edges = new NDList(decoder.size());
        if (decoding) {
            for (int i = 0; i < decoder.size(); i++) {
                edges.add(in.structure(1).get(i));
            }
            return decode(layers, in, new Encoded(in.structure(0), edges, near), label);
        }
        NDList encoded = encode(layers, in, near, label);
        decoder.forEach(layer -> edges.add(layer.ofEdges(layers, encoded.get(1))));
        if (in.form() == ProteinInputs.Form.ENCODER) {
            NDArray all = edges.size() == 1 ? edges.head() : NDArrays.concat(edges, 0);
            return new NDList(encoded.head(), all);
        }
        return decode(layers, in, new Encoded(encoded.head(), edges, near), label);
    }

    /** Nodes [B or 1, L, H], and edges [B or 1, L, k, H] for each layer of the decoder. */
    private record Encoded(NDArray nodes, NDList edges, Neighbours near) {}

    /** Nodes [B, L, H] and edges [B, L, k, H] of structures. */
    private NDList encode(Layers layers, ProteinInputs in, Neighbours near, NDArray label) {
        NDArray coordinates = in.structure(0);
        NDArray features = ProteinFeatures.edges(layers, coordinates, near, in.structure(OFFSETS));
        NDArray edges = layers.linear("W_e", features);
        Shape shape = near.rows().getShape();
        NDArray nodes =
                coordinates
                        .getManager()
                        .zeros(new Shape(shape.get(0), shape.get(1), config.hidden()));
        for (int i = 0; i < encoder.size(); i++) {
            NDArray h = withClass(layers, "cls_layers_enc." + i, nodes, label);
            NDList next = encoder.get(i).encode(layers, h, edges, near);
            nodes = next.head();
            edges = next.get(1);
        }
        return new NDList(nodes, edges);
    }

    private NDList decode(Layers layers, ProteinInputs in, Encoded structure, NDArray label) {
        Neighbours near = structure.near();
        NDArray x = in.arrays().head();
        boolean tokens = DenoiserInputs.requireTokens(x, config.letters());
        NDArray letters = tokens ? layers.embedding(LETTERS, x) : x.matMul(layers.get(LETTERS));
        MessageLayer.Seen seen = new MessageLayer.Seen(near, letters, null, null, null);
        if (config.autoregressive()) {
            seen = inOrder(in.order(), structure.nodes().broadcast(letters.getShape()), seen);
        }
        NDArray h = structure.nodes();
        for (int i = 0; i < decoder.size(); i++) {
            NDArray given = withClass(layers, classOfDecoder(), h, label);
            h = decoder.get(i).decode(layers, given, structure.edges().get(i), seen);
        }
        if (config.head() == Head.LETTERS) {
            return new NDList(layers.linear("W_out", h));
        }
        if (config.head() == Head.CHANGE) {
            NDArray each = layers.linear("W_out_mlp.0", h).getNDArrayInternal().relu();
            NDArray energy = layers.linear("W_out_mlp.2", each);
            return new NDList(energy.mul(near.nodeMask()).sum(new int[] {1}));
        }
        NDArray count = near.nodeMask().sum(new int[] {1});
        NDArray mean = h.mul(near.nodeMask()).sum(new int[] {1}).div(count);
        NDArray active = layers.linear("W_out_mlp.0", mean).getNDArrayInternal().relu();
        return new NDList(layers.linear("W_out_mlp.2", active));
    }

    private static MessageLayer.Seen inOrder(
            NDArray order, NDArray encoded, MessageLayer.Seen all) {
        NDArray place = order.toType(DataType.FLOAT32, false).expandDims(2);
        NDArray earlier =
                all.near().gather(place).lt(place.expandDims(2)).toType(DataType.FLOAT32, false);
        NDArray later = earlier.neg().add(1f);
        return new MessageLayer.Seen(all.near(), all.letters(), encoded, earlier, later);
    }

    private static NDArray withClass(Layers layers, String name, NDArray nodes, NDArray label) {
        return label == null ? nodes : nodes.add(layers.linear(name, label).expandDims(1));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        long rows = inputShapes[0].get(0);
        if (config.head() != Head.LETTERS) {
            return new Shape[] {new Shape(rows, 1)};
        }
        return new Shape[] {new Shape(rows, inputShapes[0].get(1), config.letters())};
    }
}
