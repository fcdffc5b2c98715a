package dev.tiller.zoo.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import dev.tiller.sampler.numerics.Scope;
import dev.tiller.sampler.numerics.Tensors;
import java.util.List;

/**
 * The edge features of ProteinMPNN: for each residue and each of its neighbours the distances
 * between their N, CA, C, O and a virtual CB, as 16 Gaussians each, and how far they are apart
 * along the chain.
 */
final class ProteinFeatures {
    /** Classes of the distance along the chain: -32 to 32, and another chain. */
    static final int OFFSETS = 66;

    static final int POSITIONAL = 16;
    static final int GAUSSIANS = 16;
    static final int ATOMS = 5;
    static final int PAIRS = ATOMS * ATOMS;
    static final int ALL = POSITIONAL + PAIRS * GAUSSIANS;

    static final String EMBEDDING = "features.embeddings.linear";
    static final String EDGES = "features.edge_embedding";
    static final String NORM = "features.norm_edges";

    private static final double NEAREST = 2;
    private static final double FARTHEST = 22;
    private static final float FLOOR = 1e-6f;
    private static final double[] VIRTUAL_CB = {-0.58273431, 0.56802827, -0.54067466};
    private static final int READ = 4;
    private static final int AXES = 3;

    /** Edges whose Gaussians are formed at a time: 26 MB of them. */
    private static final int AT_ONCE = 1 << 14;

    /** The order of the pairs in published weights: the residue's atom, then its neighbour's. */
    private static final List<String> ORDER =
            List.of(
                    "ca ca", "n n", "c c", "o o", "cb cb", "ca n", "ca c", "ca o", "ca cb", "n c",
                    "n o", "n cb", "cb c", "cb o", "o c", "n ca", "c ca", "o ca", "cb ca", "c n",
                    "o n", "cb n", "c cb", "o cb", "c o");

    private static final List<String> NAMES = List.of("n", "ca", "c", "o", "cb");

    private ProteinFeatures() {}

    static void addTo(NamedBlock block, int hidden) {
        block.matrix(EMBEDDING + ".weight", POSITIONAL, OFFSETS);
        block.parameter(EMBEDDING + ".bias", Initial.fanIn(OFFSETS), POSITIONAL);
        block.matrix(EDGES + ".weight", hidden, ALL);
        block.norm(NORM, hidden);
    }

    /**
     * Computes the features of all edges.
     *
     * @param coordinates float32 [B, L, 4, 3]
     * @param near the neighbours
     * @param offsets int64 [B, L, k]
     * @return float32 [B, L, k, H]
     */
    static NDArray edges(Layers layers, NDArray coordinates, Neighbours near, NDArray offsets) {
        Shape shape = near.rows().getShape();
        long k = shape.get(2);
        try (Scope scope = Scope.of(coordinates)) {
            NDArray x = scope.borrow(coordinates).reshape(-1, READ, AXES);
            NDArray atoms = withVirtual(x);
            NDArray rows = scope.borrow(near.rows()).reshape(-1, k);
            NDArray along = scope.borrow(offsets).reshape(-1, k);
            NDArray table = offsetTable(layers, x);
            NDArray weight = gaussianWeight(layers, x);
            long nodes = rows.getShape().get(0);
            long step = Math.max(1, AT_ONCE / k);
            NDList parts = new NDList();
            for (long from = 0; from < nodes; from += step) {
                NDIndex part = new NDIndex("{}:{}", from, Math.min(nodes, from + step));
                try (Scope inner = Scope.of(x)) {
                    NDArray own = atoms.get(inner.manager(), part);
                    NDArray other = lookUp(rows.get(inner.manager(), part), atoms);
                    NDArray gaussians = gaussians(distances(own, other));
                    NDArray edges = product(gaussians, weight);
                    edges = edges.add(lookUp(along.get(inner.manager(), part), table));
                    parts.add(inner.give(layers.layerNorm(NORM, edges)));
                }
            }
            // of a single array concat makes a copy without a gradient
            NDArray all = parts.size() == 1 ? parts.head() : NDArrays.concat(parts, 0);
            return scope.give(all.reshape(shape.get(0), shape.get(1), k, -1));
        }
    }

    private static NDArray product(NDArray x, NDArray weight) {
        return x.getNDArrayInternal().linear(x, weight, null).singletonOrThrow();
    }

    private static NDArray lookUp(NDArray indices, NDArray table) {
        return indices.getNDArrayInternal()
                .embedding(indices, table, SparseFormat.DENSE)
                .singletonOrThrow();
    }

    /** N, CA, C, O [n, 4, 3] to all atoms [n, 15]: the virtual CB is where alanine has it. */
    static NDArray withVirtual(NDArray x) {
        NDArray alpha = x.get(new NDIndex(":, 1"));
        NDArray b = alpha.sub(x.get(new NDIndex(":, 0")));
        NDArray c = x.get(new NDIndex(":, 2")).sub(alpha);
        NDArray a = turned(b, 1).mul(turned(c, 2)).sub(turned(b, 2).mul(turned(c, 1)));
        NDArray beta =
                Tensors.scale(a, VIRTUAL_CB[0])
                        .add(Tensors.scale(b, VIRTUAL_CB[1]))
                        .add(Tensors.scale(c, VIRTUAL_CB[2]))
                        .add(alpha);
        return x.reshape(-1, READ * AXES).concat(beta, 1);
    }

    /** The coordinates [n, 3] in the order y, z, x or z, x, y. */
    private static NDArray turned(NDArray x, int by) {
        return x.get(new NDIndex(":, {}:", by)).concat(x.get(new NDIndex(":, :{}", by)), 1);
    }

    /** Atoms [n, 15] and those of the neighbours [n, k, 15] to distances [n, k, 5, 5]. */
    private static NDArray distances(NDArray own, NDArray other) {
        long k = other.getShape().get(1);
        NDArray from = own.reshape(-1, 1, ATOMS, 1, AXES);
        NDArray apart = from.sub(other.reshape(-1, k, 1, ATOMS, AXES));
        return apart.mul(apart).sum(new int[] {4}).add(FLOOR).sqrt();
    }

    /** [n, k, 5, 5] to [n, k, 400]. */
    private static NDArray gaussians(NDArray distances) {
        float[] centres = new float[GAUSSIANS];
        for (int i = 0; i < GAUSSIANS; i++) {
            centres[i] = (float) (NEAREST + i * (FARTHEST - NEAREST) / (GAUSSIANS - 1));
        }
        NDManager manager = distances.getManager();
        NDArray middle = Tensors.create(manager, centres, new Shape(GAUSSIANS));
        NDArray width = manager.full(new Shape(1), (float) ((FARTHEST - NEAREST) / GAUSSIANS));
        NDArray z = distances.expandDims(4).sub(middle).divi(width);
        long k = distances.getShape().get(1);
        return z.mul(z).negi().exp().reshape(-1, k, PAIRS * GAUSSIANS);
    }

    /** The columns of the edge embedding for the pairs, in the order of {@link #NAMES}. */
    private static NDArray gaussianWeight(Layers layers, NDArray x) {
        long[] order = new long[PAIRS];
        for (int i = 0; i < PAIRS; i++) {
            order[i] = ORDER.indexOf(NAMES.get(i / ATOMS) + " " + NAMES.get(i % ATOMS));
        }
        NDArray columns = layers.columns(EDGES, x, POSITIONAL, ALL);
        long hidden = columns.getShape().get(0);
        NDArray pairs = columns.reshape(hidden, PAIRS, GAUSSIANS).transpose(1, 0, 2);
        NDArray indices = Tensors.create(x.getManager(), order, new Shape(PAIRS));
        NDArray sorted = lookUp(indices, pairs.reshape(PAIRS, hidden * GAUSSIANS));
        return sorted.reshape(PAIRS, hidden, GAUSSIANS)
                .transpose(1, 0, 2)
                .reshape(hidden, PAIRS * GAUSSIANS);
    }

    /** What each class of the distance along the chain adds to an edge: [66, H]. */
    private static NDArray offsetTable(Layers layers, NDArray x) {
        NDArray rows = layers.columns(EMBEDDING, x, 0, OFFSETS).transpose();
        NDArray features = rows.add(layers.get(EMBEDDING + ".bias"));
        return product(features, layers.columns(EDGES, x, 0, POSITIONAL));
    }
}
