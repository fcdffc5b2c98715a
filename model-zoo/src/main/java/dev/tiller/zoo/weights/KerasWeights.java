package dev.tiller.zoo.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;

/** Rearranges weights that Keras saved. */
public final class KerasWeights {
    private static final String HIDDEN = "dense_1";
    private static final String OUTPUT = "dense_2";

    private KerasWeights() {}

    /**
     * Rearranges the published weights of Optimus 5-Prime: layers conv_1, conv_2, ..., dense_1 and
     * dense_2, kernels [width, in, out] and [in, out].
     *
     * @param file the weights as Keras names and lays them out
     * @return new arrays with the names and layouts of {@code dev.tiller.zoo.architecture.Optimus},
     *     owned by the managers of the file's arrays
     * @throws IllegalArgumentException if a tensor is missing or left over
     */
    public static Map<String, NDArray> toOptimus(WeightFile file) {
        Map<String, NDArray> left = new LinkedHashMap<>(file.tensors());
        Map<String, NDArray> weights = new LinkedHashMap<>();
        int layer = 0;
        while (left.containsKey(kernel("conv_" + (layer + 1)))) {
            move(left, "conv_" + (layer + 1), weights, "convs." + layer);
            layer++;
        }
        move(left, HIDDEN, weights, "dense");
        move(left, OUTPUT, weights, "output");
        if (!left.isEmpty()) {
            throw new IllegalArgumentException(
                    "Keras weights must hold conv_1, conv_2, ..., dense_1 and dense_2 alone, got"
                            + " also "
                            + new TreeSet<>(left.keySet()));
        }
        return weights;
    }

    private static void move(
            Map<String, NDArray> left, String from, Map<String, NDArray> weights, String to) {
        NDArray kernel = take(left, kernel(from));
        int[] axes = kernel.getShape().dimension() == 3 ? new int[] {2, 1, 0} : new int[] {1, 0};
        NDArray turned = kernel.transpose(axes);
        Shape shape = turned.getShape();
        // flatten copies a transposed view into the order of its axes
        weights.put(to + ".weight", turned.flatten().reshape(shape));
        weights.put(to + ".bias", take(left, from + "/" + from + "/bias:0").duplicate());
    }

    private static String kernel(String layer) {
        return layer + "/" + layer + "/kernel:0";
    }

    private static NDArray take(Map<String, NDArray> left, String name) {
        NDArray array = left.remove(name);
        if (array == null) {
            throw new IllegalArgumentException(
                    "Keras weights must hold '" + name + "', got " + new TreeSet<>(left.keySet()));
        }
        return array;
    }
}
