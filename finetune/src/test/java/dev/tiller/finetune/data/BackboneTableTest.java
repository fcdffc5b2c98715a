package dev.tiller.finetune.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tiller.rewards.protein.Backbone;
import java.io.IOException;
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

class BackboneTableTest {
    @TempDir Path folder;

    /** Atom a of residue i is at (i, a, 0.5). */
    private static String residue(int i) {
        return String.format("[[%d,0,0.5],[%d,1,0.5],[%d,2,0.5],[%d,3,0.5]]", i, i, i, i);
    }

    private static String entry(String name, String sequence) {
        StringBuilder coordinates = new StringBuilder();
        StringBuilder numbers = new StringBuilder();
        for (int i = 0; i < sequence.length(); i++) {
            coordinates.append(i == 0 ? "" : ",").append(residue(i));
            numbers.append(i == 0 ? "" : ",").append('"').append(i + 1).append('"');
        }
        return String.format(
                "{\"name\":\"%s\",\"chain\":\"B\",\"seq\":\"%s\",\"resnum\":[%s],\"coords\":[%s]}",
                name, sequence, numbers, coordinates);
    }

    private Path file(String name, String... lines) throws IOException {
        return Files.writeString(folder.resolve(name), String.join("\n", lines) + "\n");
    }

    private BackboneTable.Backbones read(String... lines) throws IOException {
        return BackboneTable.read(List.of(file("b.jsonl", lines)), 2, 4);
    }

    @Test
    void readsLettersNumbersAndCoordinates() throws Exception {
        String line = entry("p", "ACB").replace("\"1\",\"2\",\"3\"", "\"-1\",\"5\",\"5A\"");
        Backbone backbone = read(line).backbones().get(0);
        assertEquals("p", backbone.name());
        assertEquals("ACX", backbone.sequence());
        assertEquals("B-1", backbone.residues().get(0).label());
        assertEquals("B5A", backbone.residues().get(2).label());
        assertArrayEquals(new int[] {0, 6, 7}, backbone.positions());
        assertArrayEquals(
                new float[] {1, 0, 0.5f, 1, 1, 0.5f, 1, 2, 0.5f, 1, 3, 0.5f},
                backbone.residues().get(1).atoms());
    }

    @Test
    void leavesOutResiduesThatLackAnAtom() throws Exception {
        String line =
                entry("p", "ACDE")
                        .replace(residue(1), "[[1,0,0.5],null,[1,2,0.5],[1,3,0.5]]")
                        .replace("[2,3,0.5]", "[2,NaN,0.5]");
        BackboneTable.Backbones backbones = read(line);
        assertEquals(2, backbones.missingResidues());
        assertEquals("AE", backbones.backbones().get(0).sequence());
        assertArrayEquals(new int[] {0, 3}, backbones.backbones().get(0).positions());
    }

    @Test
    void countsWhatItDrops() throws Exception {
        Path gzipped = folder.resolve("c.jsonl.gz");
        try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(gzipped))) {
            out.write((entry("e", "AC") + "\n").getBytes(StandardCharsets.UTF_8));
        }
        Path plain = file("b.jsonl", entry("a", "AC"), entry("b", "ACDEF"), "", entry("c", "A"));
        BackboneTable.Backbones all = BackboneTable.read(List.of(plain, gzipped), 2, 4);
        assertEquals(4, all.read());
        assertEquals(2, all.backbones().size());
        Map<String, Integer> sizes = Map.of("fewer than 2 residues", 1, "more than 4 residues", 1);
        assertEquals(sizes, all.dropped());
        BackboneTable.Backbones distinct = all.distinct();
        assertEquals("a", distinct.backbones().get(0).name());
        assertEquals(1, distinct.backbones().size());
        assertEquals(1, distinct.dropped().get("the same sequence as one before"));
    }

    @Test
    void readsTheParsedStructuresOfProteinMpnn() throws Exception {
        String chain =
                "\"seq_chain_X\":\"AC\",\"coords_chain_X\":{\"N_chain_X\":[[0,0,0],[1,0,0]],"
                        + "\"CA_chain_X\":[[0,1,0],[1,1,0]],\"C_chain_X\":[[0,2,0],[1,2,0]],"
                        + "\"O_chain_X\":[[0,3,0],[1,3,0]]}";
        String line = "{" + chain + "," + chain.replace("_X", "_Y") + ",\"name\":\"p\"}";
        Backbone backbone = read(line).backbones().get(0);
        assertEquals("ACAC", backbone.sequence());
        assertArrayEquals(new int[] {0, 0, 1, 1}, backbone.chains());
        assertArrayEquals(
                new float[] {1, 0, 0, 1, 1, 0, 1, 2, 0, 1, 3, 0},
                backbone.residues().get(3).atoms());
    }

    @Test
    void readsChainsOfIngraham() throws Exception {
        String line =
                "{\"seq\":\"ACD\",\"coords\":{\"N\":[[0,0,0],[NaN,NaN,NaN],[2,0,0]],"
                        + "\"CA\":[[0,1,0],[1,1,0],[2,1,0]],\"C\":[[0,2,0],[1,2,0],[2,2,0]],"
                        + "\"O\":[[0,3,0],[1,3,0],[2,3,0]]},\"name\":\"12as.A\"}";
        BackboneTable.Backbones backbones = read(line);
        assertEquals("AD", backbones.backbones().get(0).sequence());
        assertEquals(1, backbones.missingResidues());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    "name":"p"  | "nme":"p"   | must have a name, got none
                    "seq":"AC"  | "seq":"ACD" | coords must have an entry for each letter of seq, 3, got 2
                    "seq":"AC"  | "sequence":"AC" | coords must have an entry for each letter of seq, 0, got 2
                    "1","2"     | "1"         | resnum must have an entry for each letter of seq, 2, got 1
                    "1","2"     | "1","2AB"   | resnum must be a number with or without an insertion code, got '2AB'
                    "coords":   | "coords"    | must be JSON: Unexpected character ('[' (code 91)): was expecting a colon to separate field name and value
                    """)
    void namesTheLineAndTheRule(String good, String bad, String rule) {
        IllegalArgumentException error =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> read(entry("q", "AC"), entry("p", "AC").replace(good, bad)));
        assertEquals(folder.resolve("b.jsonl") + ":2: " + rule, error.getMessage());
    }

    @Test
    void refusesFilesWithoutBackbones() {
        IllegalArgumentException error =
                assertThrows(IllegalArgumentException.class, () -> read(entry("p", "A")));
        assertEquals(
                "["
                        + folder.resolve("b.jsonl")
                        + "] must hold backbones of 2 to 4 residues, got none; dropped: {fewer than"
                        + " 2 residues=1}",
                error.getMessage());
    }
}
