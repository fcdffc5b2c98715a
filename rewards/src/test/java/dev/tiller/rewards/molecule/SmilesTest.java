package dev.tiller.rewards.molecule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SmilesTest {

    @ParameterizedTest
    @CsvSource({
        "OCC, C(C)O",
        "c1ccccc1C, CC1=CC=CC=C1",
        "Cc1ccccc1O, CC1=C(O)C=CC=C1",
        "CN(=O)=O, C[N+](=O)[O-]",
        "CN=N#N, CN=[N+]=[N-]",
        "C[C@H](N)O, NC(C)O",
        "F/C=C/F, FC=CF",
        "[2H]C([2H])C, CC",
        "c1cc[nH]c1, C1=CNC=C1",
        "O=c1cc[nH]cc1, O=C1C=CNC=C1",
    })
    void hasOneTextForEachMolecule(String one, String other) {
        assertEquals(Smiles.canonical(one), Smiles.canonical(other));
    }

    @Test
    void canonicalTextIsItsOwn() {
        for (String smiles : List.of("CC(=O)Oc1ccccc1C(=O)O", "Cn1cnc2c1c(=O)n(C)c(=O)n2C")) {
            String canonical = Smiles.canonical(smiles);
            assertEquals(canonical, Smiles.canonical(canonical));
        }
    }

    @Test
    void readsKekulisedGraph() {
        MolecularGraph benzene = Smiles.read("c1ccccc1");
        assertEquals(6, benzene.size());
        int sum = 0;
        for (int[] row : benzene.bonds()) {
            sum += MoleculeBuilder.valence(row);
        }
        assertEquals(18, sum);
        assertEquals("c1ccccc1", Smiles.of(benzene));
    }

    @Test
    void graphForgetsCharges() {
        assertEquals("O=C(O)C", Smiles.of(Smiles.read("CC(=O)[O-]")));
        assertEquals(Smiles.canonical("C[N+](=O)O"), Smiles.of(Smiles.read("C[N+](=O)[O-]")));
    }

    @Test
    void emptyTextIsNoAtoms() {
        assertEquals(0, Smiles.read("").size());
        assertEquals("", Smiles.canonical(""));
        assertTrue(Smiles.valid("").isEmpty());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "C[NH3+]", "CC(=O)[O-]", "C[N+](=O)[O-]", "C[NH-]", "C[CH2+]", "C[CH2-]",
                "C[O+]=C", "C[S+](C)C", "C[S-]", "F[B-](F)(F)F", "C[P+](C)(C)C", "c1cc[nH+]cc1",
                "C[N+]#[C-]", "[Na+]", "[Cl-]"
            })
    void readsChargedAtoms(String smiles) {
        assertEquals(Smiles.canonical(smiles), Smiles.canonical(Smiles.canonical(smiles)));
        assertTrue(Smiles.valid(smiles).isPresent());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "C[CH+]1N=C([NH-])OC(=O)O1",
                "C(C)(C)(C)(C)C",
                "c1cccc1",
                "C1CC",
                "CX",
                "C C",
                "(",
                "C(",
                "[",
                "C=F",
                "[OH3]C",
                "N(C)(C)(C)C",
                "C>>C",
                "%",
                "1"
            })
    void saysWhyTextIsNoMolecule(String smiles) {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> Smiles.canonical(smiles));
        assertTrue(e.getMessage().contains("got '" + smiles + "'"), e.getMessage());
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
        assertTrue(Smiles.valid(smiles).isEmpty());
    }

    @Test
    void saysWhatGraphCannotHold() {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> Smiles.read("[Na]OC"));
        assertTrue(e.getMessage().endsWith("got Na"), e.getMessage());
    }
}
