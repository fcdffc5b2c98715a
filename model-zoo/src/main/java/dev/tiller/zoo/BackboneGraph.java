package dev.tiller.zoo;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.rewards.protein.Backbone;
import dev.tiller.rewards.protein.Residue;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.sampler.numerics.Normals;
import dev.tiller.sampler.numerics.Tensors;
import java.util.Arrays;
import java.util.List;

/**
 * A backbone as ProteinMPNN reads it: each residue with its k nearest neighbours by the distance of
 * their CA atoms, itself first. Where there are fewer than k residues the rest of the neighbours
 * are marked as missing.
 */
public final class BackboneGraph {
    private static final int FARTHEST = 32;
    private static final int OTHER_CHAIN = 2 * FARTHEST + 1;
    private static final float FLOOR = 1e-6f;
    private static final int ALPHA = 3;
    private static final int ATOMS = 4;
    private static final int AXES = 3;

    private final int neighbours;
    private final float[] coordinates;
    private final int[] near;
    private final int[] offsets;

    private BackboneGraph(int neighbours, float[] coordinates, int[] near, int[] offsets) {
        this.neighbours = neighbours;
        this.coordinates = coordinates;
        this.near = near;
        this.offsets = offsets;
    }

    /**
     * Finds the neighbours in a backbone. The time is O(L^2), the memory O(L k).
     *
     * @param backbone the backbone
     * @param k the neighbours of each residue, at least 1
     * @return the graph
     */
    public static BackboneGraph of(Backbone backbone, int k) {
        return of(backbone, backbone.coordinates(), k);
    }

    /**
     * Finds the neighbours in a backbone whose atoms are moved by Gaussian noise first, as in
     * training.
     *
     * @param backbone the backbone
     * @param k the neighbours of each residue, at least 1
     * @param noise standard deviation of what is added to each coordinate, in angstrom
     * @param randomness the only source of noise
     * @param sampleId the first part of its address
     * @param step the second part of its address
     * @return the graph, which holds the moved coordinates
     */
    public static BackboneGraph of(
            Backbone backbone,
            int k,
            double noise,
            Randomness randomness,
            long sampleId,
            int step) {
        if (!(noise >= 0) || Double.isInfinite(noise)) {
            throw new IllegalArgumentException(
                    "noise must be >= 0 and finite, in angstrom, got " + noise);
        }
        float[] moved = backbone.coordinates();
        if (noise > 0) {
            double[] normals = new double[Normals.uniforms(moved.length)];
            randomness.fill(sampleId, step, Purpose.STRUCTURE_NOISE, 0, normals);
            Normals.toNormals(normals);
            for (int i = 0; i < moved.length; i++) {
                moved[i] += (float) (noise * normals[i]);
            }
        }
        return of(backbone, moved, k);
    }

    private static BackboneGraph of(Backbone backbone, float[] coordinates, int k) {
        if (k < 1) {
            throw new IllegalArgumentException("neighbours must be >= 1, got " + k);
        }
        int length = backbone.length();
        int[] positions = backbone.positions();
        int[] chains = backbone.chains();
        int[] near = new int[length * k];
        int[] offsets = new int[length * k];
        int found = Math.min(k, length);
        float[] distances = new float[length];
        long[] nearest = new long[length];
        for (int i = 0; i < length; i++) {
            nearest(coordinates, i, distances, nearest, found);
            for (int j = 0; j < found; j++) {
                int other = (int) nearest[j];
                int along = positions[i] - positions[other] + FARTHEST;
                boolean same = chains[i] == chains[other];
                near[i * k + j] = other;
                offsets[i * k + j] =
                        same ? Math.max(0, Math.min(2 * FARTHEST, along)) : OTHER_CHAIN;
            }
        }
        return new BackboneGraph(k, coordinates, near, offsets);
    }

    /**
     * Puts the nearest residues first: float32 distances as integers of the same order, the index
     * below them.
     */
    private static void nearest(
            float[] coordinates, int i, float[] distances, long[] keys, int found) {
        int length = distances.length;
        int at = i * Residue.COORDINATES + ALPHA;
        float x = coordinates[at];
        float y = coordinates[at + 1];
        float z = coordinates[at + 2];
        for (int j = 0; j < length; j++) {
            int other = j * Residue.COORDINATES + ALPHA;
            float dx = x - coordinates[other];
            float dy = y - coordinates[other + 1];
            float dz = z - coordinates[other + 2];
            distances[j] = (float) Math.sqrt(dx * dx + dy * dy + dz * dz + FLOOR);
        }
        distances[i] = 0;
        for (int j = 0; j < length; j++) {
            keys[j] = ((long) Float.floatToRawIntBits(distances[j]) << Integer.SIZE) | j;
        }
        select(keys, found);
        Arrays.sort(keys, 0, found);
    }

    /** Moves the smallest {@code count} of all different numbers to the front (quickselect). */
    private static void select(long[] keys, int count) {
        int low = 0;
        int high = keys.length - 1;
        while (low < high) {
            long pivot = keys[(low + high) >>> 1];
            int i = low;
            int j = high;
            while (i <= j) {
                while (keys[i] < pivot) {
                    i++;
                }
                while (keys[j] > pivot) {
                    j--;
                }
                if (i <= j) {
                    long swapped = keys[i];
                    keys[i++] = keys[j];
                    keys[j--] = swapped;
                }
            }
            if (count - 1 <= j) {
                high = j;
            } else if (count - 1 >= i) {
                low = i;
            } else {
                return;
            }
        }
    }

    /**
     * Returns the number of residues.
     *
     * @return L
     */
    public int length() {
        return coordinates.length / Residue.COORDINATES;
    }

    /**
     * Returns the number of neighbours of each residue.
     *
     * @return k, also where there are fewer residues
     */
    public int neighbours() {
        return neighbours;
    }

    /**
     * Returns the neighbours.
     *
     * @return indices, [L * k], the nearest first; 0 for missing ones
     */
    public int[] indices() {
        return near.clone();
    }

    /**
     * Returns the classes of the distances along the chain.
     *
     * @return [L * k]: the position less that of the neighbour, clipped to [-32, 32], plus 32; 65
     *     for another chain
     */
    public int[] offsets() {
        return offsets.clone();
    }

    /**
     * Makes the inputs of a network out of graphs, one row for each.
     *
     * @param graphs graphs of the same k
     * @param length the length to pad to
     * @param manager owner of the result
     * @return coordinates, float32 [B, length, 4, 3], in angstrom; neighbours, int64 [B, length,
     *     k]; the mask of the neighbours that there are, float32 [B, length, k]; offsets, int64 [B,
     *     length, k]; the mask of the residues that there are, float32 [B, length]
     */
    public static NDList batch(List<BackboneGraph> graphs, int length, NDManager manager) {
        int rows = graphs.size();
        if (rows == 0) {
            throw new IllegalArgumentException("graphs must not be empty");
        }
        int k = graphs.get(0).neighbours;
        float[] coordinates = new float[rows * length * Residue.COORDINATES];
        long[] near = new long[rows * length * k];
        float[] edges = new float[near.length];
        long[] offsets = new long[near.length];
        float[] mask = new float[rows * length];
        for (int row = 0; row < rows; row++) {
            BackboneGraph graph = graphs.get(row);
            int own = graph.length();
            if (own > length || graph.neighbours != k) {
                throw new IllegalArgumentException(
                        "graphs must have at most "
                                + length
                                + " residues and "
                                + k
                                + " neighbours, got "
                                + own
                                + " and "
                                + graph.neighbours);
            }
            int at = row * length;
            int size = graph.coordinates.length;
            System.arraycopy(graph.coordinates, 0, coordinates, at * Residue.COORDINATES, size);
            Arrays.fill(mask, at, at + own, 1);
            for (int i = 0; i < own * k; i++) {
                near[at * k + i] = graph.near[i];
                offsets[at * k + i] = graph.offsets[i];
                edges[at * k + i] = i % k < own ? 1 : 0;
            }
        }
        Shape ofEdges = new Shape(rows, length, k);
        return new NDList(
                Tensors.create(manager, coordinates, new Shape(rows, length, ATOMS, AXES)),
                Tensors.create(manager, near, ofEdges),
                Tensors.create(manager, edges, ofEdges),
                Tensors.create(manager, offsets, ofEdges),
                Tensors.create(manager, mask, new Shape(rows, length)));
    }
}
