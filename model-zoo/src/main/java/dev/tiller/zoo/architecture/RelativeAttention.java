package dev.tiller.zoo.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import dev.tiller.sampler.numerics.Gradients;

/**
 * Attention in which the logit of query i and key j has a part that depends on their content and
 * one that depends on j - i (Transformer-XL, Dai et al. 2019; Enformer, Avsec et al. 2021).
 *
 * @param name the name of the layer
 * @param heads number of heads
 * @param keyLength features of queries and keys per head
 * @param valueLength features of values per head
 * @param dropout the chance of dropping a weight, in training
 */
record RelativeAttention(String name, int heads, int keyLength, int valueLength, double dropout) {

    /** Adds the parameters to a block. */
    void addTo(NamedBlock block, int channels, int positionFeatures) {
        long keys = (long) heads * keyLength;
        long values = (long) heads * valueLength;
        block.parameter(name + ".rel_content_bias", Initial.normal(1), 1, heads, 1, keyLength);
        block.parameter(name + ".rel_pos_bias", Initial.normal(1), 1, heads, 1, keyLength);
        block.parameter(name + ".to_q.weight", Initial.fanIn(channels), keys, channels);
        block.parameter(name + ".to_k.weight", Initial.fanIn(channels), keys, channels);
        block.parameter(name + ".to_v.weight", Initial.fanIn(channels), values, channels);
        block.parameter(name + ".to_out.weight", Initial.ZERO, channels, values);
        block.parameter(name + ".to_out.bias", Initial.ZERO, channels);
        Initial positions = Initial.fanIn(positionFeatures);
        block.parameter(name + ".to_rel_k.weight", positions, keys, positionFeatures);
    }

    /** Features of relative positions [2 n - 1, F] to their keys [heads, D, 2 n - 1]. */
    NDArray positionKeys(Layers layers, NDArray features) {
        NDArray keys = layers.project(name + ".to_rel_k", features);
        return keys.reshape(-1, heads, keyLength).transpose(1, 2, 0);
    }

    /** [B, n, C] to [B, n, C]. */
    NDArray apply(Layers layers, NDArray x, NDArray positionKeys) {
        double scale = 1 / Math.sqrt(keyLength);
        NDArray queries =
                Gradients.times(split(layers.project(name + ".to_q", x), keyLength), scale);
        NDArray keys = split(layers.project(name + ".to_k", x), keyLength);
        NDArray values = split(layers.project(name + ".to_v", x), valueLength);
        NDArray content =
                queries.add(layers.get(name + ".rel_content_bias"))
                        .matMul(keys.transpose(0, 1, 3, 2));
        NDArray position = queries.add(layers.get(name + ".rel_pos_bias")).matMul(positionKeys);
        NDArray weights = content.add(shift(position)).softmax(-1);
        NDArray mixed = layers.dropout(weights, dropout).matMul(values).transpose(0, 2, 1, 3);
        long n = x.getShape().get(1);
        return layers.linear(name + ".to_out", mixed.reshape(-1, n, (long) heads * valueLength));
    }

    /** [B, n, heads D] to [B, heads, n, D]. */
    private NDArray split(NDArray x, int each) {
        return x.reshape(-1, x.getShape().get(1), heads, each).transpose(0, 2, 1, 3);
    }

    /**
     * Takes [B, heads, i, j - i + n - 1] to [B, heads, i, j]: in row-major order the wanted
     * elements start at n - 1 and each row is 2 n - 2 behind the one before.
     */
    static NDArray shift(NDArray x) {
        long heads = x.getShape().get(1);
        long n = x.getShape().get(2);
        if (n == 1) {
            return x;
        }
        NDArray flat = x.reshape(-1, heads, n * (2 * n - 1));
        NDArray rows = flat.get(new NDIndex(":, :, {}:{}", n - 1, n - 1 + n * (2 * n - 2)));
        return rows.reshape(-1, heads, n, 2 * n - 2).get(new NDIndex(":, :, :, :{}", n));
    }
}
