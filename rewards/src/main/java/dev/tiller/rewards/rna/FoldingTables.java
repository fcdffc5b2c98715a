package dev.tiller.rewards.rna;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The tables of the dynamic programme for the least free energy of all parts of a sequence, in
 * 1/100 kcal/mol.
 *
 * <p>Zuker and Stiegler (1981, NAR 9:133) with the unambiguous multiloops of McCaskill (1990,
 * Biopolymers 29:1105). For bases i..j:
 *
 * <pre>
 * closed(i,j) = min of hairpin(i,j), interior(i,j,p,q) + closed(p,q),
 *               closing(i,j) + many(i+1,u-1) + one(u,j-1)
 * one(i,j)    = min of closed(i,j) + branch(i,j), one(i,j-1) + unpaired
 * many(i,j)   = min of one(i,j), many(i+1,j) + unpaired, many(i,u-1) + one(u,j)
 * prefix(k)   = min of prefix(k-1), prefix(i) + closed(i,k-1) + exterior branch(i,k-1)
 * </pre>
 *
 * <p>{@code one} has one branch that starts at i, {@code many} one or more; {@code prefix} is the
 * exterior loop over the first k bases. Time is cubic in the length, memory quadratic.
 */
final class FoldingTables {
    /** More than any structure costs, and small enough that sums of it do not overflow. */
    static final int IMPOSSIBLE = 100_000_000;

    private static final int LEAST_SPAN = Bases.LEAST_HAIRPIN + 1;

    final byte[] bases;
    final NearestNeighbour model;
    private final int n;
    private final int[] closed; // [j][i]
    private final int[] one; // [j][i]
    private final int[] many; // [i][j]
    private final int[] prefix;
    private final int[] leastInterior; // by the number of unpaired bases

    FoldingTables(byte[] bases, NearestNeighbour model) {
        this.bases = bases;
        this.model = model;
        this.n = bases.length;
        this.closed = impossible(n * n);
        this.one = impossible(n * n);
        this.many = impossible(n * n);
        this.prefix = new int[n + 1];
        this.leastInterior =
                IntStream.rangeClosed(0, NearestNeighbour.MOST_INTERIOR)
                        .map(model::leastInterior)
                        .toArray();
        fill();
    }

    private static int[] impossible(int length) {
        int[] table = new int[length];
        Arrays.fill(table, IMPOSSIBLE);
        return table;
    }

    private void fill() {
        for (int j = LEAST_SPAN; j < n; j++) {
            for (int i = j - LEAST_SPAN; i >= 0; i--) {
                if (Bases.pair(bases[i], bases[j]) != Bases.NO_PAIR) {
                    closed[j * n + i] = leastClosed(i, j);
                }
                if (i > 0 && j < n - 1) { // a branch of a multiloop has neighbours
                    one[j * n + i] = leastOne(i, j);
                    many[i * n + j] = leastMany(i, j);
                }
            }
        }
        for (int k = 1; k <= n; k++) {
            prefix[k] = leastPrefix(k);
        }
    }

    private int leastClosed(int i, int j) {
        int least = leastInterior(i, j, model.hairpin(bases, i, j));
        int split = leastSplit(i + 1, j - 1);
        return split < IMPOSSIBLE
                ? Math.min(least, split + model.multiloopClosing(bases, i, j))
                : least;
    }

    /** Returns {@code least} or less: loops whose inner part costs too much are not looked at. */
    private int leastInterior(int i, int j, int least) {
        int[] inner = closed; // the loop below is where the time goes: nothing is read twice
        int[] bounds = leastInterior;
        int found = least;
        int firstQ = Math.max(i + 1 + LEAST_SPAN, j - 1 - NearestNeighbour.MOST_INTERIOR);
        for (int q = j - 1; q >= firstQ; q--) {
            int lastP = lastP(i, j, q);
            int column = q * n;
            int others = j - 1 - q - (i + 1);
            for (int p = i + 1; p <= lastP; p++) {
                int energy = inner[column + p];
                if (energy + bounds[others + p] < found) {
                    found = Math.min(found, energy + model.interior(bases, i, j, p, q));
                }
            }
        }
        return found;
    }

    /** Returns the greatest p that leaves room within p..q and not too many bases around it. */
    static int lastP(int i, int j, int q) {
        return Math.min(q - LEAST_SPAN, i + 1 + NearestNeighbour.MOST_INTERIOR - (j - 1 - q));
    }

    /** Returns the least energy of two or more branches, the last one starting at any u. */
    private int leastSplit(int i, int j) {
        int least = IMPOSSIBLE;
        int row = i * n - 1;
        int column = j * n;
        for (int u = i + LEAST_SPAN + 1; u <= j - LEAST_SPAN; u++) {
            least = Math.min(least, many[row + u] + one[column + u]);
        }
        return least;
    }

    private int leastOne(int i, int j) {
        int least = one[(j - 1) * n + i] + model.multiloopUnpaired();
        int pair = closed[j * n + i];
        return pair < IMPOSSIBLE
                ? Math.min(least, pair + model.multiloopBranch(bases, i, j))
                : Math.min(least, IMPOSSIBLE);
    }

    private int leastMany(int i, int j) {
        int later = many[(i + 1) * n + j] + model.multiloopUnpaired();
        return Math.min(Math.min(one[j * n + i], later), leastSplit(i, j));
    }

    private int leastPrefix(int k) {
        int least = prefix[k - 1];
        for (int i = 0; i < k - LEAST_SPAN; i++) {
            int pair = closed[(k - 1) * n + i];
            if (pair < IMPOSSIBLE) {
                least = Math.min(least, prefix[i] + pair + model.exteriorBranch(bases, i, k - 1));
            }
        }
        return least;
    }

    /** Returns the least energy of the whole sequence. */
    int least() {
        return prefix[n];
    }

    int prefix(int k) {
        return prefix[k];
    }

    int closed(int i, int j) {
        return closed[j * n + i];
    }

    int one(int i, int j) {
        return one[j * n + i];
    }

    int many(int i, int j) {
        return many[i * n + j];
    }
}
