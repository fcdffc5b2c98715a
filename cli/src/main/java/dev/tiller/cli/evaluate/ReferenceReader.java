package dev.tiller.cli.evaluate;

import dev.tiller.cli.run.Quantiles;
import dev.tiller.rewards.sequence.Fasta;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * Reads reference sequences: a tab-separated table with a header line, of which rows may be chosen
 * and the best by a label taken, or a FASTA file. Either may be gzipped; which it is is seen from
 * its first bytes.
 */
public final class ReferenceReader {
    private final Path file;
    private final Options options;
    private final String letters;

    /**
     * How a table is read.
     *
     * @param sequenceColumn the column of sequences, or null for {@code sequence}
     * @param labelColumn the column of numbers by which the best are chosen, or null: all are
     * @param top the best are the rows whose label is above the (1 - top) quantile of all labels,
     *     interpolated linearly, as DRAKES takes them; null for 0.01
     * @param where values that columns must have in a row, else it is not read
     */
    public record Options(
            String sequenceColumn, String labelColumn, Double top, Map<String, String> where) {
        static final double TOP = 0.01;

        /** Checks the fraction. */
        public Options {
            where = where == null ? Map.of() : where;
            if (top != null && !(top > 0 && top <= 1)) {
                throw new IllegalArgumentException("--reference-top must be in (0, 1], got " + top);
            }
            if (top != null && labelColumn == null) {
                throw new IllegalArgumentException(
                        "--reference-top has no effect without --reference-label-column, got "
                                + top
                                + "; name the column");
            }
        }

        private boolean saysNothing() {
            return sequenceColumn == null && labelColumn == null && where.isEmpty();
        }
    }

    /** The chosen rows of a table. */
    private record Rows(List<String> sequences, List<Double> labels) {}

    private ReferenceReader(Path file, Options options, String letters) {
        this.file = file;
        this.options = options;
        this.letters = letters;
    }

    /**
     * Reads a reference.
     *
     * @param file a table or a FASTA file
     * @param options how a table is read; a FASTA file takes none
     * @param letters the allowed letters; lower case is made upper case
     * @return at least one sequence
     * @throws IllegalArgumentException if the content is wrong; the text begins with the file
     * @throws IOException if the file cannot be read
     */
    public static Reference read(Path file, Options options, String letters) throws IOException {
        return new ReferenceReader(file, options, letters).read();
    }

    private Reference read() throws IOException {
        try {
            return isFasta() ? fasta() : table();
        } catch (UncheckedIOException | EOFException | ZipException e) {
            Throwable reason = e instanceof UncheckedIOException ? e.getCause() : e;
            throw new IOException(file + " cannot be read: " + reason.getMessage(), e);
        }
    }

    private BufferedReader open() throws IOException {
        InputStream bytes = new BufferedInputStream(Files.newInputStream(file));
        bytes.mark(2);
        boolean gzipped = bytes.read() == 0x1f && bytes.read() == 0x8b;
        bytes.reset();
        InputStream text = gzipped ? new GZIPInputStream(bytes) : bytes;
        return new BufferedReader(new InputStreamReader(text, StandardCharsets.UTF_8));
    }

    private boolean isFasta() throws IOException {
        try (BufferedReader reader = open()) {
            int next = reader.read();
            while (next == '\ufeff' || (next >= 0 && Character.isWhitespace(next))) {
                next = reader.read();
            }
            return next == '>';
        }
    }

    private Reference fasta() throws IOException {
        if (!options.saysNothing()) {
            throw new IllegalArgumentException(
                    "--reference-sequence-column, --reference-label-column and --reference-where"
                            + " belong to a table, got the FASTA file "
                            + file);
        }
        List<String> all = Fasta.read(file, letters).stream().map(Fasta.Record::sequence).toList();
        return new Reference(all, all, all.size() + " sequences of " + file);
    }

    private Reference table() throws IOException {
        Rows rows = rows();
        int count = rows.sequences().size();
        if (count == 0) {
            throw new IllegalArgumentException(
                    file
                            + " must have a row"
                            + (options.where().isEmpty() ? "" : " with " + options.where())
                            + ", got none");
        }
        String from = count + " rows of " + file;
        if (options.labelColumn() == null) {
            return new Reference(rows.sequences(), rows.sequences(), from);
        }
        double top = options.top() == null ? Options.TOP : options.top();
        double[] labels = rows.labels().stream().mapToDouble(Double::doubleValue).toArray();
        double bound = top == 1 ? Double.NEGATIVE_INFINITY : Quantiles.of(labels, 1 - top);
        List<String> best = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            if (labels[i] > bound) {
                best.add(rows.sequences().get(i));
            }
        }
        if (best.isEmpty()) {
            throw new IllegalArgumentException(
                    file
                            + " must have rows with "
                            + options.labelColumn()
                            + " above its quantile "
                            + bound
                            + ", got none; raise --reference-top");
        }
        String note =
                String.format(
                        Locale.ROOT,
                        "the %d with %s above %.4f of %s",
                        best.size(),
                        options.labelColumn(),
                        bound,
                        from);
        return new Reference(rows.sequences(), best, note);
    }

    private Rows rows() throws IOException {
        String sequenceColumn =
                options.sequenceColumn() == null ? "sequence" : options.sequenceColumn();
        String labelColumn = options.labelColumn();
        CSVFormat format = CSVFormat.TDF.builder().setHeader().setSkipHeaderRecord(true).get();
        Rows rows = new Rows(new ArrayList<>(), new ArrayList<>());
        try (BufferedReader reader = open();
                CSVParser parser = format.parse(reader)) {
            requireColumn(parser, sequenceColumn, "--reference-sequence-column");
            if (labelColumn != null) {
                requireColumn(parser, labelColumn, "--reference-label-column");
            }
            for (String column : options.where().keySet()) {
                requireColumn(parser, column, "--reference-where");
            }
            for (CSVRecord row : parser) {
                String where = file + ":" + parser.getCurrentLineNumber() + ": ";
                if (chosen(where, row)) {
                    rows.sequences().add(sequence(where, row, sequenceColumn));
                    if (labelColumn != null) {
                        rows.labels().add(number(where, row, labelColumn));
                    }
                }
            }
        }
        return rows;
    }

    private boolean chosen(String where, CSVRecord row) {
        return options.where().entrySet().stream()
                .allMatch(entry -> cell(where, row, entry.getKey()).equals(entry.getValue()));
    }

    private void requireColumn(CSVParser parser, String column, String option) {
        if (!parser.getHeaderNames().contains(column)) {
            throw new IllegalArgumentException(
                    file
                            + " must have the column '"
                            + column
                            + "' of "
                            + option
                            + ", got "
                            + parser.getHeaderNames());
        }
    }

    private static String cell(String where, CSVRecord row, String column) {
        if (!row.isSet(column)) {
            throw new IllegalArgumentException(where + "missing column '" + column + "'");
        }
        return row.get(column);
    }

    private String sequence(String where, CSVRecord row, String column) {
        String sequence = cell(where, row, column).toUpperCase(Locale.ROOT);
        if (sequence.isEmpty()) {
            throw new IllegalArgumentException(where + "column '" + column + "' must not be empty");
        }
        Letters.require(sequence, letters, where + column);
        return sequence;
    }

    private static double number(String where, CSVRecord row, String column) {
        String text = cell(where, row, column);
        double number = Double.NaN;
        try {
            number = Double.parseDouble(text);
        } catch (NumberFormatException e) {
            // not a number: said below
        }
        if (!Double.isFinite(number)) {
            throw new IllegalArgumentException(
                    where + column + " must be a number, got '" + text + "'");
        }
        return number;
    }
}
