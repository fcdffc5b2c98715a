package dev.tiller.rewards.sequence.pwm;

import dev.tiller.rewards.sequence.Nucleotides;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Turns the lines of a file in JASPAR format into motifs; used once. */
final class JasparParser {
    private final MotifLines lines;

    JasparParser(MotifLines lines) {
        this.lines = lines;
    }

    MotifFile parse() {
        List<PositionMatrix> motifs = new ArrayList<>();
        while (lines.hasNext()) {
            motifs.add(motif(lines.take()));
        }
        return new MotifFile(motifs, Optional.empty());
    }

    private PositionMatrix motif(String header) {
        List<String> words = MotifLines.words(header.startsWith(">") ? header.substring(1) : "");
        if (words.isEmpty()) {
            throw lines.error(
                    "a motif must begin with a line such as >MA0004.1 Arnt, got '"
                            + header
                            + "'; MEME files begin with a line such as MEME version 5");
        }
        List<List<Double>> rows = new ArrayList<>();
        for (int a = 0; a < Nucleotides.COUNT; a++) {
            rows.add(null);
        }
        for (int row = 0; row < Nucleotides.COUNT; row++) {
            addRow(words.get(0), row, rows);
        }
        String name = words.size() > 1 ? String.join(" ", words.subList(1, words.size())) : "";
        return new PositionMatrix(
                words.get(0), name.isEmpty() ? words.get(0) : name, columns(rows));
    }

    private void addRow(String id, int row, List<List<Double>> rows) {
        boolean missing = !lines.hasNext() || lines.peek().startsWith(">");
        String line = lines.take();
        if (missing) {
            throw lines.error(
                    "motif '" + id + "' must have four rows, of A, C, G and T, got " + row);
        }
        List<String> words = MotifLines.words(line.replace('[', ' ').replace(']', ' '));
        int letter = words.isEmpty() ? -1 : MotifLines.nucleotide(words.get(0));
        int nucleotide = letter < 0 ? row : letter;
        if (rows.get(nucleotide) != null) {
            throw lines.error(
                    "motif '"
                            + id
                            + "' must have one row for each of A, C, G and T, got '"
                            + line
                            + "' once more");
        }
        List<String> numbers = letter < 0 ? words : words.subList(1, words.size());
        List<Double> counts = numbers.stream().map(lines::number).toList();
        for (List<Double> other : rows) {
            if (counts.isEmpty() || (other != null && other.size() != counts.size())) {
                throw lines.error(
                        "rows of motif '"
                                + id
                                + "' must have the same number of counts, got "
                                + counts.size());
            }
        }
        rows.set(nucleotide, counts);
    }

    /** Turns rows by nucleotide into columns by position. */
    private List<List<Double>> columns(List<List<Double>> rows) {
        List<List<Double>> columns = new ArrayList<>();
        for (int i = 0; i < rows.get(0).size(); i++) {
            int position = i;
            List<Double> column = rows.stream().map(row -> row.get(position)).toList();
            if (column.stream().allMatch(count -> count == 0)) {
                throw lines.error("position " + (i + 1) + " of the motif has no count at all");
            }
            columns.add(column);
        }
        return columns;
    }
}
