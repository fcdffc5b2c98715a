package dev.tiller.rewards.rna;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The nearest-neighbour model of RNA secondary structure: the free energy of each loop, by which
 * the energy of a structure is a sum. Energies are in 1/100 kcal/mol at 37 degrees Celsius and 1 M
 * NaCl; positions count from 0.
 *
 * <p>Parameters: Turner 2004 (Mathews et al. 2004, PNAS 101:7287; NNDB, Turner and Mathews 2010,
 * NAR 38:D280). Choices where programs differ are those of RNAfold with its defaults (Lorenz et al.
 * 2011, Algorithms for Molecular Biology 6:26), so that energies can be compared:
 *
 * <ul>
 *   <li>each branch of a multiloop or of the exterior loop gets the terminal mismatch of its two
 *       neighbours, paired or not, or the dangling end where the sequence ends (dangles d2); there
 *       is no coaxial stacking
 *   <li>a multiloop costs 9.3 kcal/mol less 0.9 per branch, the closing one included
 *   <li>a loop of more than 30 bases is extended by the logarithm of its size (1.07856 kcal/mol
 *       times ln(n/30)); an interior loop has at most 30
 *   <li>the rules for hairpins of C alone, for hairpins closed by GU after two G, and for bulges
 *       beside equal bases are left out
 * </ul>
 *
 * <p>Immutable, hence safe for concurrent use.
 */
final class NearestNeighbour {
    /** The most unpaired bases of an interior loop or a bulge, both sides together. */
    static final int MOST_INTERIOR = 30;

    private static final double LOGARITHMIC = 107.856;
    private static final int TABULATED = 30;
    private static final int B = Bases.COUNT;
    private static final int P = Bases.PAIRS;
    private static final int MISMATCHES = P * B * B;

    private static final ParameterFile PARAMETERS = ParameterFile.read("turner2004.txt");
    private static final NearestNeighbour TURNER_2004 = with(Multiloop.of(PARAMETERS));

    private final int[] stack;
    private final int[] hairpinMismatch;
    private final int[] interiorMismatch;
    private final int[] interiorMismatch1n;
    private final int[] interiorMismatch23;
    private final int[] terminalMismatch;
    private final int[] dangle3;
    private final int[] dangle5;
    private final int[] hairpin;
    private final int[] bulge;
    private final int[] interior;
    private final int[] interior11;
    private final int[] interior12;
    private final int[] interior22;
    private final int terminalWeak;
    private final int asymmetryPerBase;
    private final int asymmetryAtMost;
    private final Multiloop multiloop;
    private final Map<Integer, Integer> specialHairpins = new HashMap<>();
    private final int[] leastInterior;

    private NearestNeighbour(ParameterFile file, Multiloop multiloop) {
        this.multiloop = multiloop;
        stack = file.table("stack", P * P);
        hairpinMismatch = file.table("hairpin-mismatch", MISMATCHES);
        interiorMismatch = file.table("interior-mismatch", MISMATCHES);
        interiorMismatch1n = file.table("interior-mismatch-1n", MISMATCHES);
        interiorMismatch23 = file.table("interior-mismatch-23", MISMATCHES);
        terminalMismatch = file.table("terminal-mismatch", MISMATCHES);
        dangle3 = file.table("dangle-3", P * B);
        dangle5 = file.table("dangle-5", P * B);
        hairpin = file.table("hairpin", TABULATED - 2);
        bulge = file.table("bulge", TABULATED);
        interior = file.table("interior", TABULATED - 3);
        interior11 = SymmetricLoops.unfold(file.table("interior-1x1", 21 * 16), 1);
        interior12 = file.table("interior-1x2", P * P * 64);
        interior22 = SymmetricLoops.unfold(file.table("interior-2x2", 21 * 256), 2);
        terminalWeak = file.scalar("scalars", "terminal-AU-or-GU");
        asymmetryPerBase = file.scalar("scalars", "asymmetry-per-base");
        asymmetryAtMost = file.scalar("scalars", "asymmetry-at-most");
        leastInterior = lowerBoundsOfInterior();
        file.labelled("special-hairpins")
                .forEach(
                        (loop, energy) -> {
                            byte[] s = Bases.encode(loop);
                            specialHairpins.put(key(s, 0, s.length - 1), energy);
                        });
    }

    /** Returns the model with the parameters of Turner 2004. */
    static NearestNeighbour turner2004() {
        return TURNER_2004;
    }

    /** Returns the same model with other costs of multiloops. */
    static NearestNeighbour with(Multiloop multiloop) {
        return new NearestNeighbour(PARAMETERS, multiloop);
    }

    private int[] lowerBoundsOfInterior() {
        int mismatch =
                Math.min(
                        Math.min(least(interiorMismatch), least(interiorMismatch1n)),
                        least(interiorMismatch23));
        int[] bounds = new int[MOST_INTERIOR + 1];
        bounds[0] = least(stack);
        for (int size = 1; size <= MOST_INTERIOR; size++) {
            bounds[size] = bulge[size - 1] + (size == 1 ? least(stack) : 0);
            if (size >= 4) {
                bounds[size] = Math.min(bounds[size], interior[size - 4] + 2 * mismatch);
            }
        }
        bounds[2] = Math.min(bounds[2], least(interior11));
        bounds[3] = Math.min(bounds[3], least(interior12));
        bounds[4] = Math.min(bounds[4], least(interior22));
        return bounds;
    }

    private static int least(int[] table) {
        return Arrays.stream(table).min().getAsInt();
    }

    /** Returns an energy that no stack, bulge or interior loop of this many bases falls below. */
    int leastInterior(int size) {
        return leastInterior[size];
    }

    /** Returns the energy of the hairpin that the pair i.j closes. */
    int hairpin(byte[] s, int i, int j) {
        int size = j - i - 1;
        if (size == 3 || size == 4 || size == 6) {
            Integer special = specialHairpins.get(key(s, i, j));
            if (special != null) {
                return special;
            }
        }
        int pair = Bases.pair(s[i], s[j]);
        int initiation =
                size <= TABULATED ? hairpin[size - 3] : extended(hairpin[TABULATED - 3], size);
        return initiation
                + (size == 3
                        ? terminal(pair)
                        : mismatch(hairpinMismatch, pair, s[i + 1], s[j - 1]));
    }

    /**
     * Returns the energy of the loop between the pairs i.j and p.q, i &lt; p &lt; q &lt; j: a
     * stack, a bulge or an interior loop.
     */
    int interior(byte[] s, int i, int j, int p, int q) {
        int left = p - i - 1;
        int right = j - q - 1;
        int outer = Bases.pair(s[i], s[j]);
        int inner = Bases.pair(s[q], s[p]);
        if (left == 0 && right == 0) {
            return stack[P * outer + inner];
        }
        if (left == 0 || right == 0) {
            int size = left + right;
            return bulge[size - 1]
                    + (size == 1 ? stack[P * outer + inner] : terminal(outer) + terminal(inner));
        }
        byte x = s[i + 1];
        byte y = s[j - 1];
        byte innerX = s[q + 1];
        byte innerY = s[p - 1];
        if (left == 1 && right == 1) {
            return interior11[B * (B * (P * outer + inner) + x) + y];
        }
        if (left == 1 && right == 2) {
            return interior12[B * (B * (B * (P * outer + inner) + x) + innerX) + y];
        }
        if (left == 2 && right == 1) { // read from the other end
            return interior12[B * (B * (B * (P * inner + outer) + innerX) + x) + innerY];
        }
        if (left == 2 && right == 2) {
            return interior22[B * (B * (B * (B * (P * outer + inner) + x) + innerY) + innerX) + y];
        }
        int[] mismatches = mismatchesOf(left, right);
        return interior[left + right - 4]
                + Math.min(asymmetryAtMost, asymmetryPerBase * Math.abs(left - right))
                + mismatch(mismatches, outer, x, y)
                + mismatch(mismatches, inner, innerX, innerY);
    }

    private int[] mismatchesOf(int left, int right) {
        if (left == 1 || right == 1) {
            return interiorMismatch1n;
        }
        return left + right == 5 ? interiorMismatch23 : interiorMismatch;
    }

    /** Returns what the pair i.j adds to the exterior loop. */
    int exteriorBranch(byte[] s, int i, int j) {
        int pair = Bases.pair(s[j], s[i]); // as the exterior loop sees it
        int energy = terminal(pair);
        boolean before = i > 0;
        boolean after = j < s.length - 1;
        if (before && after) {
            return energy + mismatch(terminalMismatch, pair, s[j + 1], s[i - 1]);
        }
        if (before) {
            return energy + dangle5[B * pair + s[i - 1]];
        }
        return after ? energy + dangle3[B * pair + s[j + 1]] : energy;
    }

    /** Returns what the pair i.j adds to the multiloop around it. */
    int multiloopBranch(byte[] s, int i, int j) {
        return multiloopBranch(Bases.pair(s[j], s[i]), s[j + 1], s[i - 1]);
    }

    /** Returns what the pair i.j adds to the multiloop within, which it closes. */
    int multiloopClosing(byte[] s, int i, int j) {
        return multiloop.closing() + multiloopBranch(Bases.pair(s[i], s[j]), s[i + 1], s[j - 1]);
    }

    private int multiloopBranch(int pair, byte x, byte y) {
        return multiloop.branch() + terminal(pair) + mismatch(terminalMismatch, pair, x, y);
    }

    /** Returns what an unpaired base adds to a multiloop. */
    int multiloopUnpaired() {
        return multiloop.unpaired();
    }

    private int terminal(int pair) {
        return pair < 2 ? 0 : terminalWeak; // CG and GC come first
    }

    private static int mismatch(int[] table, int pair, byte x, byte y) {
        return table[B * (B * pair + x) + y];
    }

    private static int extended(int last, int size) {
        return last + (int) (LOGARITHMIC * StrictMath.log(size / (double) TABULATED));
    }

    /** Returns a number that no other hairpin of 3, 4 or 6 bases has: its bases after a one. */
    private static int key(byte[] s, int i, int j) {
        int key = 1;
        for (int k = i; k <= j; k++) {
            key = B * key + s[k];
        }
        return key;
    }

    /**
     * The linear cost of a multiloop.
     *
     * @param closing once per multiloop
     * @param branch per pair on it, the closing one included
     * @param unpaired per unpaired base on it
     */
    record Multiloop(int closing, int branch, int unpaired) {
        private static Multiloop of(ParameterFile file) {
            return new Multiloop(
                    file.scalar("scalars", "multiloop-closing"),
                    file.scalar("scalars", "multiloop-branch"),
                    file.scalar("scalars", "multiloop-unpaired"));
        }
    }
}
