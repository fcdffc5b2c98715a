package dev.tiller.sampler.constraint;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The letters of a model and the codes that stand for sets of them. A set is a bit mask. */
final class Alphabet {
    private static final int MOST_LETTERS = 64;

    /** The IUPAC codes of nucleotides; T is U in RNA. */
    private static final Map<Character, String> NUCLEOTIDES =
            Map.ofEntries(
                    Map.entry('R', "AG"),
                    Map.entry('Y', "CT"),
                    Map.entry('S', "CG"),
                    Map.entry('W', "AT"),
                    Map.entry('K', "GT"),
                    Map.entry('M', "AC"),
                    Map.entry('B', "CGT"),
                    Map.entry('D', "AGT"),
                    Map.entry('H', "ACT"),
                    Map.entry('V', "ACG"),
                    Map.entry('N', "ACGT"));

    private final String letters;
    private final boolean nucleotides;

    Alphabet(String letters) {
        if (letters.isEmpty() || letters.length() > MOST_LETTERS) {
            throw new IllegalArgumentException(
                    "constraints need an alphabet of 1 to "
                            + MOST_LETTERS
                            + " letters, got "
                            + letters.length());
        }
        this.letters = letters;
        this.nucleotides = letters.chars().allMatch(letter -> "ACGTUN".indexOf(letter) >= 0);
    }

    int size() {
        return letters.length();
    }

    /** Returns the set of all letters. */
    long all() {
        return -1L >>> (Long.SIZE - letters.length());
    }

    /** Returns the token of a letter, or -1. */
    int token(char letter) {
        return letters.indexOf(letter);
    }

    char letter(int token) {
        return letters.charAt(token);
    }

    /** Reads a pattern: one set for each position. */
    long[] pattern(String text, String key) {
        List<Long> sets = new ArrayList<>();
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) != '[') {
                sets.add(set(text.charAt(i), text, key));
                continue;
            }
            int end = text.indexOf(']', i);
            boolean others = text.startsWith("[^", i);
            int first = i + (others ? 2 : 1);
            if (end <= first) {
                throw new IllegalArgumentException(
                        "constraints." + key + " must close [ after some letters, got " + text);
            }
            long set = union(text.substring(first, end), key);
            sets.add(others ? all() & ~set : set);
            i = end;
        }
        if (sets.contains(0L)) {
            throw new IllegalArgumentException(
                    "constraints." + key + " must leave a letter at each place, got " + text);
        }
        return sets.stream().mapToLong(Long::longValue).toArray();
    }

    /** Reads letters and codes: the set of all of them. */
    long union(String text, String key) {
        long set = 0;
        for (int i = 0; i < text.length(); i++) {
            set |= set(text.charAt(i), text, key);
        }
        return set;
    }

    private long set(char code, String text, String key) {
        if (letters.indexOf(code) >= 0) {
            return 1L << letters.indexOf(code);
        }
        if (code == '.' || (code == 'X' && !nucleotides)) {
            return all();
        }
        if (nucleotides && NUCLEOTIDES.containsKey(code)) {
            long set = 0;
            for (char letter : NUCLEOTIDES.get(code).toCharArray()) {
                int token = token(letter == 'T' && token('T') < 0 ? 'U' : letter);
                set |= token < 0 ? 0 : 1L << token;
            }
            return set;
        }
        throw new IllegalArgumentException(
                "constraints."
                        + key
                        + " must be written in the letters "
                        + letters
                        + (nucleotides ? ", IUPAC codes" : ", X for any")
                        + ", . for any, [ ] for some and [^ ] for others, got "
                        + code
                        + (code == text.charAt(0) && text.length() == 1 ? "" : " in " + text));
    }
}
