package dev.tiller.zoo.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import dev.tiller.rewards.protein.Backbone;
import dev.tiller.rewards.protein.Residue;
import dev.tiller.sampler.parity.ParityCase;
import dev.tiller.zoo.BackboneGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The proteins of a parity case. The reference keeps residues without coordinates and hides them
 * with a mask; a backbone has none of them. So each row is sorted: the residues that there are,
 * then the others.
 */
final class ProteinParity {
    private final ParityCase parity;
    private final String prefix;
    private final int rows;
    private final int length;
    private final int[] order;
    private final List<BackboneGraph> graphs = new ArrayList<>();

    /** {@code prefix} is "in." or "out.". */
    ProteinParity(ParityCase parity, String prefix, float[] coordinates) {
        this.parity = parity;
        this.prefix = prefix;
        long[] shape = parity.shape(prefix + "mask");
        rows = (int) shape[0];
        length = (int) shape[1];
        order = new int[rows * length];
        float[] mask = parity.floats(prefix + "mask");
        for (int row = 0; row < rows; row++) {
            int at = row * length;
            for (int pass = 1; pass >= 0; pass--) {
                for (int i = 0; i < length; i++) {
                    if (mask[row * length + i] == pass) {
                        order[at++] = row * length + i;
                    }
                }
            }
            graphs.add(BackboneGraph.of(backbone(row, coordinates), neighbours()));
        }
    }

    static ProteinParity inputs(ParityCase parity) {
        return new ProteinParity(parity, "in.", parity.floats("in.X"));
    }

    private Backbone backbone(int row, float[] coordinates) {
        long[] positions = parity.longs(prefix + "residue_idx");
        long[] chains = parity.longs(prefix + "chain_encoding");
        float[] mask = parity.floats(prefix + "mask");
        List<Residue> residues = new ArrayList<>();
        for (int i = row * length; i < (row + 1) * length; i++) {
            if (mask[i] == 1) {
                int at = i * Residue.COORDINATES;
                float[] atoms = Arrays.copyOfRange(coordinates, at, at + Residue.COORDINATES);
                residues.add(
                        new Residue("chain " + chains[i], (int) positions[i], ' ', 'A', atoms));
            }
        }
        return new Backbone("row " + row, residues);
    }

    int neighbours() {
        return parity.config().get("k").asInt();
    }

    List<BackboneGraph> graphs() {
        return graphs;
    }

    int rows() {
        return rows;
    }

    int length() {
        return length;
    }

    /** The index in the reference's [rows * length] of an index here. */
    int original(int index) {
        return order[index];
    }

    /** What the shapes of the weights tell, without dropout. */
    ProteinMpnn.Config config(ProteinMpnn.Head head) {
        String model = head == ProteinMpnn.Head.SCORE ? "oracle" : "main";
        Map<String, Shape> shapes = new LinkedHashMap<>();
        parity.json()
                .at("/models/" + model + "/parameters")
                .properties()
                .forEach(entry -> shapes.put(entry.getKey(), shape(entry.getValue())));
        ProteinMpnn.Config found = ProteinMpnn.infer(new WeightShapes(shapes));
        return new ProteinMpnn.Config(
                found.hidden(),
                found.encoderLayers(),
                found.decoderLayers(),
                neighbours(),
                found.letters(),
                0,
                found.classes(),
                found.head(),
                found.autoregressive());
    }

    private static Shape shape(JsonNode sizes) {
        long[] shape = new long[sizes.size()];
        Arrays.setAll(shape, i -> sizes.get(i).asLong());
        return new Shape(shape);
    }

    /** Coordinates to mask. */
    NDList structure(NDManager manager) {
        return BackboneGraph.batch(graphs, length, manager);
    }

    NDArray tokens(String name, NDManager manager) {
        long[] theirs = parity.longs(name);
        long[] ours = new long[theirs.length];
        Arrays.setAll(ours, i -> theirs[order[i]]);
        return manager.create(ours, new Shape(rows, length));
    }

    /** [B, L, ...] in the order of these rows. */
    NDArray floats(String name, NDManager manager) {
        float[] theirs = parity.floats(name);
        int width = theirs.length / order.length;
        float[] ours = new float[theirs.length];
        for (int i = 0; i < order.length; i++) {
            System.arraycopy(theirs, order[i] * width, ours, i * width, width);
        }
        return manager.create(ours, new Shape(parity.shape(name)));
    }

    /** [B, L, ...] in the order of the reference. */
    float[] original(NDArray array) {
        float[] ours = array.toFloatArray();
        int width = ours.length / order.length;
        float[] theirs = new float[ours.length];
        for (int i = 0; i < order.length; i++) {
            System.arraycopy(ours, i * width, theirs, order[i] * width, width);
        }
        return theirs;
    }
}
