package dev.tiller.cli.evaluate;

import java.util.List;
import java.util.Locale;

/** The letters of sequences. */
public final class Letters {
    /** What sequences may be written in where nothing else restricts them. */
    public static final String ANY = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789*-";

    private static final String NUCLEOTIDES = "ACGTU";

    private Letters() {}

    /**
     * Returns the letters that all of several readers know.
     *
     * @param alphabets the letters of each reader
     * @return those in all of them, in the order of {@link #ANY}
     * @throws IllegalArgumentException if there are none
     */
    public static String shared(List<String> alphabets) {
        StringBuilder shared = new StringBuilder();
        ANY.chars()
                .filter(letter -> alphabets.stream().allMatch(a -> a.indexOf(letter) >= 0))
                .forEach(letter -> shared.append((char) letter));
        if (shared.isEmpty()) {
            throw new IllegalArgumentException(
                    "rewards, models and motifs must share letters, got " + alphabets);
        }
        return shared.toString();
    }

    /**
     * Checks the letters of one sequence.
     *
     * @param sequence the sequence
     * @param letters the allowed letters
     * @param where begins the text of the error
     * @throws IllegalArgumentException if there is another letter
     */
    public static void require(String sequence, String letters, String where) {
        for (int i = 0; i < sequence.length(); i++) {
            if (letters.indexOf(sequence.charAt(i)) < 0) {
                throw new IllegalArgumentException(
                        where
                                + ": illegal letter '"
                                + sequence.charAt(i)
                                + "' at position "
                                + (i + 1)
                                + " (allowed: "
                                + letters
                                + ")");
            }
        }
    }

    /** Tells whether sequences are DNA or RNA, by their letters. */
    static boolean areNucleotides(List<String> sequences) {
        return sequences.stream()
                .allMatch(text -> text.chars().allMatch(c -> NUCLEOTIDES.indexOf(c) >= 0));
    }

    /**
     * Checks that nucleotide sequences that are to be compared write the same letter for thymine
     * and uracil.
     *
     * @param set designs
     * @param reference sequences
     * @param name where they come from
     * @throws IllegalArgumentException if one side writes only T and the other only U
     */
    public static void requireSameSpelling(DesignSet set, List<String> reference, String name) {
        if (!areNucleotides(set.designs()) || !areNucleotides(reference)) {
            return;
        }
        char ours = spelling(set.designs());
        char theirs = spelling(reference);
        if (ours != ' ' && theirs != ' ' && ours != theirs) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "sets must be written in the letters of --reference, got %s in %s and"
                                    + " %s in %s; write one of them in the letters of the other",
                            ours,
                            set.source(),
                            theirs,
                            name));
        }
    }

    /** T or U, whichever alone occurs; a blank for none or both. */
    private static char spelling(List<String> sequences) {
        boolean thymine = sequences.stream().anyMatch(text -> text.indexOf('T') >= 0);
        boolean uracil = sequences.stream().anyMatch(text -> text.indexOf('U') >= 0);
        if (thymine == uracil) {
            return ' ';
        }
        return thymine ? 'T' : 'U';
    }
}
