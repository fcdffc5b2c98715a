package dev.tiller.rewards.molecule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tiller.rewards.molecule.drawing.MoleculeFiles;
import dev.tiller.rewards.molecule.drawing.MoleculeFiles.Entry;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class MoleculeFilesTest {
    private static final List<Entry> ENTRIES =
            List.of(
                    new Entry("CC(=O)Oc1ccccc1C(=O)O", "aspirin", Map.of("qed", "0.55")),
                    new Entry("C[N+](C)(C)C", "salt", Map.of()));

    @Test
    void writesStructureData() throws IOException {
        String text = sdf();
        assertTrue(text.startsWith("aspirin\n\n\n 13 13"), text);
        assertTrue(text.contains("V2000") && text.contains("> <qed>\n0.55\n"), text);
        assertTrue(text.contains("M  CHG  1   2   1"), text);
        assertEquals(2, text.lines().filter(line -> line.equals("$$$$")).count());
        assertEquals(text, sdf());
    }

    @Test
    void readsWhatItWrites() throws IOException {
        List<Entry> read = MoleculeFiles.readSdf(sdf());
        assertEquals(2, read.size());
        for (int i = 0; i < 2; i++) {
            assertEquals(
                    Smiles.canonical(ENTRIES.get(i).smiles()),
                    Smiles.canonical(read.get(i).smiles()));
            assertEquals(ENTRIES.get(i).title(), read.get(i).title());
        }
        assertEquals("0.55", read.get(0).properties().get("qed"));
    }

    @Test
    void refusesRecordsThatCannotBeRead() throws IOException {
        String broken = sdf().replaceFirst(" 13 13", " 99 99");
        IllegalArgumentException error =
                assertThrows(IllegalArgumentException.class, () -> MoleculeFiles.readSdf(broken));
        assertTrue(error.getMessage().startsWith("SDF must hold molecules"), error.getMessage());
        assertThrows(IllegalArgumentException.class, () -> MoleculeFiles.readSdf("no molecule"));
    }

    @Test
    void drawsGrid() throws IOException {
        String text = svg();
        assertTrue(text.contains("<svg"), text);
        assertEquals(text, svg());
    }

    @Test
    void refusesWhatIsNoMolecule() {
        List<Entry> bad = List.of(new Entry("C(", "bad", Map.of()));
        assertThrows(
                IllegalArgumentException.class,
                () -> MoleculeFiles.writeSdf(bad, new StringWriter()));
    }

    private static String sdf() throws IOException {
        StringWriter out = new StringWriter();
        MoleculeFiles.writeSdf(ENTRIES, out);
        return out.toString();
    }

    private static String svg() throws IOException {
        StringWriter out = new StringWriter();
        MoleculeFiles.writeSvg(ENTRIES, 2, out);
        return out.toString();
    }
}
