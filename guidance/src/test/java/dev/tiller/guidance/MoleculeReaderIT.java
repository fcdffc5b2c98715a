package dev.tiller.guidance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.rewards.molecule.BuiltMolecule;
import dev.tiller.sampler.State;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MoleculeReaderIT {
    private static final MoleculeReader READER = new MoleculeReader(List.of("C", "N", "O"));

    private NDManager manager;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager();
    }

    @AfterEach
    void close() {
        manager.close();
    }

    private State state(int nodes, float[] x, float[] adj) {
        int rows = adj.length / nodes / nodes;
        NDList arrays =
                new NDList(
                        manager.create(x, new Shape(rows, nodes, x.length / nodes / rows)),
                        manager.create(adj, new Shape(rows, nodes, nodes)));
        return new State(arrays, new long[rows], new int[rows]);
    }

    /** C=O with a number at each threshold, then N#N with a node that is none in between. */
    @Test
    void readsAtomsAndBonds() {
        float[] x = {
            0.51f, 0.5f, 0, 0.2f, 0.4f, 0.9f, 0.5f, 0.5f, 0.5f, 0, 1, 1, 0.1f, 0.1f, 0.1f, 0, 0.7f,
            0
        };
        float[] adj = {
            0, 1.5f, 3, 1.5f, 0, 3, 3, 3, 0, // the third node is no atom
            0, 1, 2.6f, 1, 0, 1, 2.6f, 1, 0
        };
        State x0 = state(3, x, adj);
        assertEquals(List.of("O=C", "N#N"), READER.read(x0).sequences());
        List<BuiltMolecule> molecules = READER.molecules(x0);
        assertEquals(List.of("C", "O"), molecules.get(0).graph().atoms());
        assertEquals(true, molecules.get(0).validBefore());
    }

    /** O with three and two bonds too many is told to have been wrong. */
    @Test
    void tellsWhatWasCorrected() {
        State x0 =
                state(
                        2,
                        new float[] {0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0},
                        new float[] {0, 2.7f, 2.7f, 0, 0, 1, 1, 0});
        List<BuiltMolecule> molecules = READER.molecules(x0);
        assertEquals(READER.read(x0).sequences(), List.of(molecules.get(0).smiles(), ""));
        assertEquals(0, molecules.get(1).graph().size());
        assertEquals(false, molecules.get(1).validBefore());
        State wrong = state(2, new float[] {0, 0, 0, 0}, new float[] {0, 0, 0, 0});
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> READER.read(wrong));
        assertEquals("x0 must have 3 features a node, got shape (1, 2, 2)", e.getMessage());
    }
}
