package dev.tiller.cli.evaluate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.Rewards;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MoleculeMeasuresTest {
    @TempDir private Path folder;

    private static DesignSet set(String... smiles) {
        return new DesignSet("x", 1, "x.smi", List.of(smiles));
    }

    @Test
    void countsValidAndDifferentMolecules() {
        double[] numbers = new MoleculeVariety().of(set("CCO", "OCC", "CC", "", "C(C"));
        assertEquals(0.6, numbers[0], 1e-12);
        assertEquals(2.0 / 3, numbers[1], 1e-12);
        assertTrue(numbers[2] > 0 && numbers[2] < 1, "diversity " + numbers[2]);
        assertArrayEquals(new double[] {1, 1, 0}, new MoleculeVariety().of(set("c1ccccc1")), 1e-12);
    }

    @Test
    void noveltyReadsEveryWayToWriteAMolecule() {
        MoleculeNovelty novelty = new MoleculeNovelty(List.of("OCC", "C1=CC=CC=C1", "nonsense"));
        assertEquals(0.5, novelty.of(set("CCO", "c1ccccc1", "CCN", "CCC", "(("))[0], 1e-12);
    }

    @Test
    void descriptorsOfTheReferenceItselfAreAtDistanceZero() {
        try (Rewards rewards = Rewards.load();
                Reward weight = rewards.create("molecular-weight", Map.of(), RewardContext.cpu());
                Reward logp = rewards.create("logp", Map.of(), RewardContext.cpu())) {
            List<String> reference = List.of("CCO", "CCCCCC", "c1ccccc1", "NCC(=O)O");
            DescriptorDistance distance = new DescriptorDistance(List.of(weight, logp), reference);
            double same = distance.of(set(reference.toArray(String[]::new)))[0];
            assertEquals(0, same, 1e-9);
            double other = distance.of(set("CCCCCCCCCCCC", "CCCCCCCCCC", "CCCCCCCCC"))[0];
            assertTrue(other > 1, "distance " + other);
            assertTrue(Double.isNaN(distance.of(set("CCO", "", "("))[0]));
        }
    }

    @Test
    void readsFilesAndRefusesAMixture() throws Exception {
        Path file = folder.resolve("a.smi");
        Files.writeString(file, "CCO\tethanol\nCC 2\n\n");
        SetArgument molecules = SetArgument.parse(file.toString());
        assertEquals(List.of("CCO", "CC"), MoleculeSets.read(molecules).get(0).designs());
        SetArgument sequences = SetArgument.parse("b.fasta");
        assertTrue(MoleculeSets.areMolecules(List.of(molecules)));
        assertFalse(MoleculeSets.areMolecules(List.of(sequences)));
        assertThrows(
                IllegalArgumentException.class,
                () -> MoleculeSets.areMolecules(List.of(molecules, sequences)));
    }
}
