package dev.tiller.rewards.sequence;

import java.util.Arrays;
import java.util.Locale;

/**
 * A motif in the IUPAC codes for nucleotides: for each position the set of letters that fit, as
 * bits by {@link Nucleotides#index}. Immutable.
 */
final class IupacMotif {
    static final String CODES = "ACGTURYSWKMBDHVN";

    private final int[] sets;

    private IupacMotif(int[] sets) {
        this.sets = sets;
    }

    /** Makes a motif of text that {@link #requireCodes} has seen. */
    static IupacMotif of(String codes) {
        return new IupacMotif(codes.chars().map(IupacMotif::set).toArray());
    }

    /** Returns the motif in upper case, or fails if it is not made of IUPAC codes. */
    static String requireCodes(String motif) {
        String codes = motif.toUpperCase(Locale.ROOT);
        if (codes.isEmpty() || codes.chars().anyMatch(code -> CODES.indexOf(code) < 0)) {
            throw new IllegalArgumentException(
                    "motif must be one or more of the IUPAC codes "
                            + CODES
                            + ", got '"
                            + codes
                            + "'; write for example GCCRCC");
        }
        return codes;
    }

    int length() {
        return sets.length;
    }

    /** Returns whether a nucleotide fits at a position of the motif. */
    boolean allows(int position, int nucleotide) {
        return (sets[position] >> nucleotide & 1) != 0;
    }

    /** Counts the positions at which the motif fits nucleotides from {@code start} on. */
    int matches(int[] nucleotides, int start) {
        int matches = 0;
        for (int i = 0; i < sets.length; i++) {
            matches += allows(i, nucleotides[start + i]) ? 1 : 0;
        }
        return matches;
    }

    /** Returns the motif that this one is on the other strand. */
    IupacMotif reverseComplement() {
        int[] reversed = new int[sets.length];
        for (int i = 0; i < sets.length; i++) {
            // A and T, and C and G, are mirror images in the four bits
            reversed[sets.length - 1 - i] = Integer.reverse(sets[i]) >>> (32 - Nucleotides.COUNT);
        }
        return new IupacMotif(reversed);
    }

    /** Returns the motif that fits where both this one and another of equal length fit. */
    IupacMotif and(IupacMotif other) {
        int[] common = new int[sets.length];
        Arrays.setAll(common, i -> sets[i] & other.sets[i]);
        return new IupacMotif(common);
    }

    private static int set(int code) {
        return switch (code) {
            case 'A' -> 1;
            case 'C' -> 2;
            case 'M' -> 3;
            case 'G' -> 4;
            case 'R' -> 5;
            case 'S' -> 6;
            case 'V' -> 7;
            case 'T', 'U' -> 8;
            case 'W' -> 9;
            case 'Y' -> 10;
            case 'H' -> 11;
            case 'K' -> 12;
            case 'D' -> 13;
            case 'B' -> 14;
            case 'N' -> 15;
            default -> throw new IllegalStateException("not an IUPAC code: " + (char) code);
        };
    }
}
