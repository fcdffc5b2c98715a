package dev.tiller.guidance;

import ai.djl.ndarray.types.Shape;
import dev.tiller.rewards.Designs;
import dev.tiller.rewards.molecule.BondOrders;
import dev.tiller.rewards.molecule.BuiltMolecule;
import dev.tiller.rewards.molecule.MolecularGraph;
import dev.tiller.rewards.molecule.MoleculeBuilder;
import dev.tiller.sampler.State;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads graph states as molecules, in canonical SMILES: node features x, float32 [B, N, F], and the
 * adjacency matrix, float32 [B, N, N], as GDSS does (Jo, Lee and Hwang, ICML 2022).
 *
 * <p>A node is the first atom type whose feature is above 0.5, and no atom if none is; bonds are
 * rounded to an order from 0 to 3, halves up, above the diagonal alone. {@link MoleculeBuilder}
 * then corrects valences and keeps the largest piece. A molecule without atoms is the empty text.
 */
public final class MoleculeReader implements DesignReader {
    private static final float PRESENT = 0.5f;

    private final List<String> atoms;

    /**
     * Creates the reader.
     *
     * @param atoms the element symbol of each of the F node features
     */
    public MoleculeReader(List<String> atoms) {
        if (atoms.isEmpty()) {
            throw new IllegalArgumentException("atoms must have at least one entry, got none");
        }
        this.atoms = List.copyOf(atoms);
    }

    @Override
    public Designs read(State x0) {
        return new Designs(molecules(x0).stream().map(BuiltMolecule::smiles).toList());
    }

    /**
     * Reads a clean state, with what is known of each molecule beside its SMILES.
     *
     * @param x0 a clean state
     * @return one molecule per row, in order
     */
    public List<BuiltMolecule> molecules(State x0) {
        Map<List<Object>, BuiltMolecule> known = new HashMap<>(); // candidates are often equal
        List<BuiltMolecule> molecules = new ArrayList<>(x0.rows());
        for (MolecularGraph graph : graphs(x0)) {
            List<Object> key = new ArrayList<>(graph.atoms());
            for (int[] row : graph.bonds()) {
                for (int order : row) {
                    key.add(order);
                }
            }
            molecules.add(known.computeIfAbsent(key, k -> MoleculeBuilder.build(graph)));
        }
        return molecules;
    }

    /**
     * Reads a clean state as graphs, without any correction.
     *
     * @param x0 a clean state
     * @return one graph per row, in order; its atoms are the nodes that are one
     */
    public List<MolecularGraph> graphs(State x0) {
        int rows = x0.rows();
        Shape shape = x0.array(0).getShape();
        if (shape.dimension() != 3 || shape.get(2) != atoms.size()) {
            throw new IllegalArgumentException(
                    "x0 must have " + atoms.size() + " features a node, got shape " + shape);
        }
        int nodes = (int) shape.get(1);
        float[] x = x0.array(0).toFloatArray();
        float[] adj = x0.array(1).toFloatArray();
        List<MolecularGraph> graphs = new ArrayList<>(rows);
        for (int row = 0; row < rows; row++) {
            graphs.add(graph(x, adj, row, nodes));
        }
        return graphs;
    }

    private MolecularGraph graph(float[] x, float[] adj, int row, int nodes) {
        List<String> types = new ArrayList<>(nodes);
        List<Integer> present = new ArrayList<>(nodes);
        for (int node = 0; node < nodes; node++) {
            int type = type(x, (row * nodes + node) * atoms.size());
            if (type < atoms.size()) {
                types.add(atoms.get(type));
                present.add(node);
            }
        }
        int[][] bonds = new int[types.size()][types.size()];
        for (int i = 0; i < bonds.length; i++) {
            for (int j = i + 1; j < bonds.length; j++) {
                int at = (row * nodes + present.get(i)) * nodes + present.get(j);
                bonds[i][j] = BondOrders.quantise(adj[at]);
                bonds[j][i] = bonds[i][j];
            }
        }
        return new MolecularGraph(types, bonds);
    }

    /** Returns the type of the node whose features begin at {@code offset}, F for no atom. */
    private int type(float[] x, int offset) {
        for (int f = 0; f < atoms.size(); f++) {
            if (x[offset + f] > PRESENT) {
                return f;
            }
        }
        return atoms.size();
    }
}
