package dev.tiller.rewards.protein;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StructureWriteTest {
    @TempDir private Path directory;

    private static Residue residue(String chain, int number, char insertion, float x) {
        float[] atoms = {x, 2.5f, -0.0001f, x, 3, 4, x, -5.1234f, 6, x, 7, -108};
        return new Residue(chain, number, insertion, 'A', atoms);
    }

    @Test
    void writesExactColumns() throws IOException {
        Backbone backbone =
                new Backbone(
                        "two",
                        List.of(residue("A", -1, ' ', -9.5f), residue("HEAVY", 52, 'B', 1000)));
        Path file = directory.resolve("x.pdb");
        Files.writeString(file, "old");
        StructureFile.write(file, backbone, "WX", new double[] {0.256, 87.5});
        assertEquals(
"""
ATOM      1  N   TRP A  -1      -9.500   2.500   0.000  1.00  0.26           N
ATOM      2  CA  TRP A  -1      -9.500   3.000   4.000  1.00  0.26           C
ATOM      3  C   TRP A  -1      -9.500  -5.123   6.000  1.00  0.26           C
ATOM      4  O   TRP A  -1      -9.500   7.000-108.000  1.00  0.26           O
TER       5      TRP A  -1
ATOM      6  N   UNK B  52B   1000.000   2.500   0.000  1.00 87.50           N
ATOM      7  CA  UNK B  52B   1000.000   3.000   4.000  1.00 87.50           C
ATOM      8  C   UNK B  52B   1000.000  -5.123   6.000  1.00 87.50           C
ATOM      9  O   UNK B  52B   1000.000   7.000-108.000  1.00 87.50           O
TER      10      UNK B  52B
END
""",
                Files.readString(file).replaceAll(" +\n", "\n"));
        assertEquals(
                List.of(80L),
                Files.readAllLines(file).stream()
                        .map(line -> (long) line.length())
                        .distinct()
                        .toList());
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(1, files.count());
        }
    }

    @Test
    void isReadBack() throws IOException {
        Backbone example = Backbones.example();
        Path file = directory.resolve("helix-bundle.pdb");
        StructureFile.write(file, example, example.sequence(), new double[example.length()]);
        Structure read = StructureFile.read(file, null);
        assertEquals(example, read.backbone());
        assertArrayEquals(example.coordinates(), read.backbone().coordinates());
        assertEquals(List.of(), read.notes());
    }

    @Test
    void refusesWhatDoesNotFit() {
        Backbone backbone = new Backbone("x", List.of(residue("A", 1, ' ', 1)));
        assertRefused(
                backbone,
                "AA",
                0,
                "sequence and bFactors must have the 1 residues of the backbone, got 2 and 1");
        assertRefused(
                backbone, "B", 0, "sequence must have letters of ACDEFGHIKLMNPQRSTVWYX, got B");
        assertRefused(
                backbone, "A", 1000, "bFactors must fit in 6 columns of a PDB file, got 1000.0");
        assertRefused(
                backbone, "A", Double.NaN, "bFactors must fit in 6 columns of a PDB file, got NaN");
        assertRefused(
                new Backbone("x", List.of(residue("A", 1, ' ', 12345))),
                "A",
                0,
                "coordinates must fit in 8 columns of a PDB file, got 12345.0");
    }

    private void assertRefused(Backbone backbone, String sequence, double factor, String text) {
        Path file = directory.resolve("x.pdb");
        assertEquals(
                text,
                assertThrows(
                                IllegalArgumentException.class,
                                () ->
                                        StructureFile.write(
                                                file, backbone, sequence, new double[] {factor}))
                        .getMessage());
    }

    @Test
    void headersAreThoseOfProteinMpnn() {
        assertEquals(
                "T=0.1, sample=1, score=0.7291, seq_recovery=0.5736",
                DesignHeader.of(0.1, 1, 0.72911, 0.57359));
    }
}
