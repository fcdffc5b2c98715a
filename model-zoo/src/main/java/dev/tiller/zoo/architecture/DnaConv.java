package dev.tiller.zoo.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.numerics.Scope;
import java.util.ArrayList;
import java.util.List;

/**
 * The dilated convolutional denoiser for regulatory DNA of Stark et al., "Dirichlet flow matching
 * with applications to DNA sequence design" (ICML 2024), in the form that SVDD and DRAKES train.
 *
 * <p>Inputs: tokens, int64 [B, L], or soft tokens, float32 [B, L, V]; the noise sigma, float32 [B],
 * which is 0 if it is left out; with class guidance the class, int64 [B]. Output: logits, float32
 * [B, L, V]. V = K + 1, the mask last.
 *
 * <p>As a classifier: one-hot letters, float32 [B, L, K], will do as well, masked positions all
 * zero; outputs [B, classes] and the embedding [B, hidden] before the last ReLU.
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

    static boolean recognises(WeightShapes shapes) {
        return shapes.has("time_embedder.0.W") && shapes.has("linear.weight");
    }

    static Config infer(WeightShapes shapes) {
        boolean classifier = shapes.has("cls_head.2.weight");
        int classes = 0;
        if (classifier) {
            classes = shapes.size("cls_head.2.weight", 0);
        } else if (shapes.has("cls_embedder.weight")) {
            classes = shapes.size("cls_embedder.weight", 0) - 1;
        }
        return new Config(
                shapes.size("linear.weight", 0),
                shapes.count("convs.", ".weight") / DILATIONS.length,
                shapes.size("linear.weight", 1) - 1,
                classes,
                classifier,
                Config.defaults().dropout());
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
        Input x = config.classifier() ? Input.oneHot(-1, config.cleanTokens()) : Input.tokens();
        List<Input> inputs = new ArrayList<>(List.of(x));
        if (withSigma) {
            inputs.add(Input.sigma());
        }
        if (config.guided()) {
            inputs.add(Input.label());
        }
        return List.copyOf(inputs);
    }

    @Override
    public List<String> outputs() {
        return config.classifier() ? List.of("classes", "embedding") : List.of("logits");
    }

    @Override
    public int letters() {
        return config.cleanTokens();
    }

    @Override
    NDList forward(Layers layers, NDList inputs) {
        DenoiserInputs in = DenoiserInputs.of(inputs, config.guided());
        try (Scope scope = Scope.of(in.x())) {
            NDArray x = scope.borrow(in.x());
            NDArray features = embed(layers, x);
            NDList shifts =
                    in.sigma() == null
                            ? layers.constants("no noise", x, s -> noNoise(layers, s))
                            : shifts(layers, embedTime(layers, scope.borrow(in.sigma())));
            NDArray label =
                    config.guided()
                            ? layers.embedding("cls_embedder.weight", scope.borrow(in.label()))
                            : null;
            for (int i = 0; i < config.layers(); i++) {
                NDArray next = layer(layers, i, features, shifts.get(i), label);
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
        NDArray all = config.classifier() ? withMask(x) : x;
        boolean tokens = DenoiserInputs.requireTokens(all, v);
        NDArray oneHot = tokens ? all.oneHot(v) : all;
        return layers.conv("linear", oneHot.transpose(0, 2, 1), 1).getNDArrayInternal().relu();
    }

    /** Letters without the mask, [B, L, K]: what a position lacks is masked. */
    private NDArray withMask(NDArray x) {
        boolean letters = x.getShape().dimension() == 3;
        if (!letters || x.getShape().get(2) != config.cleanTokens()) {
            return x;
        }
        return x.concat(x.sum(new int[] {2}, true).neg().add(1f), 2);
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

    /** What sigma adds to each layer: arrays [B, H, 1]. */
    private NDList shifts(Layers layers, NDArray time) {
        NDList shifts = new NDList(config.layers());
        for (int i = 0; i < config.layers(); i++) {
            shifts.add(layers.linear("time_layers." + i + ".dense", time).expandDims(2));
        }
        return shifts;
    }

    /** The shifts for sigma = 0: arrays [1, H, 1]. */
    private NDList noNoise(Layers layers, Scope scope) {
        return shifts(layers, embedTime(layers, scope.manager().zeros(new Shape(1))));
    }

    private NDArray layer(Layers layers, int i, NDArray features, NDArray shift, NDArray label) {
        try (Scope scope = Scope.of(features)) {
            NDArray h = layers.dropout(scope.borrow(features), config.dropout()).add(shift);
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
