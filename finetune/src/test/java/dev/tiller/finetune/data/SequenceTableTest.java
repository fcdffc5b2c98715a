package dev.tiller.finetune.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SequenceTableTest {
    private static final String TABLE = "id\tmrl\tsequence\n1\t0.5\tACGT\n2\t-1e3\tTTTA\n";

    @TempDir private Path folder;

    private Path write(String text) throws IOException {
        return Files.writeString(folder.resolve("t.tsv"), text);
    }

    private Path zip(String text, int cutOff) throws IOException {
        Path file = folder.resolve("t.tsv.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        byte[] bytes = Files.readAllBytes(file);
        return Files.write(file, Arrays.copyOf(bytes, bytes.length - cutOff));
    }

    @Test
    void readsPlainAndGzippedTables() throws IOException {
        for (Path file : new Path[] {write(TABLE), zip(TABLE, 0)}) {
            LabelledTokens rows = SequenceTable.read(file, "sequence", "mrl", "ACGT");
            assertArrayEquals(new long[][] {{0, 1, 2, 3}, {3, 3, 3, 0}}, rows.tokens());
            assertArrayEquals(new double[] {0.5, -1000}, rows.labels());
        }
    }

    @Test
    void readsTokensInTheOrderOfTheAlphabet() throws IOException {
        LabelledTokens rows = SequenceTable.read(write(TABLE), "sequence", null, "TGCA");
        assertArrayEquals(new long[][] {{3, 2, 1, 0}, {0, 0, 0, 3}}, rows.tokens());
        assertArrayEquals(new double[2], rows.labels());
    }

    @Test
    void passesOverEmptyLinesAndForeignLineEnds() throws IOException {
        String text = TABLE.replace("\n", "\r\n").replace("2\t", "\r\n\r\n2\t").strip();
        assertEquals(2, SequenceTable.read(write(text), "sequence", "mrl", "ACGT").size());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    1 0.5 ACGT/2 0.1 ACNT   | :3: illegal letter 'N' at position 3 (allowed: ACGT)
                    1 0.5 ACGT/2 0.1 acgt   | :3: illegal letter 'a' at position 1 (allowed: ACGT)
                    1 0.5 ACGT//2 0.1 ACNT  | :4: illegal letter 'N' at position 3 (allowed: ACGT)
                    1 0.5 ACGT/2 0.1 ACG    | :3: all sequences must have the length of the first, 4, got 3
                    1 high ACGT             | :2: mrl must be a number, got 'high'
                    1 NaN ACGT              | :2: mrl must be a number, got 'NaN'
                    1 Infinity ACGT         | :2: mrl must be a number, got 'Infinity'
                    1 0.5 ACGT/2 0.1        | :3: column 'sequence' must not be empty
                    1                       | :2: column 'sequence' must not be empty
                    """)
    void namesTheLineOfAnError(String rows, String error) throws IOException {
        // slashes stand for line ends and spaces for tabs
        Path file = write("id mrl sequence/".concat(rows).replace('/', '\n').replace(' ', '\t'));
        IllegalArgumentException refused =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> SequenceTable.read(file, "sequence", "mrl", "ACGT"));
        assertEquals(file + error, refused.getMessage());
    }

    @Test
    void namesTheColumnsThatThereAre() throws IOException {
        Path file = write(TABLE);
        assertEquals(
                file + " must have a column 'seq', got [id, mrl, sequence]",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> SequenceTable.read(file, "seq", null, "ACGT"))
                        .getMessage());
        assertEquals(
                file + " must have a column 'label', got [id, mrl, sequence]",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> SequenceTable.read(file, "sequence", "label", "ACGT"))
                        .getMessage());
    }

    @Test
    void refusesTablesWithoutRows() throws IOException {
        Path header = write("sequence\n");
        assertEquals(
                header + " must hold at least one row below its header line",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> SequenceTable.read(header, "sequence", null, "ACGT"))
                        .getMessage());
        Path empty = write("");
        assertEquals(
                empty + " must have a column 'sequence', got []",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> SequenceTable.read(empty, "sequence", null, "ACGT"))
                        .getMessage());
    }

    @Test
    void namesAFileThatWasCutOff() throws IOException {
        Path file = zip(TABLE, 12);
        IOException error =
                assertThrows(
                        IOException.class,
                        () -> SequenceTable.read(file, "sequence", "mrl", "ACGT"));
        assertTrue(error.getMessage().startsWith(file + " cannot be read: "), error.getMessage());
    }
}
