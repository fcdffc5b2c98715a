package dev.tiller.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tiller.rewards.protein.Backbone;
import dev.tiller.rewards.protein.Residue;
import dev.tiller.sampler.Philox;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BackboneGraphTest {
    private static final Philox NOISE = new Philox(3);

    /** Compares with a sort of all distances, equal ones in the order of the residues. */
    @Test
    void neighboursAreTheNearest() {
        int k = 7;
        int length = 60;
        BackboneGraph graph = BackboneGraph.of(Helices.pair(35, 25), k);
        float[] atoms = Helices.pair(35, 25).coordinates();
        for (int i = 0; i < length; i++) {
            int own = i;
            int[] expected =
                    IntStream.range(0, length)
                            .boxed()
                            .sorted(Comparator.comparing((Integer j) -> distance(atoms, own, j)))
                            .limit(k)
                            .mapToInt(Integer::intValue)
                            .toArray();
            int[] actual = Arrays.copyOfRange(graph.indices(), i * k, (i + 1) * k);
            assertArrayEquals(expected, actual);
            assertEquals(i, actual[0]);
        }
    }

    private static float distance(float[] atoms, int i, int j) {
        float sum = 0;
        for (int axis = 0; axis < 3; axis++) {
            float apart = atoms[12 * i + 3 + axis] - atoms[12 * j + 3 + axis];
            sum += apart * apart;
        }
        return (float) Math.sqrt(sum + 1e-6f);
    }

    /** CA atoms in one place: the residue itself, then the first ones. */
    @Test
    void tiesGoToTheFirst() {
        Residue residue = Helices.of(1).residues().get(0);
        List<Residue> residues = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            residues.add(new Residue("A", i + 1, ' ', 'A', residue.atoms()));
        }
        int[] near = BackboneGraph.of(new Backbone("one place", residues), 3).indices();
        assertArrayEquals(new int[] {3, 0, 1}, Arrays.copyOfRange(near, 9, 12));
    }

    @Test
    void offsetsCountAlongTheChain() {
        BackboneGraph graph = BackboneGraph.of(Helices.pair(40, 2), 42);
        int[] near = graph.indices();
        int[] offsets = graph.offsets();
        for (int j = 0; j < 42; j++) {
            int other = near[35 * 42 + j];
            int expected = other >= 40 ? 65 : Math.min(64, 35 - other + 32);
            assertEquals(expected, offsets[35 * 42 + j], "neighbour " + other);
        }
    }

    @Test
    void fewResiduesLeaveNeighboursMissing() {
        BackboneGraph graph = BackboneGraph.of(Helices.of(3), 5);
        assertEquals(5, graph.neighbours());
        assertEquals(3, graph.length());
        assertArrayEquals(
                new int[] {0, 1, 2, 0, 0}, Arrays.copyOf(graph.indices(), graph.neighbours()));
    }

    @Test
    void noiseIsAddressedAndOfItsSize() {
        Backbone backbone = Helices.of(200);
        int[] still = BackboneGraph.of(backbone, 9).indices();
        assertArrayEquals(still, BackboneGraph.of(backbone, 9, 0, NOISE, 1, 2).indices());
        int[] moved = BackboneGraph.of(backbone, 9, 0.3, NOISE, 1, 2).indices();
        assertArrayEquals(moved, BackboneGraph.of(backbone, 9, 0.3, NOISE, 1, 2).indices());
        assertFalse(Arrays.equals(still, moved));
        assertFalse(
                Arrays.equals(moved, BackboneGraph.of(backbone, 9, 0.3, NOISE, 2, 2).indices()));
        assertFalse(
                Arrays.equals(moved, BackboneGraph.of(backbone, 9, 0.3, NOISE, 1, 3).indices()));
    }

    @Test
    void refusesBadSettings() {
        Backbone backbone = Helices.of(3);
        assertEquals(
                "neighbours must be >= 1, got 0",
                assertThrows(IllegalArgumentException.class, () -> BackboneGraph.of(backbone, 0))
                        .getMessage());
        assertTrue(
                assertThrows(
                                IllegalArgumentException.class,
                                () -> BackboneGraph.of(backbone, 3, -1, NOISE, 0, 0))
                        .getMessage()
                        .startsWith("noise must be >= 0"));
    }
}
