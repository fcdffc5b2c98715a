package dev.tiller.finetune.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tiller.rewards.protein.Backbone;
import dev.tiller.rewards.protein.Residue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StabilityTableTest {
    private static final StabilityTable.Columns COLUMNS =
            new StabilityTable.Columns("protein", "mutation", "ddg", -1);
    private static final List<Backbone> BACKBONES =
            List.of(backbone("p", "ACD"), backbone("q", "WW"), backbone("r", "AA"));

    @TempDir Path folder;

    private static Backbone backbone(String name, String letters) {
        Residue[] residues = new Residue[letters.length()];
        for (int i = 0; i < residues.length; i++) {
            // residue 2 is an insertion: B1, B1A, B2
            char insertion = i == 1 ? 'A' : ' ';
            int number = i == 0 ? 1 : i;
            residues[i] = new Residue("B", number, insertion, letters.charAt(i), new float[12]);
        }
        return new Backbone(name, List.of(residues));
    }

    private StabilityTable.Proteins read(String... rows) throws IOException {
        Path file = folder.resolve("t.tsv");
        Files.writeString(file, "protein\tmutation\tddg\n" + String.join("\n", rows) + "\n");
        return StabilityTable.read(file, COLUMNS, BACKBONES);
    }

    @Test
    void joinsMutantsWithBackbones() throws Exception {
        StabilityTable.Proteins table =
                read("q\tWB1A\t1.5", "p\tCB1AY\t-2", "p\tDB2A\t0.25", "p\tAB1C\t1");
        assertEquals(4, table.read());
        assertEquals(Map.of(), table.dropped());
        assertEquals(2, table.proteins().size());
        Mutants p = table.proteins().get(0);
        assertEquals("p", p.backbone().name());
        assertArrayEquals(new int[] {1, 2, 0}, p.positions());
        assertArrayEquals(new long[] {19, 0, 1}, p.letters());
        assertArrayEquals(new double[] {2, -0.25, -1}, p.labels(), "the sign is changed");
        assertArrayEquals(new double[] {-1}, p.select(new int[] {2}).labels());
    }

    @Test
    void countsWhatDoesNotAgree() throws Exception {
        StabilityTable.Proteins table =
                read(
                        "p\tAB1C\t1",
                        "p\tAB7C\t1",
                        "p\tAA1C\t1",
                        "p\tCB1D\t1",
                        "p\tAB1A\t1",
                        "p\tAB1X\t1",
                        "p\tAB1C:DB2A\t1",
                        "z\tAB1C\t1");
        assertEquals(
                Map.of(
                        "no such residue in the backbone", 2,
                        "another letter in the backbone", 1,
                        "no change to another of the twenty amino acids", 2,
                        "not a single mutation such as QA1K", 1,
                        "no backbone of that name", 1),
                table.dropped());
        assertEquals(1, table.proteins().get(0).size());
    }

    @Test
    void refusesWhatItCannotUse() {
        Path file = folder.resolve("t.tsv");
        assertEquals(
                file + ":2: ddg must be a number, got 'high'",
                assertThrows(IllegalArgumentException.class, () -> read("p\tAB1C\thigh"))
                        .getMessage());
        assertEquals(
                file
                        + " must hold mutants of the backbones, got none; dropped: {no backbone of"
                        + " that name=1}",
                assertThrows(IllegalArgumentException.class, () -> read("z\tAB1C\t1"))
                        .getMessage());
        assertEquals(
                "backbones must have different names, got two of p",
                assertThrows(
                                IllegalArgumentException.class,
                                () ->
                                        StabilityTable.read(
                                                file,
                                                COLUMNS,
                                                List.of(BACKBONES.get(0), BACKBONES.get(0))))
                        .getMessage());
    }
}
