package dev.tiller.rewards.sequence.pwm;

import dev.tiller.rewards.sequence.Nucleotides;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Walks through the lines of one file and says where an error is; used once. */
final class MotifLines {
    private static final Pattern BLANKS = Pattern.compile("\\s+");
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private final String file;
    private final List<String> lines;
    private int next;

    MotifLines(String file, List<String> lines) {
        this.file = file;
        this.lines = lines;
    }

    /** Returns the first line that is not blank, or "" if there is none; does not move on. */
    String first() {
        return lines.stream()
                .map(line -> line.replace(BYTE_ORDER_MARK, "").strip())
                .filter(line -> !line.isEmpty())
                .findFirst()
                .orElse("");
    }

    /** Moves on over blank lines and tells whether a line is left. */
    boolean hasNext() {
        while (next < lines.size() && text(next).isEmpty()) {
            next++;
        }
        return next < lines.size();
    }

    /** Returns the next line that is not blank, without moving on. */
    String peek() {
        return hasNext() ? text(next) : "";
    }

    /** Returns the next line that is not blank, without blanks around it. */
    String take() {
        String text = peek();
        next++;
        return text;
    }

    /** Returns the number of the line that was taken last, from 1. */
    int number() {
        return next;
    }

    private String text(int line) {
        String text = lines.get(line);
        return (line == 0 ? text.replace(BYTE_ORDER_MARK, "") : text).strip();
    }

    /** Returns the words of a line, none if it is blank. */
    static List<String> words(String line) {
        String text = line.strip();
        return text.isEmpty() ? List.of() : Arrays.asList(BLANKS.split(text));
    }

    /** Reads a number that may be a count or a probability. */
    double number(String word) {
        double value;
        try {
            value = Double.parseDouble(word);
        } catch (NumberFormatException e) {
            throw error("not a number: '" + word + "'", e);
        }
        if (!(value >= 0 && Double.isFinite(value))) {
            throw error("a count must be a number from 0 on, got " + word);
        }
        return value;
    }

    /** Returns the nucleotide that a word of one letter names, or -1 if it is another word. */
    static int nucleotide(String word) {
        String letter = word.toUpperCase(Locale.ROOT);
        boolean one = letter.length() == 1 && Nucleotides.LETTERS.contains(letter);
        return one ? Nucleotides.index(letter.charAt(0)) : -1;
    }

    /** Returns an error at the line that was taken last. */
    IllegalArgumentException error(String text) {
        return error(text, null);
    }

    private IllegalArgumentException error(String text, Throwable cause) {
        // at the end of the file "last taken" is one past the last line
        int line = Math.max(1, Math.min(next, lines.size()));
        return new IllegalArgumentException(file + ":" + line + ": " + text, cause);
    }
}
