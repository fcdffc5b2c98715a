package dev.tiller.rewards.molecule;

import java.util.ArrayList;
import java.util.List;

/**
 * Makes valid molecules of generated graphs, as GDSS does (Jo, Lee and Hwang, ICML 2022; the
 * correction is that of MoFlow, Zang and Wang, KDD 2020).
 *
 * <p>N with four bonds and O with three, one above their valence, are valid with the charge +1; so
 * is S, which takes a hydrogen instead. The correction goes over the atoms in order and lowers the
 * highest bond of one that has too many by one, the first of equals, until all valences hold. Of
 * several pieces the one with the most atoms stays; of equals that with the most bonds, counted by
 * order, then the first.
 *
 * <p>Pure and safe for concurrent calls.
 */
public final class MoleculeBuilder {
    private MoleculeBuilder() {}

    /**
     * Corrects a graph and writes it as SMILES.
     *
     * @param raw a graph that may break valences
     * @return the molecule, and whether it was valid before
     * @throws IllegalArgumentException if the valences of an element are not known
     */
    public static BuiltMolecule build(MolecularGraph raw) {
        raw.atoms().forEach(MoleculeBuilder::requireKnown);
        int[][] bonds = raw.bonds();
        int[][] corrected = new int[bonds.length][];
        for (int i = 0; i < bonds.length; i++) {
            corrected[i] = bonds[i].clone();
        }
        boolean valid = !correct(raw.atoms(), corrected);
        MolecularGraph graph = largestPiece(raw.atoms(), corrected);
        return new BuiltMolecule(Molecule.of(graph).smiles(), valid && raw.size() > 0, graph);
    }

    /** Returns the bonds of an atom, counted by order. */
    static int valence(int[] bonds) {
        int sum = 0;
        for (int order : bonds) {
            sum += order;
        }
        return sum;
    }

    static void requireKnown(String symbol) {
        if (!Valences.knows(symbol)) {
            throw new IllegalArgumentException(
                    "atoms of a molecular graph must be of H, B, C, N, O, F, Si, P, S, Cl, As, Se,"
                            + " Br or I, got "
                            + symbol);
        }
    }

    /** Lowers bonds until all valences hold and returns whether there was something to do. */
    private static boolean correct(List<String> atoms, int[][] bonds) {
        boolean changed = false;
        for (int i = 0; i < bonds.length; i++) {
            while (!Valences.holds(atoms.get(i), valence(bonds[i]))) {
                int highest = 0;
                for (int j = 1; j < bonds.length; j++) {
                    highest = bonds[i][j] > bonds[i][highest] ? j : highest;
                }
                bonds[i][highest]--;
                bonds[highest][i]--;
                changed = true;
            }
        }
        return changed;
    }

    private static MolecularGraph largestPiece(List<String> atoms, int[][] bonds) {
        int n = bonds.length;
        boolean[] seen = new boolean[n];
        List<Integer> largest = List.of();
        int most = 0;
        for (int start = 0; start < n; start++) {
            if (seen[start]) {
                continue;
            }
            List<Integer> piece = pieceOf(start, bonds, seen);
            int order = piece.stream().mapToInt(i -> valence(bonds[i])).sum();
            int more = piece.size() - largest.size();
            if (more > 0 || (more == 0 && order > most)) {
                largest = piece;
                most = order;
            }
        }
        return part(atoms, bonds, largest.stream().sorted().toList());
    }

    private static List<Integer> pieceOf(int start, int[][] bonds, boolean[] seen) {
        List<Integer> piece = new ArrayList<>(List.of(start));
        seen[start] = true;
        for (int k = 0; k < piece.size(); k++) { // grows while it is walked
            int[] row = bonds[piece.get(k)];
            for (int j = 0; j < row.length; j++) {
                if (row[j] > 0 && !seen[j]) {
                    seen[j] = true;
                    piece.add(j);
                }
            }
        }
        return piece;
    }

    private static MolecularGraph part(List<String> atoms, int[][] bonds, List<Integer> kept) {
        int[][] part = new int[kept.size()][kept.size()];
        for (int i = 0; i < part.length; i++) {
            for (int j = 0; j < part.length; j++) {
                part[i][j] = bonds[kept.get(i)][kept.get(j)];
            }
        }
        return new MolecularGraph(kept.stream().map(atoms::get).toList(), part);
    }
}
