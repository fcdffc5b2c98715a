package dev.tiller.finetune.data;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** Reads sequences and labels from a tab-separated table with a header line, plain or gzipped. */
public final class SequenceTable {
    private SequenceTable() {}

    /**
     * The rows of a table.
     *
     * @param data sequences and labels
     * @param texts further columns by name: the text of each row
     */
    public record Rows(LabelledTokens data, Map<String, List<String>> texts) {}

    /**
     * Reads sequences and labels.
     *
     * @param file a TSV file, gzipped or not
     * @param sequenceColumn name of the column of sequences, all of one length
     * @param labelColumn name of the column of labels, or null for none (labels are 0)
     * @param alphabet the letters, token 0 first
     * @return the rows
     * @throws IOException if the file cannot be read
     */
    public static LabelledTokens read(
            Path file, String sequenceColumn, String labelColumn, String alphabet)
            throws IOException {
        return read(file, sequenceColumn, labelColumn, List.of(), alphabet).data();
    }

    /**
     * Reads sequences, labels and further columns.
     *
     * @param file a TSV file, gzipped or not
     * @param sequenceColumn name of the column of sequences, all of one length
     * @param labelColumn name of the column of labels, or null for none (labels are 0)
     * @param textColumns names of further columns, kept as they are
     * @param alphabet the letters, token 0 first
     * @return the rows
     * @throws IOException if the file cannot be read
     */
    public static Rows read(
            Path file,
            String sequenceColumn,
            String labelColumn,
            Collection<String> textColumns,
            String alphabet)
            throws IOException {
        CSVFormat format = CSVFormat.TDF.builder().setHeader().setSkipHeaderRecord(true).get();
        List<long[]> tokens = new ArrayList<>();
        List<Double> labels = new ArrayList<>();
        Map<String, List<String>> texts = new LinkedHashMap<>();
        textColumns.forEach(column -> texts.put(column, new ArrayList<>()));
        try (BufferedReader reader = TextTable.open(file);
                CSVParser parser = format.parse(reader)) {
            TextTable.requireColumn(file, parser, sequenceColumn);
            if (labelColumn != null) {
                TextTable.requireColumn(file, parser, labelColumn);
            }
            texts.keySet().forEach(column -> TextTable.requireColumn(file, parser, column));
            for (CSVRecord row : parser) {
                String where = file + ":" + parser.getCurrentLineNumber() + ": ";
                tokens.add(encode(where, cell(where, row, sequenceColumn), alphabet));
                labels.add(
                        labelColumn == null
                                ? 0.0
                                : number(where, labelColumn, cell(where, row, labelColumn)));
                texts.forEach((column, values) -> values.add(cell(where, row, column)));
                requireLength(where, tokens);
            }
        } catch (UncheckedIOException | EOFException | ZipException e) {
            Throwable reason = e instanceof UncheckedIOException ? e.getCause() : e;
            throw new IOException(file + " cannot be read: " + reason.getMessage(), e);
        }
        if (tokens.isEmpty()) {
            throw new IllegalArgumentException(
                    file + " must hold at least one row below its header line");
        }
        double[] numbers = labels.stream().mapToDouble(Double::doubleValue).toArray();
        return new Rows(new LabelledTokens(tokens.toArray(long[][]::new), numbers), texts);
    }

    private static void requireLength(String where, List<long[]> tokens) {
        int first = tokens.get(0).length;
        int last = tokens.get(tokens.size() - 1).length;
        if (first != last) {
            throw new IllegalArgumentException(
                    where
                            + "all sequences must have the length of the first, "
                            + first
                            + ", got "
                            + last);
        }
    }

    static String cell(String where, CSVRecord row, String column) {
        if (!row.isSet(column) || row.get(column).isEmpty()) {
            throw new IllegalArgumentException(where + "column '" + column + "' must not be empty");
        }
        return row.get(column);
    }

    private static long[] encode(String where, String sequence, String alphabet) {
        long[] tokens = new long[sequence.length()];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = alphabet.indexOf(sequence.charAt(i));
            if (tokens[i] < 0) {
                throw new IllegalArgumentException(
                        where
                                + "illegal letter '"
                                + sequence.charAt(i)
                                + "' at position "
                                + (i + 1)
                                + " (allowed: "
                                + alphabet
                                + ")");
            }
        }
        return tokens;
    }

    static double number(String where, String column, String text) {
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
