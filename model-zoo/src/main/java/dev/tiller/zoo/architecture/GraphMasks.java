package dev.tiller.zoo.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.numerics.Tensors;

/**
 * What the layers of one forward call on graphs share. Pairs of nodes are laid out as [B, N, N, C]:
 * their features are on the last axis.
 *
 * @param nodes the nodes that exist, float32 [B, N, 1]
 * @param pairs the pairs of nodes that exist, float32 [B, N, N, 1]
 * @param diagonal the unit matrix, float32 [N, N, 1]
 * @param offDiagonal its complement, float32 [N, N, 1]
 * @param one float32 [1]
 */
record GraphMasks(
        NDArray nodes, NDArray pairs, NDArray diagonal, NDArray offDiagonal, NDArray one) {

    /** Keeps the sums of the rows of an adjacency matrix away from 0. */
    private static final float LEAST_DEGREE = 1;

    static GraphMasks of(NDArray mask) {
        NDManager manager = mask.getManager();
        int n = Math.toIntExact(mask.getShape().get(1));
        float[] unit = new float[n * n];
        float[] rest = new float[n * n];
        for (int i = 0; i < n * n; i++) {
            unit[i] = i % (n + 1) == 0 ? 1 : 0;
            rest[i] = 1 - unit[i];
        }
        Shape square = new Shape(n, n, 1);
        NDArray nodes = mask.expandDims(2);
        return new GraphMasks(
                nodes,
                nodes.expandDims(2).mul(mask.expandDims(1).expandDims(3)),
                Tensors.create(manager, unit, square),
                Tensors.create(manager, rest, square),
                Tensors.create(manager, new float[] {1}, new Shape(1)));
    }

    /**
     * The matrix D^-1/2 (A + I) D^-1/2 of a graph convolution (Kipf and Welling 2017), where D
     * holds the sums of the rows but at least 1: with noise in it, A may be negative.
     *
     * @param adjacency [B, N, N, C]; what is on its diagonals is not read
     * @return of the same shape
     */
    NDArray normalised(NDArray adjacency) {
        NDArray loops = adjacency.mul(offDiagonal).add(diagonal);
        NDArray degree = loops.sum(new int[] {2}, true).clip(LEAST_DEGREE, Float.MAX_VALUE);
        NDArray scale = one.div(degree.sqrt());
        return loops.mul(scale).mul(scale.transpose(0, 2, 1, 3));
    }
}
