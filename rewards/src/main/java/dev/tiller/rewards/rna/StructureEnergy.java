package dev.tiller.rewards.rna;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * The free energy of a given secondary structure, as the sum over its loops, by the model of {@link
 * MinimumFreeEnergy}. Pure function, safe for concurrent use.
 */
public final class StructureEnergy {
    private static final int UNPAIRED = -1;

    private final byte[] bases;
    private final int[] partner;
    private final NearestNeighbour model;

    private StructureEnergy(byte[] bases, int[] partner, NearestNeighbour model) {
        this.bases = bases;
        this.partner = partner;
        this.model = model;
    }

    /**
     * Returns the free energy of a structure.
     *
     * @param sequence the bases from 5' to 3', letters ACGTU
     * @param structure a bracket for each paired base and a dot for each unpaired one, as long as
     *     the sequence
     * @return the energy in kcal/mol at 37 degrees Celsius; the open chain has 0
     * @throws IllegalArgumentException if a letter or a character is unknown, the lengths differ,
     *     brackets do not match, two bases do not pair (CG, AU and GU do), a hairpin has fewer than
     *     3 bases, or an interior loop more than 30
     */
    public static double of(String sequence, String structure) {
        int energy = of(sequence, structure, NearestNeighbour.turner2004());
        return energy / MinimumFreeEnergy.HUNDREDTHS;
    }

    /** Returns the energy by any model, in 1/100 kcal/mol. */
    static int of(String sequence, String structure, NearestNeighbour model) {
        byte[] bases = Bases.encode(sequence);
        if (structure.length() != bases.length) {
            throw new IllegalArgumentException(
                    "structure must be as long as the sequence ("
                            + bases.length
                            + "), got "
                            + structure.length());
        }
        return new StructureEnergy(bases, partners(structure), model).sum();
    }

    private static int[] partners(String structure) {
        int[] partner = new int[structure.length()];
        Arrays.fill(partner, UNPAIRED);
        Deque<Integer> open = new ArrayDeque<>();
        for (int k = 0; k < partner.length; k++) {
            switch (structure.charAt(k)) {
                case '.' -> {}
                case '(' -> open.push(k);
                case ')' -> {
                    if (open.isEmpty()) {
                        throw unmatched(k);
                    }
                    int i = open.pop();
                    partner[i] = k;
                    partner[k] = i;
                }
                default ->
                        throw new IllegalArgumentException(
                                "structure must be of '(', ')' and '.', got '"
                                        + Character.toString(structure.codePointAt(k))
                                        + "' at position "
                                        + (k + 1));
            }
        }
        if (!open.isEmpty()) {
            throw unmatched(open.pop());
        }
        return partner;
    }

    private static IllegalArgumentException unmatched(int k) {
        return new IllegalArgumentException(
                "brackets of a structure must match, got a single one at position " + (k + 1));
    }

    private int sum() {
        for (int i = 0; i < bases.length; i++) {
            if (partner[i] > i) {
                requirePair(i, partner[i]);
            }
        }
        int sum = 0;
        for (int[] branch : branches(0, bases.length - 1)) {
            sum += model.exteriorBranch(bases, branch[0], branch[1]);
        }
        for (int i = 0; i < bases.length; i++) {
            if (partner[i] > i) {
                sum += loop(i, partner[i]);
            }
        }
        return sum;
    }

    /** Returns the energy of the loop that the pair i.j closes. */
    private int loop(int i, int j) {
        List<int[]> branches = branches(i + 1, j - 1);
        int unpaired = j - i - 1;
        for (int[] branch : branches) {
            unpaired -= branch[1] - branch[0] + 1;
        }
        return switch (branches.size()) {
            case 0 -> hairpin(i, j, unpaired);
            case 1 -> interior(i, j, branches.get(0), unpaired);
            default -> multiloop(i, j, branches, unpaired);
        };
    }

    private void requirePair(int i, int j) {
        if (Bases.pair(bases[i], bases[j]) == Bases.NO_PAIR) {
            throw new IllegalArgumentException(
                    "paired bases must be CG, AU or GU in either order, got others at positions "
                            + (i + 1)
                            + " and "
                            + (j + 1));
        }
    }

    private static void requireSize(boolean fits, String rule, int i, int unpaired) {
        if (!fits) {
            throw new IllegalArgumentException(
                    "unpaired bases of "
                            + rule
                            + ", got "
                            + unpaired
                            + " after the pair of position "
                            + (i + 1));
        }
    }

    private int hairpin(int i, int j, int unpaired) {
        requireSize(unpaired >= Bases.LEAST_HAIRPIN, "a hairpin must be at least 3", i, unpaired);
        return model.hairpin(bases, i, j);
    }

    private int interior(int i, int j, int[] inner, int unpaired) {
        boolean fits = unpaired <= NearestNeighbour.MOST_INTERIOR;
        requireSize(fits, "an interior loop must be at most 30", i, unpaired);
        return model.interior(bases, i, j, inner[0], inner[1]);
    }

    private int multiloop(int i, int j, List<int[]> branches, int unpaired) {
        int sum = model.multiloopClosing(bases, i, j) + unpaired * model.multiloopUnpaired();
        for (int[] branch : branches) {
            sum += model.multiloopBranch(bases, branch[0], branch[1]);
        }
        return sum;
    }

    /** Returns the outermost pairs within i..j. */
    private List<int[]> branches(int i, int j) {
        List<int[]> branches = new ArrayList<>();
        for (int k = i; k <= j; k++) {
            if (partner[k] > k) {
                branches.add(new int[] {k, partner[k]});
                k = partner[k];
            }
        }
        return branches;
    }
}
