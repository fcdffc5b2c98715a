package dev.tiller.zoo.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import dev.tiller.sampler.numerics.Scope;

/**
 * A layer of ProteinMPNN: each residue sums messages from its neighbours.
 *
 * <p>A message is a perceptron of [residue, edge, (letter,) neighbour]. Its first layer is linear,
 * so what residues and neighbours contribute is computed once for each of them and looked up for
 * the edges; its last one is linear too and applied to the sum.
 *
 * @param name what its parameters are called
 * @param dropout the chance of dropping a feature of what is added, in training
 */
record MessageLayer(String name, double dropout) {
    private static final int WIDENING = 4;
    private static final int EDGE = 1;

    /** Blocks of columns of the first matrix: residue, edge, neighbour. */
    private static final int ENCODER_INPUTS = 3;

    /** Residue, edge, letter of the neighbour, neighbour. */
    private static final int DECODER_INPUTS = 4;

    static void addEncoder(NamedBlock block, String name, int hidden) {
        add(block, name, hidden, ENCODER_INPUTS, true);
    }

    static void addDecoder(NamedBlock block, String name, int hidden) {
        add(block, name, hidden, DECODER_INPUTS, false);
    }

    private static void add(NamedBlock block, String name, int h, int inputs, boolean edges) {
        block.norm(name + ".norm1", h);
        block.norm(name + ".norm2", h);
        if (edges) {
            block.norm(name + ".norm3", h);
        }
        perceptron(block, name, new String[] {".W1", ".W2", ".W3"}, h, inputs);
        if (edges) {
            perceptron(block, name, new String[] {".W11", ".W12", ".W13"}, h, inputs);
        }
        linear(block, name + ".dense.W_in", WIDENING * h, h);
        linear(block, name + ".dense.W_out", h, WIDENING * h);
    }

    private static void perceptron(
            NamedBlock block, String name, String[] layers, int h, int inputs) {
        linear(block, name + layers[0], h, inputs * h);
        linear(block, name + layers[1], h, h);
        linear(block, name + layers[2], h, h);
    }

    static void linear(NamedBlock block, String name, int outputs, int inputs) {
        block.matrix(name + ".weight", outputs, inputs);
        block.parameter(name + ".bias", Initial.fanIn(inputs), outputs);
    }

    /** Nodes [B, L, H] and edges [B, L, k, H] to the same after this layer of the encoder. */
    NDList encode(Layers layers, NDArray nodes, NDArray edges, Neighbours near) {
        try (Scope scope = Scope.of(nodes)) {
            NDArray h = scope.borrow(nodes);
            NDArray e = scope.borrow(edges);
            NDArray message =
                    add(
                            layers.block(name + ".W1", e, EDGE),
                            near.gather(layers.block(name + ".W1", h, 2)),
                            own(layers, ".W1", h));
            NDArray next = update(layers, h, message, near);
            NDArray change =
                    add(
                            layers.block(name + ".W11", e, EDGE),
                            near.gather(layers.block(name + ".W11", next, 2)),
                            own(layers, ".W11", next));
            change = layers.linear(name + ".W13", second(layers, ".W12", change));
            NDArray changed = e.add(layers.dropout(change, dropout));
            return scope.give(new NDList(next, layers.layerNorm(name + ".norm3", changed)));
        }
    }

    /** What the edges contribute to the messages of the decoder: [B, L, k, H] to the same. */
    NDArray ofEdges(Layers layers, NDArray edges) {
        return layers.block(name + ".W1", edges, EDGE);
    }

    /**
     * A layer of the decoder.
     *
     * @param nodes [B, L, H]
     * @param edges {@link #ofEdges}, [B or 1, L, k, H]
     * @param seen what is known of the neighbours
     * @return [B, L, H]
     */
    NDArray decode(Layers layers, NDArray nodes, NDArray edges, Seen seen) {
        try (Scope scope = Scope.of(nodes)) {
            NDArray h = scope.borrow(nodes);
            NDArray of = seen.gather(layers, name + ".W1", h);
            NDArray message = of.add(own(layers, ".W1", h)).add(edges);
            return scope.give(update(layers, h, message, seen.near()));
        }
    }

    private static NDArray add(NDArray edges, NDArray neighbours, NDArray own) {
        return edges.add(neighbours).add(own);
    }

    /** What the residues themselves contribute to the first layer, with its bias: [B, L, 1, H]. */
    private NDArray own(Layers layers, String first, NDArray nodes) {
        return layers.block(name + first, nodes, 0)
                .add(layers.get(name + first + ".bias"))
                .expandDims(2);
    }

    private NDArray second(Layers layers, String second, NDArray first) {
        return gelu(layers.linear(name + second, gelu(first)));
    }

    private NDArray update(Layers layers, NDArray h, NDArray message, Neighbours near) {
        NDArray sum = near.sum(second(layers, ".W2", message));
        NDArray bias = near.share().mul(layers.get(name + ".W3.bias"));
        NDArray all = layers.project(name + ".W3", sum).add(bias);
        NDArray x = layers.layerNorm(name + ".norm1", h.add(layers.dropout(all, dropout)));
        NDArray wide = gelu(layers.linear(name + ".dense.W_in", x));
        NDArray more = layers.dropout(layers.linear(name + ".dense.W_out", wide), dropout);
        return layers.layerNorm(name + ".norm2", x.add(more)).mul(near.nodeMask());
    }

    private static NDArray gelu(NDArray x) {
        return x.getNDArrayInternal().gelu();
    }

    /**
     * What the decoder knows of the neighbours: the letters, and the features of the residues. In
     * an order, letters and features of the decoder are those of residues that come earlier; of
     * later ones it sees what the encoder made.
     *
     * @param near the neighbours
     * @param letters the embedded letters, [B, L, H]
     * @param encoded the features of the encoder, [B, L, H]; null without an order
     * @param earlier float32 [B, L, k, 1], 1 for neighbours that come earlier; null without an
     *     order
     * @param later its complement
     */
    record Seen(Neighbours near, NDArray letters, NDArray encoded, NDArray earlier, NDArray later) {

        /** What it contributes to the messages: [B, L, k, H]. */
        NDArray gather(Layers layers, String first, NDArray nodes) {
            NDArray known =
                    layers.block(first, nodes, DECODER_INPUTS - 1)
                            .add(layers.block(first, letters, 2));
            if (earlier == null) {
                return near.gather(known);
            }
            NDArray unknown = layers.block(first, encoded, DECODER_INPUTS - 1);
            return near.gather(known).mul(earlier).add(near.gather(unknown).mul(later));
        }
    }
}
