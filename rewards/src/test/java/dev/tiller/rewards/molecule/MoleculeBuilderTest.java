package dev.tiller.rewards.molecule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class MoleculeBuilderTest {

    @Test
    void keepsValidGraph() {
        BuiltMolecule ethanol = build("C C O", "0-1-1 1-1-2");
        assertEquals("OCC", ethanol.smiles());
        assertTrue(ethanol.validBefore());
        assertEquals(3, ethanol.graph().size());
    }

    @Test
    void chargesNitrogenAndOxygenAboveTheirValence() {
        BuiltMolecule ammonium = build("C N C C C", "0-1-1 1-1-2 1-1-3 1-1-4");
        assertEquals("C[N+](C)(C)C", ammonium.smiles());
        assertTrue(ammonium.validBefore());
        BuiltMolecule oxonium = build("C O C C", "0-1-1 1-1-2 1-1-3");
        assertEquals("[O+](C)(C)C", oxonium.smiles());
        assertTrue(oxonium.validBefore());
    }

    @Test
    void givesSulphurHydrogens() {
        assertEquals("CS(C)C", build("C S C C", "0-1-1 1-1-2 1-1-3").smiles());
    }

    @Test
    void lowersHighestBondUntilValid() {
        BuiltMolecule corrected = build("C C N F", "0-2-1 0-3-2 0-1-3");
        assertFalse(corrected.validBefore());
        assertEquals(2, corrected.graph().bonds()[0][2]);
        assertEquals(1, corrected.graph().bonds()[0][1]);
        assertEquals(1, corrected.graph().bonds()[0][3]);
    }

    @Test
    void keepsLargestPiece() {
        BuiltMolecule pieces = build("N C C C O", "0-1-1 2-2-3 3-1-4");
        assertTrue(pieces.validBefore());
        assertEquals(List.of("C", "C", "O"), pieces.graph().atoms());
        assertEquals("OC=C", pieces.smiles());
    }

    @Test
    void emptyGraphIsNoMolecule() {
        BuiltMolecule empty = MoleculeBuilder.build(new MolecularGraph(List.of(), new int[0][]));
        assertEquals("", empty.smiles());
        assertFalse(empty.validBefore());
    }

    @Test
    void namesUnknownElement() {
        MolecularGraph iron = new MolecularGraph(List.of("Fe"), new int[1][1]);
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> MoleculeBuilder.build(iron));
        assertTrue(e.getMessage().endsWith("got Fe"), e.getMessage());
    }

    @Test
    void buildingWhatWasBuiltChangesNothing() {
        for (int seed = 0; seed < 300; seed++) {
            BuiltMolecule once = MoleculeBuilder.build(scrambled(seed));
            BuiltMolecule twice = MoleculeBuilder.build(once.graph());
            assertTrue(twice.validBefore(), once.smiles());
            assertEquals(once.smiles(), twice.smiles());
            assertEquals(once.smiles(), Smiles.canonical(once.smiles()));
        }
    }

    @Test
    void servesConcurrentCalls() {
        List<String> expected =
                IntStream.range(0, 200)
                        .mapToObj(seed -> MoleculeBuilder.build(scrambled(seed)).smiles())
                        .toList();
        List<String> got =
                IntStream.range(0, 200)
                        .parallel()
                        .mapToObj(seed -> MoleculeBuilder.build(scrambled(seed)).smiles())
                        .toList();
        assertEquals(expected, got);
    }

    @Test
    void roundsAsPublished() {
        assertEquals(0, BondOrders.quantise(0.4999));
        assertEquals(1, BondOrders.quantise(0.5));
        assertEquals(2, BondOrders.quantise(1.5));
        assertEquals(3, BondOrders.quantise(2.5));
        assertEquals(3, BondOrders.quantise(40));
        assertEquals(0, BondOrders.quantise(-3));
        assertEquals(0, BondOrders.quantise(Double.NaN));
    }

    /** A graph of nine atoms with arbitrary bonds. */
    private static MolecularGraph scrambled(int seed) {
        String[] symbols = {"C", "C", "C", "N", "O", "S", "P", "F"};
        int[][] bonds = new int[9][9];
        long state = 88172645463325252L + 7919L * seed;
        List<String> atoms = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            for (int j = 0; j < i; j++) {
                state = step(state);
                int draw = (int) Math.floorMod(state, 14L);
                bonds[i][j] = draw < 4 ? draw : 0;
                bonds[j][i] = bonds[i][j];
            }
            state = step(state);
            atoms.add(symbols[(int) Math.floorMod(state, 8L)]);
        }
        return new MolecularGraph(atoms, bonds);
    }

    private static long step(long state) {
        long x = state ^ state << 13;
        x ^= x >>> 7;
        return x ^ x << 17;
    }

    private static BuiltMolecule build(String atoms, String bonds) {
        List<String> symbols = List.of(atoms.split(" "));
        int[][] matrix = new int[symbols.size()][symbols.size()];
        for (String bond : bonds.split(" ")) {
            String[] parts = bond.split("-");
            int i = Integer.parseInt(parts[0]);
            int j = Integer.parseInt(parts[2]);
            matrix[i][j] = Integer.parseInt(parts[1]);
            matrix[j][i] = matrix[i][j];
        }
        return MoleculeBuilder.build(new MolecularGraph(symbols, matrix));
    }
}
