package dev.tiller.rewards.sequence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FastaTest {
    @TempDir private Path directory;

    @Test
    void readsWrappedRecords() throws IOException {
        assertEquals(
                List.of(
                        new Fasta.Record("a", "a first design", "ACGTAC"),
                        new Fasta.Record("b", "b", "G")),
                read(">a first design\nACGT\nAC\n>b\nG\n"));
    }

    @Test
    void forgivesLineEndsBlanksAndLowerCase() throws IOException {
        List<Fasta.Record> expected =
                List.of(Fasta.Record.of("a x", "ACGT"), Fasta.Record.of("b", "GG"));
        assertEquals(expected, read("\r\n>a x \r\nac\r\n\r\nGT  \r\n> b\r\ngG"));
        assertEquals(expected, read("\uFEFF>a x\n\tACGT\n>b\nGG\n\n\n".replace("\t", "")));
    }

    @Test
    void readsNoRecordFromEmptyFile() throws IOException {
        assertEquals(List.of(), read(""));
        assertEquals(List.of(), read("\n"));
    }

    @Test
    void readsGzipWhateverItsName() throws IOException {
        byte[] two = join(gzip(">a\nAC\n"), gzip("GT\n>b\nG\n"));
        Path file = Files.write(directory.resolve("designs.fa"), two);
        assertEquals(
                List.of(Fasta.Record.of("a", "ACGT"), Fasta.Record.of("b", "G")),
                Fasta.read(file, "ACGT"));
    }

    @Test
    void saysThatGzipIsDamaged() throws IOException {
        byte[] whole = gzip(">a\nACGT\n");
        Path file = directory.resolve("cut.fa.gz");
        Files.write(file, Arrays.copyOf(whole, whole.length - 9));
        IOException e = assertThrows(IOException.class, () -> Fasta.read(file, "ACGT"));
        assertEquals(file + ": damaged gzip file; copy it again", e.getMessage());
    }

    @Test
    void readsRecordOfOneMillionLettersOnOneLine() throws IOException {
        String sequence = "ACGT".repeat(250_000);
        assertEquals(sequence, read(">long\n" + sequence).get(0).sequence());
    }

    @Test
    void readsOtherAlphabets() throws IOException {
        Path file = write(">p\nMKV*\n");
        assertEquals("MKV*", Fasta.read(file, "KMV*").get(0).sequence());
    }

    @Test
    void passesOnMissingFile() {
        Path file = directory.resolve("none.fa");
        assertThrows(NoSuchFileException.class, () -> Fasta.read(file, "ACGT"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ACGT | >a/ACGT//ACGTACJT | :4:7: illegal letter 'J' (allowed: ACGT)",
                "ACGT | >a/nA | :2:1: illegal letter 'n' (allowed: ACGT)",
                "ACGT | >a/AC GT | :2:3: illegal letter ' ' (allowed: ACGT)",
                "ACGT | >a/AC~GT | :2:3: illegal letter U+0009 (allowed: ACGT)",
                "ACGT | >a/Aſ | :2:2: illegal letter 'ſ' (allowed: ACGT)",
                "ACGT | >a/A😀 | :2:2: illegal letter '😀' (allowed: ACGT)",
                "ACGT | >a/AU | :2:2: illegal letter 'U' (allowed: ACGT); this model writes T for"
                        + " U",
                "ACGU | >a/At | :2:2: illegal letter 't' (allowed: ACGU); this model writes U for"
                        + " T",
                "ACGTU | >a/ACJ | :2:3: illegal letter 'J' (allowed: ACGTU)",
                "KMV | >a/KU | :2:2: illegal letter 'U' (allowed: KMV)",
                "ACGT | /AC | :2:1: missing header; put a line such as >design-1 before it",
                "ACGT | >/AC | :1:1: header without a name; write for example >design-1",
                "ACGT | >a/AC/>b x//>c/G | :3:1: empty record 'b x'; give it a sequence",
                "ACGT | >a/AC/>b | :3:1: empty record 'b'; give it a sequence",
            })
    void namesPlaceOfError(String letters, String text, String expected) throws IOException {
        Path file = write(text.replace('/', '\n').replace('~', '\t') + "\n");
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> Fasta.read(file, letters));
        assertEquals(file + expected, e.getMessage());
    }

    @Test
    void writesOneLinePerSequence() throws IOException {
        StringBuilder out = new StringBuilder();
        Fasta.write(
                List.of(Fasta.Record.of("a score=1.5", "ACGT"), Fasta.Record.of("b", "G")), out);
        assertEquals(">a score=1.5\nACGT\n>b\nG\n", out.toString());
    }

    @Test
    void readsBackWhatItWrote() throws IOException {
        List<Fasta.Record> records =
                List.of(Fasta.Record.of("a é", "A".repeat(200)), Fasta.Record.of("b", "G"));
        StringBuilder out = new StringBuilder();
        Fasta.write(records, out);
        assertEquals(records, read(out.toString()));
    }

    @Test
    void rejectsRecordThatCannotBeReadBack() {
        assertEquals(
                "header must be one line without blanks around it, got 'a\nb'",
                failure("a", "a\nb", "A"));
        assertEquals(
                "header must be one line without blanks around it, got ' a'",
                failure("a", " a", "A"));
        assertEquals(
                "id must be the first word of the header 'a b', got 'b'", failure("b", "a b", "A"));
        assertEquals("id must be the first word of the header '', got ''", failure("", "", "A"));
        assertEquals("sequence of 'a' must be letters, got ''", failure("a", "a", ""));
        assertEquals("sequence of 'a' must be letters, got 'A C'", failure("a", "a", "A C"));
    }

    private static String failure(String id, String header, String sequence) {
        return assertThrows(
                        IllegalArgumentException.class,
                        () -> new Fasta.Record(id, header, sequence))
                .getMessage();
    }

    private List<Fasta.Record> read(String text) throws IOException {
        return Fasta.read(write(text), "ACGT");
    }

    private Path write(String text) throws IOException {
        return Files.writeString(directory.resolve("designs.fa"), text);
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    private static byte[] join(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
