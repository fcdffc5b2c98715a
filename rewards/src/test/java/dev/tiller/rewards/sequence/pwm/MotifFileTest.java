package dev.tiller.rewards.sequence.pwm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MotifFileTest {
    private static final List<List<Double>> FIRST =
            List.of(
                    List.of(8.0, 0.0, 2.0, 0.0),
                    List.of(0.0, 10.0, 0.0, 0.0),
                    List.of(2.0, 2.0, 4.0, 2.0));

    @TempDir private Path directory;

    @Test
    void readsJasparWithBrackets() throws IOException {
        MotifFile file = resource("brackets.jaspar");
        PositionMatrix second =
                new PositionMatrix(
                        "X2.1",
                        "Second::Half",
                        List.of(List.of(1.5, 0.0, 0.0, 1.5), List.of(0.0, 0.0, 3.0, 0.0)));
        assertEquals(List.of(new PositionMatrix("X1.1", "First", FIRST), second), file.motifs());
        assertEquals(Optional.empty(), file.background());
    }

    @Test
    void readsJasparWithoutBracketsOrLetters() throws IOException {
        List<List<Double>> third = List.of(List.of(1., 1., 1., 1.), List.of(1., 0., 0., 0.));
        assertEquals(
                List.of(
                        new PositionMatrix("X1.1", "X1.1", FIRST),
                        new PositionMatrix("X3", "a name of words", third)),
                resource("plain.jaspar").motifs());
    }

    @Test
    void readsMinimalMeme() throws IOException {
        MotifFile file = resource("minimal.meme");
        PositionMatrix handMade =
                new PositionMatrix(
                        "X4", "X4", List.of(List.of(10., 10., 0., 0.), List.of(5., 5., 5., 5.)));
        assertEquals(List.of(new PositionMatrix("X1.1", "First", FIRST), handMade), file.motifs());
        assertEquals(Optional.of(List.of(0.3, 0.2, 0.2, 0.3)), file.background());
    }

    @Test
    void readsFullMeme() throws IOException {
        MotifFile file = resource("full.meme");
        List<List<Double>> counts = List.of(List.of(0., 4., 0., 0.), List.of(3., 0., 1., 0.));
        assertEquals(List.of(new PositionMatrix("CAG", "MEME-1", counts)), file.motifs());
        assertEquals(Optional.of(List.of(0.25, 0.25, 0.25, 0.25)), file.background());
    }

    @Test
    void readsOtherLineEndsAndByteOrderMark() throws IOException {
        Path file = directory.resolve("m.jaspar");
        Files.writeString(file, "\uFEFF\r\n>X\r\nA 1\r\nC 0\r\n\r\nG 0\r\nT 0");
        assertEquals(
                List.of(List.of(1.0, 0.0, 0.0, 0.0)),
                MotifFile.read(file).motifs().get(0).counts());
    }

    @Test
    void selectsByIdentifierAndName() throws IOException {
        MotifFile file = resource("brackets.jaspar");
        PositionMatrix first = file.motifs().get(0);
        PositionMatrix second = file.motifs().get(1);
        assertEquals(file.motifs(), file.select(List.of()));
        assertEquals(List.of(second), file.select(List.of("X2.1")));
        assertEquals(List.of(second, first), file.select(List.of("Second::Half", "X1.1", "First")));
        assertEquals(
                "unknown motif 'X1.2'; the file has 2, such as X1.1 (First), X2.1 (Second::Half)"
                        + " (did you mean 'X1.1'?)",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> file.select(List.of("X1.1", "X1.2")))
                        .getMessage());
    }

    @Test
    void passesOnMissingFile() {
        Path file = directory.resolve("none");
        assertThrows(NoSuchFileException.class, () -> MotifFile.read(file));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | : no motif; write one in JASPAR or MEME format",
                "MEME version 4 | : no motif; write one in JASPAR or MEME format",
                "MEME version 3 | :1: MEME version must be 4 or 5, got 3; convert the file with"
                        + " meme2meme",
                "A 1 2 | :1: a motif must begin with a line such as >MA0004.1 Arnt, got 'A 1 2';"
                        + " MEME files begin with a line such as MEME version 5",
                ">/A 1 | :1: a motif must begin with a line such as >MA0004.1 Arnt, got '>'; MEME"
                        + " files begin with a line such as MEME version 5",
                ">X/A 1/C 0/>Y/ | :4: motif 'X' must have four rows, of A, C, G and T, got 2",
                ">X/A 1/C 0/G 0 | :4: motif 'X' must have four rows, of A, C, G and T, got 3",
                ">X/A 1/C x | :3: not a number: 'x'",
                ">X/A 1/C -1 | :3: a count must be a number from 0 on, got -1",
                ">X/A 1/C NaN | :3: a count must be a number from 0 on, got NaN",
                ">X/A 1/C 0 1 | :3: rows of motif 'X' must have the same number of counts, got 2",
                ">X/A [ ] | :2: rows of motif 'X' must have the same number of counts, got 0",
                ">X/A 1/A 2 | :3: motif 'X' must have one row for each of A, C, G and T, got 'A 2'"
                        + " once more",
                ">X/A 1 0/C 1 0/G 1 0/T 1 0 | :5: position 2 of the motif has no count at all",
                "MEME version 4/ALPHABET= ACDEFGHIKLMNPQRSTVWY | :2: ALPHABET must be ACGT or"
                        + " ACGU, got 'ACDEFGHIKLMNPQRSTVWY'; motifs of other alphabets are not"
                        + " read",
                "MEME version 4/Background letter frequencies/A 0.5 C | :3: background must be"
                        + " pairs of letter and frequency, such as A 0.25 C 0.25",
                "MEME version 4/Background letter frequencies/A 0.5 A 0.5 | :3: background must"
                        + " have each nucleotide once, got 'A'",
                "MEME version 4/Background letter frequencies/A 0.5 C 0.5 G 0.5 T 0 | :3:"
                        + " background must add up to 1, got 1.5",
                "MEME version 4/letter-probability matrix: w= 1/1 0 0 0 | :2: matrix without a"
                        + " motif; put a line such as MOTIF MA0004.1 before it",
                "MEME version 4/MOTIF X/letter-probability matrix: alength= 20 w= 1 | :3: alength"
                        + " must be 4, got 20.0",
                "MEME version 4/MOTIF X/letter-probability matrix: w= | :3: w must have a value;"
                        + " write for example w= 20",
                "MEME version 4/MOTIF X/letter-probability matrix: w= 2/1 0 0 0/MOTIF Y | :5:"
                        + " matrix of motif 'X' must have 2 rows, got 1",
                "MEME version 4/MOTIF X/letter-probability matrix: | :3: matrix of motif 'X' must"
                        + " have rows, got 0",
                "MEME version 4/MOTIF X/letter-probability matrix: w= 1/1 0 0 | :4: a row must"
                        + " have 4 probabilities, got 3",
                "MEME version 4/MOTIF X/letter-probability matrix: w= 1/0.5 0 0 0 | :4: a row must"
                        + " add up to 1, got 0.5",
            })
    void namesPlaceOfError(String text, String expected) throws IOException {
        Path file = Files.writeString(directory.resolve("m.txt"), text.replace('/', '\n'));
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> MotifFile.read(file));
        assertEquals(file + expected, e.getMessage());
    }

    @Test
    void rejectsMatrixWithoutCounts() {
        assertEquals(
                "motif 'X' must have a position, got none; leave it out",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> new PositionMatrix("X", "X", List.of()))
                        .getMessage());
        assertEquals(
                "counts of motif 'X' must be 4 numbers from 0 on, not all 0, got [0.0, 0.0, 0.0,"
                        + " 0.0] at position 2",
                assertThrows(
                                IllegalArgumentException.class,
                                () ->
                                        new PositionMatrix(
                                                "X",
                                                "X",
                                                List.of(
                                                        List.of(1., 0., 0., 0.),
                                                        List.of(0., 0., 0., 0.))))
                        .getMessage());
    }

    private MotifFile resource(String name) throws IOException {
        Path file = directory.resolve(name);
        try (InputStream in = MotifFileTest.class.getResourceAsStream(name)) {
            Files.copy(in, file);
        }
        return MotifFile.read(file);
    }
}
