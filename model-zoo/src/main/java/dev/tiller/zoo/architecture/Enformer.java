package dev.tiller.zoo.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.numerics.Scope;
import java.util.ArrayList;
import java.util.List;

/**
 * Enformer (Avsec et al., "Effective gene expression prediction from sequence by integrating
 * long-range interactions", 2021) with one head that is averaged over the positions, in the form
 * that gReLU fine-tunes and SVDD uses as a value network.
 *
 * <p>Input: one-hot letters, float32 [B, L, 4], masked positions all zero. Output: float32 [B,
 * tasks]. Every convolution block halves the positions, rounding up.
 *
 * <p>Not here: cropping of positions, and the gamma densities that the first published weights were
 * trained with.
 */
public final class Enformer extends NamedBlock {
    /** The name in configuration files. */
    public static final String NAME = "enformer";

    private static final String TOWER = "embedding.conv_tower.blocks.";
    private static final String TRANSFORMER = "embedding.transformer_tower.blocks.";
    private static final String POINTWISE = "embedding.pointwise_conv";
    private static final String HEAD = "head.channel_transform.conv.layer";
    private static final int STEM_KERNEL = 15;
    private static final int KERNEL = 5;

    private final Config config;

    /**
     * The hyper-parameters.
     *
     * @param channels channels behind each convolution block; the last number, which must be a
     *     multiple of 6 {@code heads}, holds for the transformer
     * @param transformers number of transformer blocks
     * @param heads attention heads
     * @param keyLength features of queries and keys per head
     * @param tasks number of outputs
     * @param attentionDropout the chance of dropping an attention weight, in training
     * @param positionDropout the chance of dropping a feature of a relative position, in training
     * @param dropout the chance of dropping any other feature of a transformer block, in training
     */
    public record Config(
            List<Integer> channels,
            int transformers,
            int heads,
            int keyLength,
            int tasks,
            double attentionDropout,
            double positionDropout,
            double dropout) {

        /** Copies the list and checks the ranges. */
        public Config {
            boolean any = channels != null && !channels.isEmpty();
            Architectures.require(
                    any && channels.stream().allMatch(c -> c != null && c >= 1),
                    "channels",
                    "one number >= 1 or more",
                    channels);
            channels = List.copyOf(channels);
            Architectures.require(transformers >= 1, "transformers", ">= 1", transformers);
            Architectures.require(heads >= 1, "heads", ">= 1", heads);
            int last = channels.get(channels.size() - 1);
            int multiple = RelativePositions.KINDS * heads;
            Architectures.require(
                    last % multiple == 0,
                    "the last of channels",
                    "a multiple of 6 for each of the " + heads + " heads",
                    last);
            Architectures.require(keyLength >= 1, "key_length", ">= 1", keyLength);
            Architectures.require(tasks >= 1, "tasks", ">= 1", tasks);
            requireRate("attention_dropout", attentionDropout);
            requireRate("position_dropout", positionDropout);
            requireRate("dropout", dropout);
        }

        private static void requireRate(String name, double rate) {
            Architectures.require(rate >= 0 && rate < 1, name, "in [0, 1)", rate);
        }

        /**
         * Returns gReLU's setting.
         *
         * @return channels from 768 to 1536 in 7 blocks, 11 transformer blocks of 8 heads with keys
         *     of 64, one task, dropouts 0.05, 0.01 and 0.4
         */
        public static Config defaults() {
            return new Config(channels(1536, 7, 128), 11, 8, 64, 1, 0.05, 0.01, 0.4);
        }

        /**
         * Spaces channels as Enformer does: half of the channels in the first two blocks, all of
         * them in the last, and in between on a log scale, rounded.
         *
         * @param last channels of the last block, even
         * @param blocks number of blocks, at least 3
         * @param divisibleBy what numbers behind the first block are rounded to multiples of
         * @return the channels of each block
         * @throws IllegalArgumentException if there are fewer than 3 blocks
         */
        public static List<Integer> channels(int last, int blocks, int divisibleBy) {
            Architectures.require(blocks >= 3, "blocks", ">= 3", blocks);
            int half = last / 2;
            double base = StrictMath.pow((double) last / half, 1.0 / (blocks - 2));
            List<Integer> channels = new ArrayList<>(List.of(half));
            for (int i = 0; i <= blocks - 2; i++) {
                double exact = half * StrictMath.pow(base, i);
                channels.add((int) Math.rint(exact / divisibleBy) * divisibleBy);
            }
            return channels;
        }

        int width() {
            return channels.get(channels.size() - 1);
        }

        RelativeAttention attention(int i) {
            int perHead = width() / heads;
            String name = TRANSFORMER + i + ".mha";
            return new RelativeAttention(name, heads, keyLength, perHead, attentionDropout);
        }
    }

    /**
     * Builds the network without weights.
     *
     * @param config the hyper-parameters
     */
    public Enformer(Config config) {
        super(NAME);
        this.config = config;
        for (int i = 0; i < config.channels().size(); i++) {
            int c = config.channels().get(i);
            String name = TOWER + i;
            if (i == 0) {
                layer(name + ".0", c, Architectures.ONE_HOT_LETTERS, STEM_KERNEL);
            } else {
                addConvolution(name + ".0", c, config.channels().get(i - 1), KERNEL);
            }
            addConvolution(name + ".1", c, c, 1);
            String pool = name + ".1.pool.layer.to_attn_logits.weight";
            parameter(pool, Initial.diagonal(2), c, c, 1, 1);
        }
        int width = config.width();
        for (int i = 0; i < config.transformers(); i++) {
            norm(TRANSFORMER + i + ".norm.layer", width);
            config.attention(i).addTo(this, width, width / config.heads());
            String feedForward = TRANSFORMER + i + ".ffn.";
            norm(feedForward + "dense1.norm.layer", width);
            layer(feedForward + "dense1.linear", 2L * width, width);
            layer(feedForward + "dense2.linear", width, 2L * width);
        }
        addConvolution(POINTWISE, 2L * width, width, 1);
        layer(HEAD, config.tasks(), 2L * width, 1);
    }

    private void addConvolution(String name, long outputs, long inputs, long kernel) {
        String norm = name + ".norm.layer";
        norm(norm, inputs);
        untrained(norm + ".running_mean", Initial.ZERO, inputs);
        untrained(norm + ".running_var", Initial.ONE, inputs);
        layer(name + ".conv", outputs, inputs, kernel);
    }

    static boolean recognises(WeightShapes shapes) {
        return shapes.has(TOWER + "0.0.weight") && shapes.has(POINTWISE + ".conv.weight");
    }

    static Config infer(WeightShapes shapes) {
        List<Integer> channels = new ArrayList<>();
        for (int i = 0; i < shapes.count(TOWER, ".1.conv.weight"); i++) {
            channels.add(shapes.size(TOWER + i + ".1.conv.weight", 0));
        }
        Config defaults = Config.defaults();
        return new Config(
                channels,
                shapes.count(TRANSFORMER, ".mha.to_q.weight"),
                shapes.size(TRANSFORMER + "0.mha.rel_pos_bias", 1),
                shapes.size(TRANSFORMER + "0.mha.rel_pos_bias", 3),
                shapes.size(HEAD + ".weight", 0),
                defaults.attentionDropout(),
                defaults.positionDropout(),
                defaults.dropout());
    }

    /**
     * Returns the hyper-parameters.
     *
     * @return the configuration it was built with
     */
    public Config config() {
        return config;
    }

    /** SVDD's files hold layers that its forward pass never uses, and counters of batches. */
    @Override
    boolean ignores(String name) {
        return name.matches("embedding\\.transformer_tower\\.blocks\\.\\d+\\.ffn\\.dense\\..*")
                || name.endsWith(".num_batches_tracked");
    }

    /** Odd lengths are pooled otherwise than even ones, and position keys are of one length. */
    @Override
    public boolean lengthSpecific() {
        return true;
    }

    @Override
    NDList forward(Layers layers, NDList inputs) {
        NDArray x = inputs.singletonOrThrow();
        Architectures.requireOneHot(x);
        try (Scope scope = Scope.of(x)) {
            NDArray features = stem(layers, scope.borrow(x));
            for (int i = 1; i < config.channels().size(); i++) {
                NDArray next = tower(layers, TOWER + i, features);
                features.close();
                features = next;
            }
            int length = Math.toIntExact(features.getShape().get(1));
            NDList positions =
                    layers.constants(
                            "positions for length " + length,
                            features,
                            s -> positionKeys(layers, length, s));
            for (int i = 0; i < config.transformers(); i++) {
                NDArray next = transformer(layers, i, features, positions.get(i));
                features.close();
                features = next;
            }
            NDArray active = active(layers, POINTWISE, features).transpose(0, 2, 1);
            NDArray wide = layers.pointwise(POINTWISE + ".conv", active);
            NDArray out = layers.pointwise(HEAD, Activations.sigmoidGelu(wide));
            return scope.give(new NDList(out.mean(new int[] {1})));
        }
    }

    /** One-hot letters to the features of the first block, [B, ceil(L / 2), C]. */
    private NDArray stem(Layers layers, NDArray x) {
        try (Scope scope = Scope.of(x)) {
            NDArray letters = scope.borrow(x).transpose(0, 2, 1);
            NDArray h = layers.conv(TOWER + "0.0", letters, 1).transpose(0, 2, 1);
            return scope.give(residualAndPool(layers, TOWER + "0.1", h));
        }
    }

    /** [B, L, C] to [B, ceil(L / 2), C']. */
    private NDArray tower(Layers layers, String name, NDArray features) {
        try (Scope scope = Scope.of(features)) {
            NDArray active = active(layers, name + ".0", scope.borrow(features));
            NDArray h = layers.conv(name + ".0.conv", active, 1).transpose(0, 2, 1);
            return scope.give(residualAndPool(layers, name + ".1", h));
        }
    }

    private NDArray residualAndPool(Layers layers, String name, NDArray x) {
        NDArray active = active(layers, name, x).transpose(0, 2, 1);
        NDArray h = layers.pointwise(name + ".conv", active).add(x);
        return layers.attentionPool(name + ".pool.layer.to_attn_logits", h);
    }

    /** Batch norm and activation, [B, L, C] to [B, C, L]. */
    private static NDArray active(Layers layers, String name, NDArray x) {
        NDArray normal = layers.batchNorm(name + ".norm.layer", x.transpose(0, 2, 1));
        return Activations.sigmoidGelu(normal);
    }

    /** The keys of relative positions for each transformer block, [heads, D, 2 L - 1]. */
    private NDList positionKeys(Layers layers, int length, Scope scope) {
        int features = config.width() / config.heads();
        NDArray positions =
                scope.manager()
                        .create(
                                RelativePositions.features(length, features),
                                new Shape(2L * length - 1, features))
                        .duplicate(); // in the engine's memory: a gradient reads it once more
        NDList keys = new NDList(config.transformers());
        for (int i = 0; i < config.transformers(); i++) {
            NDArray dropped = layers.dropout(positions, config.positionDropout());
            keys.add(config.attention(i).positionKeys(layers, dropped));
        }
        return keys;
    }

    /** [B, L, C] to [B, L, C]. */
    private NDArray transformer(Layers layers, int i, NDArray features, NDArray positions) {
        try (Scope scope = Scope.of(features)) {
            NDArray x = scope.borrow(features);
            String name = TRANSFORMER + i;
            NDArray h = layers.layerNorm(name + ".norm.layer", x);
            h = config.attention(i).apply(layers, h, positions);
            x = layers.dropout(h, config.dropout()).add(x);
            h = layers.layerNorm(name + ".ffn.dense1.norm.layer", x);
            h = layers.linear(name + ".ffn.dense1.linear", h);
            h = layers.dropout(h, config.dropout()).getNDArrayInternal().relu();
            h = layers.linear(name + ".ffn.dense2.linear", h);
            return scope.give(layers.dropout(h, config.dropout()).add(x));
        }
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {new Shape(inputShapes[0].get(0), config.tasks())};
    }
}
