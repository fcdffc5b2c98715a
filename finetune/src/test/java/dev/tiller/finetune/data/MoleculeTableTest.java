package dev.tiller.finetune.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MoleculeTableTest {
    private static final List<String> ATOMS = List.of("C", "N", "O", "F");

    @TempDir Path folder;

    private Path smiles(String... lines) throws IOException {
        return Files.writeString(folder.resolve("m.smi"), String.join("\n", lines) + "\n");
    }

    @Test
    void makesOneHotAtomsAndBondOrders() throws Exception {
        MoleculeTable.Molecules molecules =
                MoleculeTable.read(smiles("OC=C\tvinyl alcohol"), null, ATOMS, 4);
        CleanArrays arrays = molecules.arrays();
        assertArrayEquals(new int[] {3}, arrays.nodes());
        assertArrayEquals(
                new float[] {0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0},
                arrays.components().get(0)[0]);
        assertArrayEquals(
                new float[] {0, 1, 0, 0, 1, 0, 2, 0, 0, 2, 0, 0, 0, 0, 0, 0},
                arrays.components().get(1)[0]);
        assertEquals(List.of(0.0, 0.0, 1.0, 0.0), arrays.sizes(4));
    }

    @Test
    void kekulisesAromaticRings() throws Exception {
        float[] bonds =
                MoleculeTable.read(smiles("c1ccccc1"), null, ATOMS, 6)
                        .arrays()
                        .components()
                        .get(1)[0];
        double sum = 0;
        for (float bond : bonds) {
            sum += bond;
        }
        assertEquals(2 * (3 * 2 + 3), sum);
    }

    @Test
    void countsWhatItDrops() throws Exception {
        MoleculeTable.Molecules molecules =
                MoleculeTable.read(
                        smiles(
                                "CCO",
                                "OCC",
                                "",
                                "CCCCC",
                                "CCl",
                                "C(C)(C)(C)(C)C",
                                "nonsense",
                                "C[NH3+]",
                                "CN",
                                "C"),
                        null,
                        ATOMS,
                        4);
        assertEquals(9, molecules.read());
        assertArrayEquals(new int[] {3, 2, 1}, molecules.arrays().nodes());
        assertEquals(
                Map.of(
                        "the same graph as one before", 2,
                        "more than 4 atoms", 1,
                        "atoms other than C, N, O, F", 1,
                        "not a valid molecule", 2),
                molecules.dropped());
    }

    @Test
    void readsAColumnOfAGzippedTable() throws Exception {
        Path table = folder.resolve("table.tsv.gz");
        try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(table))) {
            out.write("id\tsmiles\n1\tCC\n2\tCO\n3\t\n".getBytes(StandardCharsets.UTF_8));
        }
        MoleculeTable.Molecules molecules = MoleculeTable.read(table, "smiles", ATOMS, 9);
        assertArrayEquals(new int[] {2, 2}, molecules.arrays().nodes());
        assertEquals(Map.of("not a valid molecule", 1), molecules.dropped());
        assertEquals(
                table + " must have a column 'SMILES', got [id, smiles]",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> MoleculeTable.read(table, "SMILES", ATOMS, 9))
                        .getMessage());
    }

    @Test
    void refusesAFileWithoutMolecules() throws Exception {
        Path file = smiles("CCl");
        assertEquals(
                file
                        + " must hold molecules of at most 9 atoms of C, N, O, F, got none;"
                        + " dropped: {atoms other than C, N, O, F=1}",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> MoleculeTable.read(file, null, ATOMS, 9))
                        .getMessage());
    }

    /** The threads that share the work do not change the order. */
    @Test
    void keepsTheOrderOfTheFile() throws Exception {
        String[] lines = new String[9 * 9];
        for (int i = 0; i < lines.length; i++) {
            lines[i] = "C".repeat(1 + i % 9) + "O".repeat(1 + i / 9) + "F";
        }
        CleanArrays arrays = MoleculeTable.read(smiles(lines), null, ATOMS, 20).arrays();
        for (int i = 0; i < lines.length; i++) {
            assertEquals(3 + i % 9 + i / 9, arrays.nodes()[i]);
        }
    }
}
