package dev.tiller.cli.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReferenceReaderTest {
    private static final String TABLE =
            """
            fold\tseq\tload
            train\tAAAA\t1
            train\tcccc\t2
            test\tGGGG\t9
            train\tTTTT\t3
            train\tACGT\t4
            train\tTGCA\t5
            """;

    @TempDir private Path folder;

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("reference.tsv"), text);
    }

    private static Reference read(Path file, String label, Double top, Map<String, String> where)
            throws IOException {
        return ReferenceReader.read(
                file, new ReferenceReader.Options("seq", label, top, where), "ACGT");
    }

    @Test
    void takesTheBestOfTheChosenRows() throws Exception {
        // labels 1 to 5; their 60 % quantile is 3.4
        Reference read = read(file(TABLE), "load", 0.4, Map.of("fold", "train"));
        assertEquals(List.of("AAAA", "CCCC", "TTTT", "ACGT", "TGCA"), read.training());
        assertEquals(List.of("ACGT", "TGCA"), read.best());
        assertTrue(
                read.note().startsWith("the 2 with load above 3.4000 of 5 rows of "), read.note());
        assertEquals(List.of("GGGG"), read(file(TABLE), "load", null, Map.of()).best());
        assertEquals(6, read(file(TABLE), "load", 1.0, Map.of()).best().size());
        assertEquals(6, read(file(TABLE), null, null, Map.of()).best().size());
    }

    @Test
    void readsWhatIsGzipped() throws Exception {
        Path file = folder.resolve("table");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(TABLE.getBytes(StandardCharsets.UTF_8));
        }
        assertEquals(6, read(file, null, null, Map.of()).training().size());
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, java.util.Arrays.copyOf(whole, whole.length - 12));
        IOException e = assertThrows(IOException.class, () -> read(file, null, null, Map.of()));
        assertTrue(e.getMessage().startsWith(file + " cannot be read: "), e.getMessage());
    }

    @Test
    void readsFasta() throws Exception {
        Path fasta = file("\n>a\nACGT\n>b\nGG\n");
        Reference read =
                ReferenceReader.read(
                        fasta, new ReferenceReader.Options(null, null, null, null), "ACGT");
        assertEquals(List.of("ACGT", "GG"), read.best());
        assertEquals(read.best(), read.training());
        assertThrows(IllegalArgumentException.class, () -> read(fasta, null, null, Map.of()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "lod | fold=train | must have the column 'lod' of --reference-label-column, got"
                        + " [fold, seq, load]",
                "load | split=train | must have the column 'split' of --reference-where",
                "load | fold=valid | must have a row with {fold=valid}, got none",
                "fold | fold=train | :2: fold must be a number, got 'train'",
            })
    void saysWhatIsWrong(String label, String where, String expected) throws Exception {
        Path file = file(TABLE);
        String[] pair = where.split("=");
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> read(file, label, null, Map.of(pair[0], pair[1])));
        assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
        assertTrue(e.getMessage().contains(expected), e.getMessage());
    }

    @Test
    void saysWhichLineIsWrong() throws Exception {
        Path file = file("seq\tload\nACGT\t1\nACXT\t2\n");
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class, () -> read(file, null, null, Map.of()));
        assertTrue(
                e.getMessage().contains(":3: seq: illegal letter 'X' at position 3"),
                e.getMessage());
        Path flat = file("seq\tload\nACGT\t1\nACGA\t1\n");
        assertThrows(IllegalArgumentException.class, () -> read(flat, "load", 0.5, Map.of()));
    }

    @Test
    void refusesAFractionWithoutALabel() {
        assertThrows(
                IllegalArgumentException.class,
                () -> new ReferenceReader.Options("seq", null, 0.5, null));
        assertThrows(
                IllegalArgumentException.class,
                () -> new ReferenceReader.Options("seq", "load", 0.0, null));
    }
}
