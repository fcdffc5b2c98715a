package dev.tiller.zoo.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.numerics.Scope;
import java.util.List;

/**
 * Optimus 5-Prime: the convolutional network of Sample et al., "Human 5'UTR design and variant
 * effect prediction from a massively parallel translation assay" (2019), which predicts the mean
 * ribosome load of a 5'UTR.
 *
 * <p>Input: one-hot letters, float32 [B, L, 4], with the L of the configuration. Output: float32
 * [B, outputs].
 */
public final class Optimus extends NamedBlock {
    /** The name in configuration files. */
    public static final String NAME = "optimus";

    private final Config config;

    /**
     * The hyper-parameters.
     *
     * @param filters channels of each convolution
     * @param kernel width of each convolution
     * @param layers number of convolutions
     * @param hidden units of the dense layer
     * @param outputs number of outputs
     * @param length L, the length of the input
     * @param dropout the chance of dropping a hidden unit, in training
     */
    public record Config(
            int filters,
            int kernel,
            int layers,
            int hidden,
            int outputs,
            int length,
            double dropout) {

        /** Checks the ranges. */
        public Config {
            Architectures.require(filters >= 1, "filters", ">= 1", filters);
            Architectures.require(kernel >= 1, "kernel", ">= 1", kernel);
            Architectures.require(layers >= 1, "layers", ">= 1", layers);
            Architectures.require(hidden >= 1, "hidden", ">= 1", hidden);
            Architectures.require(outputs >= 1, "outputs", ">= 1", outputs);
            Architectures.require(length >= 1, "length", ">= 1", length);
            Architectures.require(dropout >= 0 && dropout < 1, "dropout", "in [0, 1)", dropout);
        }

        /**
         * Returns the published setting.
         *
         * @return 3 convolutions of 120 filters and width 8, 40 hidden units, one output, length
         *     50, dropout 0.2
         */
        public static Config defaults() {
            return new Config(120, 8, 3, 40, 1, 50, 0.2);
        }
    }

    /**
     * Builds the network without weights.
     *
     * @param config the hyper-parameters
     */
    public Optimus(Config config) {
        super(NAME);
        this.config = config;
        for (int i = 0; i < config.layers(); i++) {
            layer(
                    "convs." + i,
                    config.filters(),
                    i == 0 ? Architectures.ONE_HOT_LETTERS : config.filters(),
                    config.kernel());
        }
        layer("dense", config.hidden(), (long) config.filters() * config.length());
        layer("output", config.outputs(), config.hidden());
    }

    static boolean recognises(WeightShapes shapes) {
        return shapes.has("convs.0.weight")
                && shapes.has("dense.weight")
                && shapes.has("output.weight");
    }

    static Config infer(WeightShapes shapes) {
        int filters = shapes.size("convs.0.weight", 0);
        return new Config(
                filters,
                shapes.size("convs.0.weight", 2),
                shapes.count("convs.", ".weight"),
                shapes.size("dense.weight", 0),
                shapes.size("output.weight", 0),
                shapes.size("dense.weight", 1) / filters,
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
        return List.of(Input.oneHot(config.length(), Architectures.ONE_HOT_LETTERS));
    }

    @Override
    NDList forward(Layers layers, NDList inputs) {
        NDArray x = inputs.singletonOrThrow();
        Architectures.requireOneHot(x);
        long length = x.getShape().get(1);
        if (length != config.length()) {
            throw new IllegalArgumentException(
                    "x must have length " + config.length() + ", got " + length);
        }
        try (Scope scope = Scope.of(x)) {
            NDArray features = scope.borrow(x).transpose(0, 2, 1);
            for (int i = 0; i < config.layers(); i++) {
                features = layers.conv("convs." + i, features, 1).getNDArrayInternal().relu();
            }
            // Keras flattens position by position
            long flattened = (long) config.filters() * config.length();
            NDArray flat = features.transpose(0, 2, 1).reshape(-1, flattened);
            NDArray hidden = layers.linear("dense", flat).getNDArrayInternal().relu();
            NDArray dropped = layers.dropout(hidden, config.dropout());
            return scope.give(new NDList(layers.linear("output", dropped)));
        }
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {new Shape(inputShapes[0].get(0), config.outputs())};
    }
}
