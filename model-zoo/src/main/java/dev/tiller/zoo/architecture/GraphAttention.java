package dev.tiller.zoo.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import dev.tiller.sampler.numerics.Scope;
import dev.tiller.sampler.numerics.Tensors;

/**
 * A layer of graph multi-head attention (Jo, Lee and Hwang, "Score-based generative modeling of
 * graphs via the system of stochastic differential equations", 2022; Baek, Kang and Hwang 2021):
 * each channel of the adjacency has an attention of its own, whose queries, keys and values are
 * graph convolutions of the nodes. The weights of all channels are joined, so that few large
 * products compute them.
 *
 * @param name the name of the layer
 * @param size its sizes
 * @param nodes whether its new features of nodes are used
 * @param pairs whether its new adjacency is used
 */
record GraphAttention(String name, Size size, boolean nodes, boolean pairs) {
    private static final String[] KINDS = {".gnn_q", ".gnn_k", ".gnn_v"};
    private static final int VALUES = 2;

    /**
     * The sizes of a layer.
     *
     * @param inputs features of a node that come in
     * @param channels adjacency channels that come in
     * @param channelsOut adjacency channels that go out
     * @param hidden features of a node that go out
     * @param attention features of queries and keys, of all heads together
     * @param heads number of heads
     * @param linears layers of the perceptron on pairs
     * @param perceptrons whether queries and keys come from perceptrons, not from convolutions
     */
    record Size(
            int inputs,
            int channels,
            int channelsOut,
            int hidden,
            int attention,
            int heads,
            int linears,
            boolean perceptrons) {}

    /**
     * What a layer makes.
     *
     * @param nodes float32 [B, N, hidden]; null if not used
     * @param pairs float32 [B, N, N, channelsOut]; null if not used
     */
    record Result(NDArray nodes, NDArray pairs) {}

    /** Adds the parameters to a block. */
    void addTo(NamedBlock block) {
        for (int channel = 0; channel < size.channels(); channel++) {
            for (int kind = 0; kind < KINDS.length; kind++) {
                if (size.perceptrons() && kind != VALUES) {
                    perceptron(channel, kind).addTo(block);
                } else {
                    convolution(block, channel, kind);
                }
            }
        }
        ofPairs().addTo(block);
        ofNodes().addTo(block);
    }

    private String part(int channel, int kind) {
        return name + ".attn." + channel + KINDS[kind];
    }

    private boolean used(int kind) {
        return kind == VALUES ? nodes : pairs;
    }

    private Perceptron perceptron(int channel, int kind) {
        int attention = size.attention();
        return new Perceptron(
                part(channel, kind), 2, size.inputs(), 2 * attention, attention, used(kind));
    }

    private void convolution(NamedBlock block, int channel, int kind) {
        int outputs = kind == VALUES ? size.hidden() : size.attention();
        String part = part(channel, kind);
        Initial glorot =
                new Initial(Initial.Kind.UNIFORM, Math.sqrt(6.0 / (size.inputs() + outputs)));
        if (used(kind)) {
            block.parameter(part + ".weight", glorot, size.inputs(), outputs);
            block.parameter(part + ".bias", Initial.ZERO, outputs);
        } else {
            block.untrained(part + ".weight", glorot, size.inputs(), outputs);
            block.untrained(part + ".bias", Initial.ZERO, outputs);
        }
    }

    private Perceptron ofPairs() {
        int hidden = 2 * Math.max(size.channels(), size.channelsOut());
        return new Perceptron(
                name + ".mlp",
                size.linears(),
                2 * size.channels(),
                hidden,
                size.channelsOut(),
                pairs);
    }

    private Perceptron ofNodes() {
        int hidden = size.hidden();
        return new Perceptron(
                name + ".multi_channel", 2, size.channels() * hidden, hidden, hidden, nodes);
    }

    /**
     * Applies the layer.
     *
     * @param x features of the nodes, [B, N, inputs]
     * @param adjacency [B, N, N, channels]
     */
    Result apply(Layers layers, NDArray x, NDArray adjacency, GraphMasks masks) {
        long n = x.getShape().get(1);
        NDArray gathered = gather(x, masks.normalised(adjacency));
        boolean convolved = pairs && !size.perceptrons();
        NDList weights = layers.constants(name, x, scope -> joined(layers, scope, convolved));
        // [C, B N, queries, keys and values]
        NDArray projected =
                nodes || convolved ? gathered.matMul(weights.get(0)).add(weights.get(1)) : null;
        int split = convolved ? 2 * size.attention() : 0;
        NDArray newNodes = null;
        if (nodes) {
            NDArray values = split == 0 ? projected : projected.get("..., " + split + ":");
            newNodes = mix(layers, values, n, masks);
        }
        NDArray newPairs = null;
        if (pairs) {
            NDList queriesAndKeys =
                    size.perceptrons()
                            ? perceive(x, weights)
                            : new NDList(
                                    projected.get("..., :" + size.attention()),
                                    projected.get("..., " + size.attention() + ":" + split));
            NDArray attention = attend(queriesAndKeys.get(0), queriesAndKeys.get(1), n);
            NDArray both = attention.concat(adjacency, 3);
            NDArray half = ofPairs().apply(layers, both);
            newPairs = half.add(half.transpose(0, 2, 1, 3)).mul(masks.pairs());
        }
        return new Result(newNodes, newPairs);
    }

    /** Sums over neighbours: x [B, N, I] and matrices [B, N, N, C] to [C, B N, I]. */
    private NDArray gather(NDArray x, NDArray normalised) {
        long n = x.getShape().get(1);
        NDArray matrices = normalised.transpose(0, 3, 1, 2).reshape(-1, size.channels() * n, n);
        NDArray sums = matrices.matMul(x).reshape(-1, size.channels(), n, size.inputs());
        return sums.transpose(1, 0, 2, 3).reshape(size.channels(), -1, size.inputs());
    }

    /** Values [C, B N, H] to new features of the nodes, [B, N, H]. */
    private NDArray mix(Layers layers, NDArray values, long n, GraphMasks masks) {
        NDArray joined =
                values.transpose(1, 0, 2).reshape(-1, n, (long) size.channels() * size.hidden());
        return ofNodes().apply(layers, joined).mul(masks.nodes()).tanh();
    }

    /**
     * Queries and keys [C, B N, heads D] to the mean over the heads of tanh(query key), made
     * symmetric: [B, N, N, C].
     */
    private NDArray attend(NDArray queries, NDArray keys, long n) {
        int heads = size.heads();
        long each = size.attention() / heads;
        NDArray q =
                Tensors.scale(queries, 1 / Math.sqrt(size.hidden()))
                        .reshape(size.channels(), -1, n, heads, each)
                        .transpose(0, 1, 3, 2, 4);
        NDArray k = keys.reshape(size.channels(), -1, n, heads, each).transpose(0, 1, 3, 4, 2);
        NDArray sum = q.matMul(k).tanh().sum(new int[] {2});
        NDArray half = Tensors.scale(sum, 0.5 / heads);
        return half.add(half.transpose(0, 1, 3, 2)).transpose(1, 2, 3, 0);
    }

    /** Queries and keys by perceptrons of the nodes [B, N, I]: each [C, B N, heads D]. */
    private NDList perceive(NDArray x, NDList weights) {
        NDList both = new NDList(2);
        NDArray flat = x.reshape(1, -1, size.inputs());
        for (int kind = 0; kind < VALUES; kind++) {
            int at = weights.size() - 8 + 4 * kind;
            NDArray hidden = flat.matMul(weights.get(at)).add(weights.get(at + 1)).tanh();
            both.add(hidden.matMul(weights.get(at + 2)).add(weights.get(at + 3)));
        }
        return both;
    }

    /**
     * The weights of all channels: of the convolutions [C, I, O] and [C, 1, O] if there are any
     * that are used, then of the perceptrons of queries and of keys, two of each for a layer.
     */
    private NDList joined(Layers layers, Scope scope, boolean convolved) {
        NDList joined = new NDList();
        NDList weights = new NDList();
        NDList biases = new NDList();
        for (int kind = convolved ? 0 : VALUES; kind < KINDS.length; kind++) {
            if (used(kind)) {
                weights.add(stack(layers, scope, kind, ".weight"));
                biases.add(stack(layers, scope, kind, ".bias").expandDims(1));
            }
        }
        if (!weights.isEmpty()) {
            joined.add(join(weights, 2));
            joined.add(join(biases, 2));
        }
        for (int kind = 0; size.perceptrons() && pairs && kind < VALUES; kind++) {
            for (int i = 0; i < 2; i++) {
                String linear = ".linears." + i;
                joined.add(stack(layers, scope, kind, linear + ".weight").transpose(0, 2, 1));
                joined.add(stack(layers, scope, kind, linear + ".bias").expandDims(1));
            }
        }
        return joined;
    }

    /** Joins arrays; the engine would copy a single one, and its gradient would end there. */
    static NDArray join(NDList arrays, int axis) {
        return arrays.size() == 1 ? arrays.head() : NDArrays.concat(arrays, axis);
    }

    private NDArray stack(Layers layers, Scope scope, int kind, String parameter) {
        NDList all = new NDList(size.channels());
        for (int channel = 0; channel < size.channels(); channel++) {
            all.add(scope.borrow(layers.get(part(channel, kind) + parameter)));
        }
        return NDArrays.stack(all);
    }
}
