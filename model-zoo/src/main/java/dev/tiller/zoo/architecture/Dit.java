package dev.tiller.zoo.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.numerics.Gradients;
import dev.tiller.sampler.numerics.Scope;
import java.util.List;

/**
 * The diffusion transformer (Peebles and Xie, "Scalable diffusion models with transformers", 2023)
 * in the form for tokens that MDLM trains (Sahoo et al., "Simple and effective masked diffusion
 * language models", 2024).
 *
 * <p>Inputs: tokens, int64 [B, L], or soft tokens, float32 [B, L, V], whose embeddings are mixed;
 * the noise sigma, float32 [B], which is 0 if it is left out. Output: logits, float32 [B, L, V]. V
 * = K + 1, the mask last.
 */
public final class Dit extends NamedBlock {
    /** The name in configuration files. */
    public static final String NAME = "mdlm-dit";

    private static final int TIME_FEATURES = 256;
    private static final double LONGEST_PERIOD = 10000;
    private static final int PER_BLOCK = 6;
    private static final int AT_OUTPUT = 2;
    private static final String EMBEDDING = "vocab_embed.embedding";
    private static final String MODULATION = ".adaLN_modulation";
    private static final String OUTPUT = "output_layer";

    private final Config config;

    /**
     * The hyper-parameters.
     *
     * @param hidden features of every position, a multiple of {@code heads}
     * @param condDim features of the embedded noise
     * @param blocks number of transformer blocks
     * @param heads attention heads, of an even number of features each
     * @param mlpRatio hidden units of a block's perceptron per feature
     * @param cleanTokens K, the tokens other than the mask
     * @param dropout the chance of dropping a feature behind attention and perceptron, in training
     */
    public record Config(
            int hidden,
            int condDim,
            int blocks,
            int heads,
            int mlpRatio,
            int cleanTokens,
            double dropout) {

        /** Checks the ranges. */
        public Config {
            Architectures.require(heads >= 1, "heads", ">= 1", heads);
            Architectures.require(
                    hidden >= 1 && hidden % (2 * heads) == 0,
                    "hidden",
                    "an even number for each of the " + heads + " heads",
                    hidden);
            Architectures.require(condDim >= 1, "cond_dim", ">= 1", condDim);
            Architectures.require(blocks >= 1, "blocks", ">= 1", blocks);
            Architectures.require(mlpRatio >= 1, "mlp_ratio", ">= 1", mlpRatio);
            Architectures.require(cleanTokens >= 2, "clean_tokens", ">= 2", cleanTokens);
            Architectures.require(dropout >= 0 && dropout < 1, "dropout", "in [0, 1)", dropout);
        }

        /**
         * Returns MDLM's small setting for English text.
         *
         * @return 768 features, 128 for the noise, 12 blocks of 12 heads, ratio 4, the 50257 tokens
         *     of GPT-2, dropout 0.1
         */
        public static Config defaults() {
            return new Config(768, 128, 12, 12, 4, 50257, 0.1);
        }

        int perHead() {
            return hidden / heads;
        }
    }

    /**
     * Builds the network without weights.
     *
     * @param config the hyper-parameters
     */
    public Dit(Config config) {
        super(NAME);
        this.config = config;
        int h = config.hidden();
        int v = config.cleanTokens() + 1;
        int c = config.condDim();
        parameter(EMBEDDING, Initial.fanIn(h), v, h);
        layer("sigma_map.mlp.0", c, TIME_FEATURES);
        layer("sigma_map.mlp.2", c, c);
        table("rotary_emb.inv_freq", Rotary.frequencies(config.perHead()));
        for (int i = 0; i < config.blocks(); i++) {
            String name = "blocks." + i;
            parameter(name + ".norm1.weight", Initial.ONE, h);
            parameter(name + ".attn_qkv.weight", Initial.fanIn(h), 3L * h, h);
            parameter(name + ".attn_out.weight", Initial.fanIn(h), h, h);
            parameter(name + ".norm2.weight", Initial.ONE, h);
            layer(name + ".mlp.0", (long) config.mlpRatio() * h, h);
            layer(name + ".mlp.2", h, (long) config.mlpRatio() * h);
            zero(name + MODULATION, (long) PER_BLOCK * h, c);
        }
        parameter(OUTPUT + ".norm_final.weight", Initial.ONE, h);
        zero(OUTPUT + ".linear", v, h);
        zero(OUTPUT + MODULATION, (long) AT_OUTPUT * h, c);
    }

    /** A layer that starts at zero, so that at first every block passes its input on. */
    private void zero(String name, long outputs, long inputs) {
        parameter(name + ".weight", Initial.ZERO, outputs, inputs);
        parameter(name + ".bias", Initial.ZERO, outputs);
    }

    static boolean recognises(WeightShapes shapes) {
        return shapes.has(EMBEDDING) && shapes.has("sigma_map.mlp.0.weight");
    }

    /** {@code heads} is needed where the file holds no rotary frequencies, else null. */
    static Config infer(WeightShapes shapes, Integer heads) {
        int hidden = shapes.size(EMBEDDING, 1);
        int found;
        if (shapes.has("rotary_emb.inv_freq")) {
            found = hidden / (2 * shapes.size("rotary_emb.inv_freq", 0));
        } else if (heads != null) {
            found = heads;
        } else {
            throw new IllegalArgumentException(
                    "heads of "
                            + NAME
                            + " must be given for weights without rotary_emb.inv_freq, got none;"
                            + " add \"heads\" to the known settings");
        }
        return new Config(
                hidden,
                shapes.size("sigma_map.mlp.0.weight", 0),
                shapes.count("blocks.", ".attn_qkv.weight"),
                found,
                shapes.size("blocks.0.mlp.0.weight", 0) / hidden,
                shapes.size(EMBEDDING, 0) - 1,
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
        return withSigma ? List.of(Input.tokens(), Input.sigma()) : List.of(Input.tokens());
    }

    @Override
    public List<String> outputs() {
        return List.of("logits");
    }

    /** The angles of the rotary embedding are written into a recording. */
    @Override
    public boolean lengthSpecific() {
        return true;
    }

    @Override
    public int letters() {
        return config.cleanTokens();
    }

    @Override
    NDList forward(Layers layers, NDList inputs) {
        DenoiserInputs in = DenoiserInputs.of(inputs, false);
        boolean tokens = DenoiserInputs.requireTokens(in.x(), config.cleanTokens() + 1);
        int length = Math.toIntExact(in.x().getShape().get(1));
        try (Scope scope = Scope.of(in.x())) {
            NDArray x = scope.borrow(in.x());
            NDList modulations =
                    in.sigma() == null
                            ? layers.constants("no noise", x, s -> noNoise(layers, s))
                            : modulations(layers, scope.borrow(in.sigma()));
            NDList angles =
                    layers.constants(
                            "angles for length " + length,
                            x,
                            s -> Rotary.tables(length, config.perHead(), s.manager()));
            NDArray h = tokens ? layers.embedding(EMBEDDING, x) : x.matMul(layers.get(EMBEDDING));
            for (int i = 0; i < config.blocks(); i++) {
                NDList own = modulations.subNDList(PER_BLOCK * i);
                NDArray next = block(layers, "blocks." + i, h, own, angles);
                h.close();
                h = next;
            }
            NDList last = modulations.subNDList(PER_BLOCK * config.blocks());
            h = modulate(layers.weightNorm(OUTPUT + ".norm_final", h), last);
            return scope.give(new NDList(layers.linear(OUTPUT + ".linear", h)));
        }
    }

    /**
     * sigma [B] to what it makes of the features: for attention and perceptron of each block shift,
     * 1 + scale and gate, then shift and 1 + scale at the output; arrays [B, 1, H].
     */
    private NDList modulations(Layers layers, NDArray sigma) {
        NDArray c = condition(layers, sigma);
        NDList modulations = new NDList(PER_BLOCK * config.blocks() + AT_OUTPUT);
        for (int i = 0; i <= config.blocks(); i++) {
            boolean block = i < config.blocks();
            String name = block ? "blocks." + i : OUTPUT;
            NDArray all = layers.linear(name + MODULATION, c).expandDims(1);
            for (int j = 0; j < (block ? PER_BLOCK : AT_OUTPUT); j++) {
                long start = (long) j * config.hidden();
                NDArray part = all.get(new NDIndex(":, :, {}:{}", start, start + config.hidden()));
                modulations.add(j % 3 == 1 ? part.add(1f) : part);
            }
        }
        return modulations;
    }

    /** The modulations for sigma = 0: arrays [1, 1, H]. */
    private NDList noNoise(Layers layers, Scope scope) {
        return modulations(layers, scope.manager().zeros(new Shape(1)));
    }

    /** sigma [B] to [B, C]: cosines and sines of periods from 2 pi on, then a perceptron. */
    private static NDArray condition(Layers layers, NDArray sigma) {
        float[] frequencies = new float[TIME_FEATURES / 2];
        for (int i = 0; i < frequencies.length; i++) {
            double exponent = -(double) i / frequencies.length;
            frequencies[i] = (float) StrictMath.pow(LONGEST_PERIOD, exponent);
        }
        NDArray angles = sigma.expandDims(1).mul(sigma.getManager().create(frequencies));
        NDArray features = angles.cos().concat(angles.sin(), 1);
        NDArray hidden = Activations.silu(layers.linear("sigma_map.mlp.0", features));
        return Activations.silu(layers.linear("sigma_map.mlp.2", hidden));
    }

    private NDArray block(
            Layers layers, String name, NDArray features, NDList modulations, NDList angles) {
        try (Scope scope = Scope.of(features)) {
            NDArray x = scope.borrow(features);
            NDArray h = modulate(layers.weightNorm(name + ".norm1", x), modulations);
            h = attention(layers, name, h, angles);
            x = layers.dropout(h, config.dropout()).mul(modulations.get(2)).add(x);
            h = modulate(layers.weightNorm(name + ".norm2", x), modulations.subNDList(3));
            h = Activations.tanhGelu(layers.linear(name + ".mlp.0", h));
            h = layers.dropout(layers.linear(name + ".mlp.2", h), config.dropout());
            return scope.give(h.mul(modulations.get(PER_BLOCK - 1)).add(x));
        }
    }

    /** {@code modulations} starts with shift and 1 + scale. */
    private static NDArray modulate(NDArray x, NDList modulations) {
        return x.mul(modulations.get(1)).add(modulations.get(0));
    }

    /** [B, L, H] to [B, L, H]. */
    private NDArray attention(Layers layers, String name, NDArray x, NDList angles) {
        NDArray all = layers.project(name + ".attn_qkv", x);
        double scale = 1 / Math.sqrt(config.perHead());
        NDArray queries = Gradients.times(Rotary.rotate(heads(all, 0), angles), scale);
        NDArray keys = Rotary.rotate(heads(all, 1), angles);
        NDArray weights = queries.matMul(keys.transpose(0, 1, 3, 2)).softmax(-1);
        NDArray mixed = weights.matMul(heads(all, 2)).transpose(0, 2, 1, 3);
        long length = x.getShape().get(1);
        return layers.project(name + ".attn_out", mixed.reshape(-1, length, config.hidden()));
    }

    /** One of queries, keys and values: [B, L, 3 H] to [B, heads, L, features per head]. */
    private NDArray heads(NDArray all, int which) {
        long start = (long) which * config.hidden();
        NDArray own = all.get(new NDIndex(":, :, {}:{}", start, start + config.hidden()));
        long length = all.getShape().get(1);
        return own.reshape(-1, length, config.heads(), config.perHead()).transpose(0, 2, 1, 3);
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        long rows = inputShapes[0].get(0);
        return new Shape[] {new Shape(rows, inputShapes[0].get(1), config.cleanTokens() + 1)};
    }
}
