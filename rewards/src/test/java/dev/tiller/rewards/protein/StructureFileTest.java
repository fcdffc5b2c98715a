package dev.tiller.rewards.protein;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class StructureFileTest {
    private static final List<String> ATOMS = List.of("N", "CA", "C", "O");

    @TempDir private Path directory;

    /**
     * Bio.PDB takes the same locations; the reader of ProteinMPNN takes the first of each residue.
     */
    @Test
    void agreesWithPublishedReaders() throws IOException {
        JsonNode expected;
        try (InputStream in = getClass().getResourceAsStream("/parity/backbone.json")) {
            expected = new ObjectMapper().readTree(in);
        }
        Structure structure = StructureFile.read(deNovo(), null);
        Backbone backbone = structure.backbone();
        assertEquals("5L33", backbone.name());
        assertEquals(expected.path("sequence").asText(), backbone.sequence());
        assertEquals(
                List.of(
                        "alternate locations, took the one of highest occupancy, the first of"
                                + " equals: A23, A40, A74"),
                structure.notes());
        float[] highest = floats(expected.path("highest"));
        float[] coordinates = backbone.coordinates();
        assertArrayEquals(highest, Arrays.copyOf(coordinates, highest.length));
        float[] first = floats(expected.path("first"));
        for (int i = 0; i < first.length; i++) {
            String label = backbone.residues().get(i / Residue.COORDINATES).label();
            if (!List.of("A40", "A74").contains(label)) { // the second location is more frequent
                assertEquals(first[i], coordinates[i], "coordinate " + i);
            }
        }
    }

    private static float[] floats(JsonNode node) {
        float[] values = new float[node.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) node.path(i).asDouble();
        }
        return values;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    A             | A1 A2 A2A A3 A7 A8
                    A,B           | A1 A2 A2A A3 A7 A8 B-1 B0 B1
                    B,A8          | A8 B-1 B0 B1
                    A2-3          | A2 A2A A3
                    A2A-7         | A2A A3 A7
                    A1-2          | A1 A2
                    A4-8,A1       | A1 A7 A8
                    A1-5          | A1 A2 A2A A3
                    B-1-0         | B-1 B0
                    B-1           | B-1
                    """)
    void selects(String selection, String labels) throws IOException {
        Backbone backbone = StructureFile.read(twoChains(), selection).backbone();
        assertEquals(labels, String.join(" ", labels(backbone)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    C      | selection 'C' must begin with a chain of the structure, got chains A, B
                    A1-9   | selection 'A1-9' must be residues of chain A in rising order, \
                    which has A1 to A8
                    A7-2   | selection 'A7-2' must be residues of chain A in rising order, \
                    which has A1 to A8
                    A4-6   | selection 'A4-6' must be residues of chain A in rising order, \
                    which has A1 to A8
                    A3B-8  | selection 'A3B-8' must be residues of chain A in rising order, \
                    which has A1 to A8
                    A1-,B  | selection must be chains and ranges separated by commas, got 'A1-,B'; \
                    write for example A or A1-60,B
                    ''     | selection must be chains and ranges separated by commas, got ''; \
                    write for example A or A1-60,B
                    """)
    void refusesSelection(String selection, String message) throws IOException {
        Path file = twoChains();
        assertEquals(
                message,
                assertThrows(
                                IllegalArgumentException.class,
                                () -> StructureFile.read(file, selection))
                        .getMessage());
    }

    @Test
    void notesWhatItDecides() throws IOException {
        String text =
                "MODEL        1\n"
                        + residue("MSE", "A", "   1 ", 1)
                        + residue("ALA", "A", "   2 ", 2).replaceFirst("(?m)^.* O .*\n", "")
                        + residue("XYZ", "A", "   9 ", 3)
                        + atom("ZN", "ZN", "A", " 100 ", 3)
                        + atom("O", "HOH", "A", " 101 ", 3)
                        + atom("P", "DA", "B", "   1 ", 3)
                        + "ENDMDL\nMODEL        2\n"
                        + residue("GLY", "A", "   1 ", 4)
                        + "ENDMDL\nEND\n";
        Structure structure = StructureFile.read(write("x.pdb", text), null);
        assertEquals("MX", structure.backbone().sequence());
        assertEquals(
                List.of(
                        "took the first of 2 models",
                        "left out, without N, CA, C or O: A2",
                        "gaps in the numbering: A2 to A9",
                        "non-standard residues: A1 MSE as M, A9 XYZ as X"),
                structure.notes());
    }

    @Test
    void listsFewOfMany() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 1; i <= 8; i++) {
            text.append(residue("MSE", "A", String.format(Locale.ROOT, "%4d ", i), i));
        }
        assertEquals(
                List.of(
                        "non-standard residues: A1 MSE as M, A2 MSE as M, A3 MSE as M, A4 MSE as M,"
                                + " A5 MSE as M and 3 more"),
                StructureFile.read(write("x.pdb", text.toString()), null).notes());
    }

    /** The second location is another amino acid and more frequent. */
    @Test
    void takesTheResidueOfTheMoreFrequentLocation() throws IOException {
        String text = residue("SER", "A", "   1 ", 1) + residue("THR", "A", "   1 ", 2);
        String[] lines = text.lines().toArray(String[]::new);
        for (int i = 0; i < lines.length; i++) {
            boolean second = i >= ATOMS.size();
            lines[i] =
                    lines[i].substring(0, 16)
                            + (second ? 'B' : 'A')
                            + lines[i].substring(17, 54)
                            + (second ? "  0.60" : "  0.40");
        }
        Structure structure = StructureFile.read(write("x.pdb", String.join("\n", lines)), null);
        assertEquals("T", structure.backbone().sequence());
        assertEquals(2, structure.backbone().coordinates()[0]);
    }

    @Test
    void readsMmcif() throws IOException {
        StringBuilder text = new StringBuilder("# comment\ndata_1ABC\n_entry.id 1ABC\nloop_\n");
        for (String column :
                List.of(
                        "group_PDB",
                        "id",
                        "type_symbol",
                        "label_atom_id",
                        "label_alt_id",
                        "label_comp_id",
                        "label_asym_id",
                        "label_seq_id",
                        "pdbx_PDB_ins_code",
                        "Cartn_x",
                        "Cartn_y",
                        "Cartn_z",
                        "occupancy",
                        "auth_seq_id",
                        "auth_asym_id",
                        "pdbx_PDB_model_num")) {
            text.append("_atom_site.").append(column).append('\n');
        }
        int id = 1;
        for (String place :
                List.of(
                        "A 1 ? 52 HEAVY 1",
                        "A 2 A 52 HEAVY 1",
                        "B 1 ? -3 L 1",
                        "A 1 ? 52 HEAVY 2")) {
            String[] words = place.split(" ");
            for (String atom : ATOMS) {
                text.append(
                        String.format(
                                Locale.ROOT,
                                "ATOM %d C '%s' . TRP %s %s %s %d.5 -2.25 1e1 1.00 %s %s %s%n",
                                id,
                                atom,
                                words[0],
                                words[1],
                                words[2],
                                id,
                                words[3],
                                words[4],
                                words[5]));
                id++;
            }
        }
        text.append("#\n");
        Path file = write("1abc.cif", text.toString());
        Structure structure = StructureFile.read(file, null);
        assertEquals(List.of("HEAVY52", "HEAVY52A", "L-3"), labels(structure.backbone()));
        assertEquals("WWW", structure.backbone().sequence());
        assertEquals("1abc", structure.backbone().name());
        assertEquals(List.of("took the first of 2 models"), structure.notes());
        assertArrayEquals(
                new float[] {1.5f, -2.25f, 10, 2.5f},
                Arrays.copyOf(structure.backbone().coordinates(), 4));
        Path packed = directory.resolve("1abc.cif.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
            out.write(text.toString().getBytes(StandardCharsets.UTF_8));
        }
        assertEquals(structure.backbone(), StructureFile.read(packed, null).backbone());
        assertEquals("1abc", StructureFile.read(packed, null).backbone().name());
        String cut = text.substring(0, text.lastIndexOf("HEAVY"));
        assertError(write("cut.cif", cut), "FILE must be mmCIF, got a damaged file; copy it again");
        assertEquals(
                List.of("HEAVY52A"), labels(StructureFile.read(file, "HEAVY52A-52A").backbone()));
    }

    @Test
    void saysWhatIsWrongInOneLine() throws IOException {
        Path missing = directory.resolve("none.pdb");
        assertError(missing, "structure must be a PDB or mmCIF file, got FILE, which is not there");
        Path folder = Files.createDirectory(directory.resolve("folder"));
        assertTrue(
                error(folder).startsWith("structure must be a readable PDB or mmCIF file, got "));
        String none = " must hold protein residues with the atoms N, CA, C and O in PDB or mmCIF";
        assertError(write("a.pdb", "hello\n"), "FILE" + none + " format, got none");
        assertError(
                write("b.pdb", atom("CA", "ALA", "A", "   1 ", 1)),
                "FILE" + none + " format, got none");
        assertError(write("c.cif", "data_x\n"), "FILE" + none + " format, got none");
        String residue = residue("ALA", "A", "   1 ", 1);
        assertError(
                write("d.pdb", residue.replaceFirst("0.000", "nan!?")),
                "FILE:1: columns 39 to 46 must be a number, got 'nan!?'");
        assertError(
                write("e.pdb", residue + residue.substring(0, 40)),
                "FILE:5: an atom record must have 54 columns or more, got 40");
    }

    private void assertError(Path file, String message) {
        assertEquals(message.replace("FILE", file.toString()), error(file));
    }

    private static String error(Path file) {
        return assertThrows(IllegalArgumentException.class, () -> StructureFile.read(file, null))
                .getMessage();
    }

    private static List<String> labels(Backbone backbone) {
        return backbone.residues().stream().map(Residue::label).toList();
    }

    /** Residues 1, 2, 2A, 3, 7 and 8 of chain A and -1 to 1 of chain B. */
    private Path twoChains() throws IOException {
        StringBuilder text = new StringBuilder();
        for (String place : List.of("   1 ", "   2 ", "   2A", "   3 ", "   7 ", "   8 ")) {
            text.append(residue("ALA", "A", place, 1));
        }
        text.append("TER\n");
        for (String place : List.of("  -1 ", "   0 ", "   1 ")) {
            text.append(residue("GLY", "B", place, 1));
        }
        return write("two.pdb", text.toString());
    }

    private static String residue(String compound, String chain, String place, double x) {
        StringBuilder text = new StringBuilder();
        ATOMS.forEach(name -> text.append(atom(name, compound, chain, place, x)));
        return text.toString();
    }

    private static String atom(String name, String compound, String chain, String place, double x) {
        return String.format(
                Locale.ROOT,
                "ATOM      1  %-3s %3s %s%s   %8.3f   0.000   0.000%n",
                name,
                compound,
                chain,
                place,
                x);
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    private Path deNovo() throws IOException {
        Path file = directory.resolve("5L33.pdb.gz");
        try (InputStream in = getClass().getResourceAsStream("5L33.pdb.gz")) {
            Files.write(file, in.readAllBytes());
        }
        return file;
    }
}
