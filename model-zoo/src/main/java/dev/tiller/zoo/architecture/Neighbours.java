package dev.tiller.zoo.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import dev.tiller.sampler.numerics.Tensors;

/**
 * Which residues are near which: k for each, and the masks of what exists.
 *
 * @param rows int64 [B, L, k], numbers of rows among the nodes of all proteins, [B * L, H]
 * @param edgeMask float32 [B or 1, L, k], 0 where there is no neighbour
 * @param nodeMask float32 [B or 1, L, 1], 0 for padding
 */
record Neighbours(NDArray rows, NDArray edgeMask, NDArray nodeMask) {
    /** What messages are divided by, whatever k is. */
    private static final double SCALE = 30;

    /**
     * Numbers the rows from indices within each protein.
     *
     * @param within int64 [B, L, k]
     * @return int64 [B, L, k]
     */
    static NDArray rows(NDArray within) {
        long proteins = within.getShape().get(0);
        if (proteins == 1) {
            return within;
        }
        long length = within.getShape().get(1);
        long[] starts = new long[Math.toIntExact(proteins)];
        for (int i = 0; i < starts.length; i++) {
            starts[i] = i * length;
        }
        return within.add(within.getManager().create(starts, new Shape(proteins, 1, 1)));
    }

    /** [B, L, H] of each residue to [B, L, k, H] of its neighbours. */
    NDArray gather(NDArray nodes) {
        long features = nodes.getShape().get(2);
        NDArray flat = nodes.reshape(-1, features);
        return rows.getNDArrayInternal()
                .embedding(rows, flat, SparseFormat.DENSE)
                .singletonOrThrow();
    }

    /** [B, L, k, H] to [B, L, H], the sum over the neighbours there are, divided by 30. */
    NDArray sum(NDArray edges) {
        NDArray sum = edges.mul(edgeMask.expandDims(3)).sum(new int[] {2});
        return Tensors.scale(sum, 1 / SCALE);
    }

    /** The number of neighbours there are, divided by 30: float32 [B or 1, L, 1]. */
    NDArray share() {
        return Tensors.scale(edgeMask.sum(new int[] {2}, true), 1 / SCALE);
    }
}
