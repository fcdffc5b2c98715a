package dev.tiller.zoo.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;

/**
 * Linear layers along the last axis with an activation between them, under the names {@code
 * linears.0}, {@code linears.1} and so on.
 *
 * @param name the name of the whole
 * @param layers number of layers, at least 2
 * @param inputs features in
 * @param hidden features between the layers
 * @param outputs features out
 * @param trained whether anything depends on its parameters
 */
record Perceptron(String name, int layers, int inputs, int hidden, int outputs, boolean trained) {

    /** Adds the parameters to a block, drawn as PyTorch draws those of linear layers. */
    void addTo(NamedBlock block) {
        for (int i = 0; i < layers; i++) {
            int from = i == 0 ? inputs : hidden;
            int to = i == layers - 1 ? outputs : hidden;
            add(block, linear(i) + ".weight", Initial.fanIn(from), to, from);
            add(block, linear(i) + ".bias", Initial.fanIn(from), to);
        }
    }

    private void add(NamedBlock block, String parameter, Initial initial, long... shape) {
        if (trained) {
            block.parameter(parameter, initial, shape);
        } else {
            block.untrained(parameter, initial, shape);
        }
    }

    private String linear(int i) {
        return name + ".linears." + i;
    }

    /** [..., inputs] to [..., outputs], with ELU between the layers. */
    NDArray apply(Layers parameters, NDArray x) {
        Shape shape = x.getShape();
        NDArray h = shape.dimension() == 2 ? x : x.reshape(-1, inputs);
        for (int i = 0; i < layers; i++) {
            h = parameters.linear(linear(i), h);
            if (i < layers - 1) {
                h = h.getNDArrayInternal().elu(1f);
            }
        }
        if (shape.dimension() == 2) {
            return h;
        }
        long[] sizes = shape.getShape().clone();
        sizes[0] = -1;
        sizes[sizes.length - 1] = outputs;
        return h.reshape(sizes);
    }
}
