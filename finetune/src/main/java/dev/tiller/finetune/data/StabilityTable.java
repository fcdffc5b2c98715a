package dev.tiller.finetune.data;

import dev.tiller.rewards.protein.Backbone;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * Reads measured single mutants from a table with a header line, gzipped or not, and joins them
 * with the backbones of their proteins by name.
 *
 * <p>A mutation is written as wild-type letter, chain, number of the residue with its insertion
 * code if it has one, new letter: {@code QA1K}. It is checked against the backbone; what does not
 * agree is dropped and counted.
 */
public final class StabilityTable {
    private static final Pattern MUTATION =
            Pattern.compile("([A-Z])(\\S)(-?[0-9]+[A-Za-z]?)([A-Z])");

    private StabilityTable() {}

    /**
     * The columns of a table.
     *
     * @param protein names of the proteins, those of the backbones
     * @param mutation the mutations
     * @param label what was measured
     * @param sign 1, or -1 to change the sign of the labels
     */
    public record Columns(String protein, String mutation, String label, int sign) {}

    /**
     * The mutants of a table.
     *
     * @param proteins the mutants of each protein, in the order of the backbones
     * @param read rows of the table
     * @param dropped how many rows were dropped for each reason
     */
    public record Proteins(List<Mutants> proteins, int read, Map<String, Integer> dropped) {}

    /** The mutants of a protein, while they are read. */
    private static final class Rows {
        private final Backbone backbone;
        private final Map<String, Integer> residues = new HashMap<>();
        private final List<Integer> positions = new ArrayList<>();
        private final List<Long> letters = new ArrayList<>();
        private final List<Double> labels = new ArrayList<>();

        Rows(Backbone backbone) {
            this.backbone = backbone;
            for (int i = 0; i < backbone.length(); i++) {
                residues.put(backbone.residues().get(i).label(), i);
            }
        }

        /** Adds a row; returns why it is dropped, or null. */
        String add(String text, double label) {
            Matcher mutation = MUTATION.matcher(text);
            if (!mutation.matches()) {
                return "not a single mutation such as QA1K";
            }
            Integer position = residues.get(mutation.group(2) + mutation.group(3));
            if (position == null) {
                return "no such residue in the backbone";
            }
            char wildType = mutation.group(1).charAt(0);
            if (backbone.residues().get(position).letter() != wildType) {
                return "another letter in the backbone";
            }
            char letter = mutation.group(4).charAt(0);
            if (letter == wildType || Backbone.AMINO_ACIDS.indexOf(letter) < 0) {
                return "no change to another of the twenty amino acids";
            }
            positions.add(position);
            letters.add((long) Backbone.AMINO_ACIDS.indexOf(letter));
            labels.add(label);
            return null;
        }

        Mutants mutants() {
            return new Mutants(
                    backbone,
                    positions.stream().mapToInt(Integer::intValue).toArray(),
                    letters.stream().mapToLong(Long::longValue).toArray(),
                    labels.stream().mapToDouble(Double::doubleValue).toArray());
        }
    }

    /**
     * Reads mutants.
     *
     * @param file the table
     * @param columns its columns
     * @param backbones the proteins, of different names
     * @return the mutants of those proteins that have some
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException if a column is missing, a label is no number, two backbones
     *     have the same name, or no mutant is left
     */
    public static Proteins read(Path file, Columns columns, List<Backbone> backbones)
            throws IOException {
        Map<String, Rows> proteins = new LinkedHashMap<>();
        for (Backbone backbone : backbones) {
            if (proteins.put(backbone.name(), new Rows(backbone)) != null) {
                throw new IllegalArgumentException(
                        "backbones must have different names, got two of " + backbone.name());
            }
        }
        Map<String, Integer> dropped = new LinkedHashMap<>();
        int read = 0;
        CSVFormat format = CSVFormat.TDF.builder().setHeader().setSkipHeaderRecord(true).get();
        try (BufferedReader reader = TextTable.open(file);
                CSVParser parser = format.parse(reader)) {
            TextTable.requireColumn(file, parser, columns.protein());
            TextTable.requireColumn(file, parser, columns.mutation());
            TextTable.requireColumn(file, parser, columns.label());
            for (CSVRecord row : parser) {
                read++;
                String where = file + ":" + parser.getCurrentLineNumber() + ": ";
                double label =
                        SequenceTable.number(
                                where,
                                columns.label(),
                                SequenceTable.cell(where, row, columns.label()));
                Rows rows = proteins.get(SequenceTable.cell(where, row, columns.protein()));
                String mutation = SequenceTable.cell(where, row, columns.mutation());
                String reason =
                        rows == null
                                ? "no backbone of that name"
                                : rows.add(mutation, columns.sign() * label);
                if (reason != null) {
                    dropped.merge(reason, 1, Integer::sum);
                }
            }
        } catch (UncheckedIOException | EOFException | ZipException e) {
            Throwable reason = e instanceof UncheckedIOException ? e.getCause() : e;
            throw new IOException(file + " cannot be read: " + reason.getMessage(), e);
        }
        List<Mutants> kept =
                proteins.values().stream()
                        .filter(rows -> !rows.labels.isEmpty())
                        .map(Rows::mutants)
                        .toList();
        if (kept.isEmpty()) {
            throw new IllegalArgumentException(
                    file + " must hold mutants of the backbones, got none; dropped: " + dropped);
        }
        return new Proteins(kept, read, dropped);
    }
}
