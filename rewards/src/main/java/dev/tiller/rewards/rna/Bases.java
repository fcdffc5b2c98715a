package dev.tiller.rewards.rna;

import java.util.Arrays;
import java.util.Objects;

/**
 * Nucleotides and pairs as small numbers: A C G U are 0 to 3, the pairs CG GC GU UG AU UA are 0 to
 * 5, in the order of the parameter file.
 */
final class Bases {
    static final String LETTERS = "ACGTU";
    static final int COUNT = 4;
    static final int PAIRS = 6;

    /** Where two bases do not pair. */
    static final int NO_PAIR = -1;

    /** The fewest unpaired bases that a hairpin bends around. */
    static final int LEAST_HAIRPIN = 3;

    private static final String PAIR_NAMES = "CGGCGUUGAUUA";
    private static final int[] PAIR = pairs();

    private Bases() {}

    /** Returns the codes of a sequence; T is read as U. */
    static byte[] encode(String sequence) {
        Objects.requireNonNull(sequence, "sequence");
        byte[] codes = new byte[sequence.length()];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = code(sequence, i);
        }
        return codes;
    }

    private static byte code(String sequence, int i) {
        return switch (sequence.charAt(i)) {
            case 'A' -> 0;
            case 'C' -> 1;
            case 'G' -> 2;
            case 'T', 'U' -> 3;
            default ->
                    throw new IllegalArgumentException(
                            "letters of a sequence must be of "
                                    + LETTERS
                                    + ", got '"
                                    + Character.toString(sequence.codePointAt(i))
                                    + "' at position "
                                    + (i + 1)
                                    + "; write upper case");
        };
    }

    /** Returns the number of the pair of bases {@code x} and {@code y}, or {@link #NO_PAIR}. */
    static int pair(byte x, byte y) {
        return PAIR[COUNT * x + y];
    }

    private static int[] pairs() {
        int[] table = new int[COUNT * COUNT];
        Arrays.fill(table, NO_PAIR);
        byte[] names = encode(PAIR_NAMES);
        for (int pair = 0; pair < PAIRS; pair++) {
            table[COUNT * names[2 * pair] + names[2 * pair + 1]] = pair;
        }
        return table;
    }
}
