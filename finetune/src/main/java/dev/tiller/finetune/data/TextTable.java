package dev.tiller.finetune.data;

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
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** Tab-separated tables with a header line, plain or gzipped. */
final class TextTable {
    private TextTable() {}

    /** Opens a text file; whether it is gzipped is seen from its first bytes. */
    static BufferedReader open(Path file) throws IOException {
        InputStream bytes = new BufferedInputStream(Files.newInputStream(file));
        bytes.mark(2);
        boolean gzipped = bytes.read() == 0x1f && bytes.read() == 0x8b;
        bytes.reset();
        InputStream text = gzipped ? new GZIPInputStream(bytes) : bytes;
        return new BufferedReader(new InputStreamReader(text, StandardCharsets.UTF_8));
    }

    /** Returns the texts of one column. */
    static List<String> column(Path file, String column) throws IOException {
        CSVFormat format = CSVFormat.TDF.builder().setHeader().setSkipHeaderRecord(true).get();
        List<String> texts = new ArrayList<>();
        try (BufferedReader reader = open(file);
                CSVParser parser = format.parse(reader)) {
            requireColumn(file, parser, column);
            for (CSVRecord row : parser) {
                texts.add(row.isSet(column) ? row.get(column) : "");
            }
        } catch (UncheckedIOException | EOFException | ZipException e) {
            Throwable reason = e instanceof UncheckedIOException ? e.getCause() : e;
            throw new IOException(file + " cannot be read: " + reason.getMessage(), e);
        }
        return texts;
    }

    /** Says which columns there are if one is not. */
    static void requireColumn(Path file, CSVParser parser, String column) {
        if (!parser.getHeaderNames().contains(column)) {
            throw new IllegalArgumentException(
                    file + " must have a column '" + column + "', got " + parser.getHeaderNames());
        }
    }
}
