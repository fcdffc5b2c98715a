package dev.tiller.finetune.data;

import dev.tiller.rewards.molecule.MolecularGraph;
import dev.tiller.rewards.molecule.Molecule;
import dev.tiller.rewards.molecule.Smiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads molecules as graphs: from a table with a header line, or from a file of SMILES, one in each
 * line before the first space or tab ({@code .smi}); either gzipped or not.
 *
 * <p>Each is parsed, kekulised and written in canonical form; charges and stereochemistry are
 * forgotten, as the graphs have none. What a model cannot hold is dropped and counted, and so are
 * molecules that came before. About 0.1 ms a molecule on one core; several cores share the work,
 * and the order is that of the file.
 */
public final class MoleculeTable {
    private static final String INVALID = "not a valid molecule";
    private static final String DUPLICATE = "the same graph as one before";

    private MoleculeTable() {}

    /**
     * The graphs of a file.
     *
     * @param arrays x, one-hot atoms [N, F]; adj, bond orders 0 to 3 [N, N]; the numbers of atoms
     * @param read lines or rows of the file
     * @param dropped how many of them were dropped for each reason
     */
    public record Molecules(CleanArrays arrays, int read, Map<String, Integer> dropped) {}

    /** A molecule of the file: its canonical text and graph, or why it is dropped. */
    private record Parsed(String text, MolecularGraph graph, String reason) {}

    /**
     * Reads molecules.
     *
     * @param file a table, or SMILES if its name ends in {@code .smi} or {@code .smi.gz}
     * @param column the column of the SMILES; not read for a file of SMILES
     * @param atoms F element symbols that the model knows
     * @param nodes N, the largest number of atoms
     * @return the graphs
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException if there is no such column or no molecule is left
     */
    public static Molecules read(Path file, String column, List<String> atoms, int nodes)
            throws IOException {
        List<String> texts = isSmiles(file) ? lines(file) : TextTable.column(file, column);
        List<Parsed> all = texts.parallelStream().map(text -> parse(text, atoms, nodes)).toList();
        Map<String, Integer> dropped = new LinkedHashMap<>();
        List<MolecularGraph> kept = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (Parsed one : all) {
            String reason = one.reason();
            if (reason == null && !seen.add(one.text())) {
                reason = DUPLICATE;
            }
            if (reason == null) {
                kept.add(one.graph());
            } else {
                dropped.merge(reason, 1, Integer::sum);
            }
        }
        if (kept.isEmpty()) {
            throw new IllegalArgumentException(
                    file
                            + " must hold molecules of at most "
                            + nodes
                            + " atoms of "
                            + String.join(", ", atoms)
                            + ", got none; dropped: "
                            + dropped);
        }
        return new Molecules(arrays(kept, atoms, nodes), texts.size(), dropped);
    }

    /**
     * Tells whether a file holds SMILES without a header line.
     *
     * @param file the file
     * @return true if its name ends in {@code .smi} or {@code .smi.gz}
     */
    public static boolean isSmiles(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".smi") || name.endsWith(".smi.gz");
    }

    private static List<String> lines(Path file) throws IOException {
        List<String> texts = new ArrayList<>();
        try (BufferedReader reader = TextTable.open(file)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (!line.isBlank()) {
                    texts.add(line.strip().split("[ \t]", 2)[0]);
                }
            }
        }
        return texts;
    }

    private static Parsed parse(String text, List<String> atoms, int nodes) {
        Optional<Molecule> molecule = Smiles.valid(text);
        if (molecule.isEmpty()) {
            return new Parsed(null, null, INVALID);
        }
        MolecularGraph graph;
        String canonical;
        try {
            graph = molecule.get().graph();
            canonical = molecule.get().smiles();
            if (canonical.indexOf('+') >= 0 || canonical.indexOf('-') >= 0) {
                canonical = Smiles.of(graph);
            }
        } catch (IllegalArgumentException e) { // an element or a bond that graphs do not have
            return new Parsed(null, null, INVALID);
        }
        if (graph.size() > nodes) {
            return new Parsed(null, null, "more than " + nodes + " atoms");
        }
        if (!atoms.containsAll(graph.atoms())) {
            String others = "atoms other than " + String.join(", ", atoms);
            return new Parsed(null, null, others);
        }
        return new Parsed(canonical, graph, null);
    }

    private static CleanArrays arrays(List<MolecularGraph> graphs, List<String> atoms, int nodes) {
        float[][] x = new float[graphs.size()][nodes * atoms.size()];
        float[][] adj = new float[graphs.size()][nodes * nodes];
        int[] sizes = new int[graphs.size()];
        for (int row = 0; row < sizes.length; row++) {
            MolecularGraph graph = graphs.get(row);
            int[][] bonds = graph.bonds();
            sizes[row] = graph.size();
            for (int i = 0; i < graph.size(); i++) {
                x[row][i * atoms.size() + atoms.indexOf(graph.atoms().get(i))] = 1;
                for (int j = 0; j < graph.size(); j++) {
                    adj[row][i * nodes + j] = bonds[i][j];
                }
            }
        }
        return new CleanArrays(List.of(x, adj), sizes);
    }
}
