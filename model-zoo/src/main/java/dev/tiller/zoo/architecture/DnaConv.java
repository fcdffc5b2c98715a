package dev.tiller.zoo.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.numerics.Scope;

/**
 * The dilated convolutional denoiser for regulatory DNA of Stark et al., "Dirichlet flow matching
 * with applications to DNA sequence design" (ICML 2024), in the form that SVDD and DRAKES train.
 *
 * <p>Inputs: tokens, int64 [B, L], or soft tokens, float32 [B, L, V]; the noise sigma, float32 [B];
 * with class guidance the class, int64 [B]. Output: logits, float32 [B, L, V]. V = K + 1, the mask
 * last.
 *
 * <p>As a classifier: outputs [B, classes] and the embedding [B, hidden] before the last ReLU.
 */
public final class DnaConv extends NamedBlock {
    /** The name in configuration files. */
    public static final String NAME = "dna-conv";

    private static final int KERNEL = 9;
    private static final int[] DILATIONS = {1, 1, 4, 16, 64};
    private static final double FOURIER_SCALE = 30;

    private final Config config;

    /**
     * The hyper-parameters.
     *
     * @param hidden channels of every layer, even
     * @param stacks copies of each of the five dilated layers; copies follow each other
     * @param cleanTokens K, the tokens other than the mask
     * @param classes the classes of guidance or of the classifier, 0 if there are none
     * @param classifier whether the network classifies instead of denoising
     * @param dropout the chance of dropping a feature in front of each layer, in training
     */
    public record Config(
            int hidden,
            int stacks,
            int cleanTokens,
            int classes,
            boolean classifier,
            double dropout) {

        /** Checks the ranges. */
        public Config {
            Architectures.require(hidden >= 2 && hidden % 2 == 0, "hidden", "even, >= 2", hidden);
            Architectures.require(stacks >= 1, "stacks", ">= 1", stacks);
            Architectures.require(cleanTokens >= 2, "clean_tokens", ">= 2", cleanTokens);
            int fewest = classifier ? 1 : 0;
            Architectures.require(classes >= fewest, "classes", ">= " + fewest, classes);
            Architectures.require(dropout >= 0 && dropout < 1, "dropout", "in [0, 1)", dropout);
        }

        /**
         * Returns the published setting for regulatory DNA.
         *
         * @return 128 channels, 4 stacks, 4 letters, no classes, no dropout
         */
        public static Config defaults() {
            return new Config(128, 4, 4, 0, false, 0);
        }

        boolean guided() {
            return classes > 0 && !classifier;
        }

        int layers() {
            return DILATIONS.length * stacks;
        }
    }

    /**
     * Builds the network without weights.
     *
     * @param config the hyper-parameters
     */
    public DnaConv(Config config) {
        super(NAME);
        this.config = config;
        int h = config.hidden();
        int v = config.cleanTokens() + 1;
        layer("linear", h, v, KERNEL);
        untrained("time_embedder.0.W", Initial.normal(FOURIER_SCALE), h / 2);
        layer("time_embedder.1", h, h);
        for (int i = 0; i < config.layers(); i++) {
            layer("convs." + i, h, h, KERNEL);
        }
        for (int i = 0; i < config.layers(); i++) {
            layer("time_layers." + i + ".dense", h, h);
        }
        for (int i = 0; i < config.layers(); i++) {
            norm("norms." + i, h);
        }
        layer("final_conv.0", h, h, 1);
        layer("final_conv.2", config.classifier() ? h : v, h, 1);
        if (config.classifier()) {
            layer("cls_head.0", h, h);
            layer("cls_head.2", config.classes(), h);
        }
        if (config.guided()) {
            // the additional class stands for "none given"
            parameter("cls_embedder.weight", Initial.normal(1), config.classes() + 1, h);
            for (int i = 0; i < config.layers(); i++) {
                layer("cls_layers." + i + ".dense", h, h);
            }
        }
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
    NDList forward(Layers layers, NDList inputs) {
        int expected = config.guided() ? 3 : 2;
        if (inputs.size() != expected) {
            throw new IllegalArgumentException(
                    "inputs must be "
                            + (config.guided() ? "(x, sigma, class)" : "(x, sigma)")
                            + ", got "
                            + inputs.size()
                            + " arrays");
        }
        try (Scope scope = Scope.of(inputs.head())) {
            NDArray features = embed(layers, scope.borrow(inputs.head()));
            NDArray time = embedTime(layers, scope.borrow(inputs.get(1)));
            NDArray label =
                    config.guided()
                            ? layers.embedding("cls_embedder", scope.borrow(inputs.get(2)))
                            : null;
            for (int i = 0; i < config.layers(); i++) {
                NDArray next = layer(layers, i, features, time, label);
                features.close();
                features = next;
            }
            NDArray last = layers.pointwise("final_conv.0", features.transpose(0, 2, 1));
            NDArray out = layers.pointwise("final_conv.2", last.getNDArrayInternal().relu());
            return scope.give(config.classifier() ? classify(layers, out) : new NDList(out));
        }
    }

    /** Tokens or soft tokens to features [B, H, L]. */
    private NDArray embed(Layers layers, NDArray x) {
        int v = config.cleanTokens() + 1;
        boolean tokens = x.getDataType() == DataType.INT64 && x.getShape().dimension() == 2;
        boolean soft = x.getDataType() == DataType.FLOAT32 && x.getShape().dimension() == 3;
        if (!tokens && !(soft && x.getShape().get(2) == v)) {
            throw new IllegalArgumentException(
                    "x must be int64 [B, L] or float32 [B, L, "
                            + v
                            + "], got "
                            + x.getDataType()
                            + " "
                            + x.getShape());
        }
        NDArray oneHot = tokens ? x.oneHot(v) : x;
        return layers.conv("linear", oneHot.transpose(0, 2, 1), 1).getNDArrayInternal().relu();
    }

    /**
     * sigma [B] to [B, H]. The angle is formed as ((t W) 2) pi in float32, as the published weights
     * saw it: at several hundred radians another order gives visibly other features.
     */
    private NDArray embedTime(Layers layers, NDArray sigma) {
        NDArray frequencies = layers.get("time_embedder.0.W");
        NDArray angle = sigma.expandDims(1).mul(frequencies).mul(2f).mul((float) Math.PI);
        NDArray features = angle.sin().concat(angle.cos(), 1);
        return layers.linear("time_embedder.1", features).getNDArrayInternal().relu();
    }

    private NDArray layer(Layers layers, int i, NDArray features, NDArray time, NDArray label) {
        try (Scope scope = Scope.of(features)) {
            NDArray shift = layers.linear("time_layers." + i + ".dense", scope.borrow(time));
            NDArray h = layers.dropout(scope.borrow(features), config.dropout());
            h = h.add(shift.expandDims(2));
            if (label != null) {
                NDArray more = layers.linear("cls_layers." + i + ".dense", scope.borrow(label));
                h = h.add(more.expandDims(2));
            }
            h = layers.layerNorm("norms." + i, h.transpose(0, 2, 1)).transpose(0, 2, 1);
            h = layers.conv("convs." + i, h, DILATIONS[i / config.stacks()]);
            return scope.give(h.getNDArrayInternal().relu().add(features));
        }
    }

    private static NDList classify(Layers layers, NDArray features) {
        NDArray pooled = features.mean(new int[] {1});
        NDArray embedding = layers.linear("cls_head.0", pooled);
        NDArray active = embedding.getNDArrayInternal().relu();
        return new NDList(layers.linear("cls_head.2", active), embedding);
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        long rows = inputShapes[0].get(0);
        if (config.classifier()) {
            return new Shape[] {
                new Shape(rows, config.classes()), new Shape(rows, config.hidden())
            };
        }
        return new Shape[] {new Shape(rows, inputShapes[0].get(1), config.cleanTokens() + 1)};
    }
}
