package dev.tiller.rewards.sequence;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Turns the lines of one FASTA file into records; used once. */
final class FastaParser {
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private final String file;
    private final String letters;
    private final List<Fasta.Record> records = new ArrayList<>();
    private final StringBuilder sequence = new StringBuilder();
    private String header;
    private int headerLine;
    private int line;

    FastaParser(String file, String letters) {
        this.file = file;
        this.letters = letters;
    }

    /** Takes the next line, without its end. */
    void accept(String text) {
        line++;
        boolean marked = line == 1 && text.startsWith(BYTE_ORDER_MARK);
        String content = (marked ? text.substring(1) : text).stripTrailing();
        if (content.startsWith(">")) {
            endRecord();
            header = content.substring(1).strip();
            headerLine = line;
            if (header.isEmpty()) {
                throw error(line, 1, "header without a name; write for example >design-1");
            }
        } else if (!content.isEmpty()) {
            if (header == null) {
                throw error(line, 1, "missing header; put a line such as >design-1 before it");
            }
            append(content);
        }
    }

    /** Returns all records, after the last line. */
    List<Fasta.Record> finish() {
        endRecord();
        return List.copyOf(records);
    }

    private void endRecord() {
        if (header == null) {
            return;
        }
        if (sequence.isEmpty()) {
            throw error(headerLine, 1, "empty record '" + header + "'; give it a sequence");
        }
        records.add(Fasta.Record.of(header, sequence.toString()));
        sequence.setLength(0);
    }

    private void append(String content) {
        for (int i = 0; i < content.length(); i++) {
            char letter = upperCase(content.charAt(i));
            if (letters.indexOf(letter) < 0) {
                String shown = show(content.codePointAt(i));
                String text = "illegal letter " + shown + " (allowed: " + letters + ")";
                throw error(line, i + 1, text + hint(letter));
            }
            sequence.append(letter);
        }
    }

    /** Explains the one confusion that is common: DNA given where RNA is spoken, or the reverse. */
    private String hint(char letter) {
        if (letter == 'U' && letters.indexOf('T') >= 0) {
            return "; this model writes T for U";
        }
        return letter == 'T' && letters.indexOf('U') >= 0 ? "; this model writes U for T" : "";
    }

    /** Changes a to z only: beyond ASCII there are signs whose upper case is an ASCII letter. */
    private static char upperCase(char letter) {
        return letter >= 'a' && letter <= 'z' ? (char) (letter - 'a' + 'A') : letter;
    }

    private static String show(int letter) {
        return Character.isISOControl(letter)
                ? String.format(Locale.ROOT, "U+%04X", letter)
                : "'" + Character.toString(letter) + "'";
    }

    private IllegalArgumentException error(int atLine, int column, String text) {
        return new IllegalArgumentException(file + ":" + atLine + ":" + column + ": " + text);
    }
}
