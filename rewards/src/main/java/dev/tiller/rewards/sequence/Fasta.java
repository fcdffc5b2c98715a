package dev.tiller.rewards.sequence;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * The FASTA format: reads it, plain or compressed with gzip, and writes it.
 *
 * <p>A record is a header line that begins with {@code >} and the lines of its sequence. Sequences
 * may be wrapped, lines may end in LF or CRLF, blank lines and blanks at the end of a line mean
 * nothing, and lower-case letters are made upper case. Text is UTF-8. The whole file is held in
 * memory.
 */
public final class Fasta {
    private static final Pattern BLANKS = Pattern.compile("\\s+");

    private Fasta() {}

    /**
     * Reads a file. Whether it is compressed is seen from its first bytes, not from its name.
     *
     * @param file the file
     * @param letters the allowed letters, in upper case, such as {@code ACGT}
     * @return the records in the order of the file; none if the file is empty
     * @throws IllegalArgumentException if the content is wrong; the text begins with the file, the
     *     line and the column, counted from 1, such as {@code designs.fa:12:7:}
     * @throws IOException if the file cannot be read
     */
    public static List<Record> read(Path file, String letters) throws IOException {
        try (InputStream bytes = new BufferedInputStream(Files.newInputStream(file));
                BufferedReader lines =
                        new BufferedReader(
                                new InputStreamReader(plain(bytes), StandardCharsets.UTF_8))) {
            FastaParser parser = new FastaParser(file.toString(), letters);
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                parser.accept(line);
            }
            return parser.finish();
        } catch (ZipException | EOFException e) {
            throw new IOException(file + ": damaged gzip file; copy it again", e);
        }
    }

    private static InputStream plain(InputStream bytes) throws IOException {
        bytes.mark(2);
        int magic = bytes.read() | bytes.read() << 8;
        bytes.reset();
        return magic == GZIPInputStream.GZIP_MAGIC ? new GZIPInputStream(bytes) : bytes;
    }

    /**
     * Writes records, each sequence on one line.
     *
     * @param records the records
     * @param out where to write; neither flushed nor closed
     * @throws IOException if {@code out} fails
     */
    public static void write(Iterable<Record> records, Appendable out) throws IOException {
        for (Record next : records) {
            out.append('>').append(next.header()).append('\n');
            out.append(next.sequence()).append('\n');
        }
    }

    /**
     * One sequence with its name.
     *
     * @param id the first word of the header
     * @param header the whole header, without the {@code >}
     * @param sequence the letters of the sequence, at least one
     */
    public record Record(String id, String header, String sequence) {

        /** Checks that the record can be written and read back. */
        public Record {
            if (header.contains("\n") || header.contains("\r") || !header.equals(header.strip())) {
                throw new IllegalArgumentException(
                        "header must be one line without blanks around it, got '" + header + "'");
            }
            if (id.isEmpty() || !id.equals(firstWord(header))) {
                throw new IllegalArgumentException(
                        "id must be the first word of the header '"
                                + header
                                + "', got '"
                                + id
                                + "'");
            }
            if (sequence.isEmpty() || BLANKS.matcher(sequence).find()) {
                throw new IllegalArgumentException(
                        "sequence of '" + id + "' must be letters, got '" + sequence + "'");
            }
        }

        /**
         * Makes a record from its header.
         *
         * @param header the whole header, without the {@code >}; its first word becomes the id
         * @param sequence the letters of the sequence, at least one
         * @return the record
         */
        public static Record of(String header, String sequence) {
            return new Record(firstWord(header), header, sequence);
        }

        private static String firstWord(String header) {
            return BLANKS.split(header, 2)[0];
        }
    }
}
