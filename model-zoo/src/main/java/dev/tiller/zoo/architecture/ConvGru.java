package dev.tiller.zoo.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.numerics.Scope;

/**
 * The convolutional network with a bidirectional GRU that gReLU and SVDD use to predict the mean
 * ribosome load of 5'UTRs, and SVDD as a value network.
 *
 * <p>Input: one-hot letters, float32 [B, L, 4], masked positions all zero. Output: float32 [B,
 * tasks].
 */
public final class ConvGru extends NamedBlock {
    /** The name in configuration files. */
    public static final String NAME = "conv-gru";

    private static final String TOWER = "embedding.conv_tower.blocks.";
    private static final String GRU = "embedding.gru_tower.gru";
    private static final String FEED_FORWARD = "embedding.gru_tower.ffn.";
    private static final String HEAD = "head.channel_transform.conv.layer";

    private final Config config;

    /**
     * The hyper-parameters.
     *
     * @param channels channels of every layer
     * @param stemKernel width of the first convolution
     * @param kernel width of the other convolutions
     * @param convLayers number of convolutions, the first one included
     * @param tasks number of outputs
     * @param batchNorm whether convolutions other than the first are followed by batch norm
     * @param residual whether they add their input
     * @param dropout the chance of dropping a feature, in training
     */
    public record Config(
            int channels,
            int stemKernel,
            int kernel,
            int convLayers,
            int tasks,
            boolean batchNorm,
            boolean residual,
            double dropout) {

        /** Checks the ranges. */
        public Config {
            Architectures.require(channels >= 1, "channels", ">= 1", channels);
            Architectures.require(stemKernel >= 1, "stem_kernel", ">= 1", stemKernel);
            Architectures.require(kernel >= 1, "kernel", ">= 1", kernel);
            Architectures.require(convLayers >= 1, "conv_layers", ">= 1", convLayers);
            Architectures.require(tasks >= 1, "tasks", ">= 1", tasks);
            Architectures.require(dropout >= 0 && dropout < 1, "dropout", "in [0, 1)", dropout);
        }

        /**
         * Returns SVDD's setting for the value network of 5'UTRs.
         *
         * @return 64 channels, kernels 15 and 5, 6 convolutions with batch norm and residuals,
         *     dropout 0.1, one task
         */
        public static Config defaults() {
            return new Config(64, 15, 5, 6, 1, true, true, 0.1);
        }
    }

    /**
     * Builds the network without weights.
     *
     * @param config the hyper-parameters
     */
    public ConvGru(Config config) {
        super(NAME);
        this.config = config;
        int c = config.channels();
        layer(TOWER + "0.conv", c, Architectures.ONE_HOT_LETTERS, config.stemKernel());
        for (int i = 1; i < config.convLayers(); i++) {
            if (config.batchNorm()) {
                String name = TOWER + i + ".norm.layer";
                norm(name, c);
                untrained(name + ".running_mean", Initial.ZERO, c);
                untrained(name + ".running_var", Initial.ONE, c);
            }
            layer(TOWER + i + ".conv", c, c, config.kernel());
        }
        for (String direction : new String[] {"", "_reverse"}) {
            parameter(GRU + ".weight_ih_l0" + direction, Initial.fanIn(c), 3L * c, c);
            parameter(GRU + ".weight_hh_l0" + direction, Initial.fanIn(c), 3L * c, c);
            parameter(GRU + ".bias_ih_l0" + direction, Initial.fanIn(c), 3L * c);
            parameter(GRU + ".bias_hh_l0" + direction, Initial.fanIn(c), 3L * c);
        }
        norm(FEED_FORWARD + "dense1.norm.layer", c);
        layer(FEED_FORWARD + "dense1.linear", 2L * c, c);
        layer(FEED_FORWARD + "dense2.linear", c, 2L * c);
        layer(HEAD, config.tasks(), c, 1);
    }

    static boolean recognises(WeightShapes shapes) {
        return shapes.has(GRU + ".weight_ih_l0") && shapes.has(TOWER + "0.conv.weight");
    }

    static Config infer(WeightShapes shapes) {
        String stem = TOWER + "0.conv.weight";
        int convLayers = shapes.count(TOWER, ".conv.weight");
        boolean batchNorm = shapes.has(TOWER + "1.norm.layer.running_mean");
        return new Config(
                shapes.size(stem, 0),
                shapes.size(stem, 2),
                convLayers > 1
                        ? shapes.size(TOWER + "1.conv.weight", 2)
                        : Config.defaults().kernel(),
                convLayers,
                shapes.size(HEAD + ".weight", 0),
                batchNorm,
                // not in the weights; the published networks have both or neither
                batchNorm,
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

    /** SVDD's files hold layers that its forward pass never uses, and a counter of batches. */
    @Override
    boolean ignores(String name) {
        return name.startsWith(FEED_FORWARD + "dense.")
                || name.startsWith(TOWER + "0.norm.")
                || name.endsWith(".num_batches_tracked");
    }

    @Override
    NDList forward(Layers layers, NDList inputs) {
        NDArray x = inputs.singletonOrThrow();
        Architectures.requireOneHot(x);
        try (Scope scope = Scope.of(x)) {
            NDArray features =
                    layers.conv(TOWER + "0.conv", scope.borrow(x).transpose(0, 2, 1), 1)
                            .getNDArrayInternal()
                            .relu();
            for (int i = 1; i < config.convLayers(); i++) {
                features = block(layers, TOWER + i, features);
            }
            NDArray sequence = layers.bidirectionalGru(GRU, features.transpose(0, 2, 1));
            NDArray out = layers.pointwise(HEAD, feedForward(layers, sequence));
            return scope.give(new NDList(out.mean(new int[] {1})));
        }
    }

    private NDArray block(Layers layers, String name, NDArray x) {
        NDArray h = layers.dropout(layers.conv(name + ".conv", x, 1), config.dropout());
        if (config.batchNorm()) {
            h = layers.batchNorm(name + ".norm.layer", h);
        }
        if (config.residual()) {
            h = h.add(x);
        }
        return h.getNDArrayInternal().relu();
    }

    private NDArray feedForward(Layers layers, NDArray x) {
        NDArray h = layers.layerNorm(FEED_FORWARD + "dense1.norm.layer", x);
        h = layers.linear(FEED_FORWARD + "dense1.linear", h);
        h = layers.dropout(h, config.dropout()).getNDArrayInternal().relu();
        h = layers.linear(FEED_FORWARD + "dense2.linear", h);
        return layers.dropout(h, config.dropout());
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {new Shape(inputShapes[0].get(0), config.tasks())};
    }
}
