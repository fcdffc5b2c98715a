package dev.tiller.rewards.protein.property;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tiller.rewards.Designs;
import dev.tiller.rewards.protein.Backbone;
import dev.tiller.rewards.protein.Backbones;
import dev.tiller.rewards.protein.Residue;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SequenceRecoveryTest {
    private final SequenceRecovery reward =
            new SequenceRecovery(new SequenceRecovery.Options("acdx"));

    private static Backbone backbone(String sequence) {
        List<Residue> residues = new ArrayList<>();
        for (int i = 0; i < sequence.length(); i++) {
            residues.add(new Residue("A", i, ' ', sequence.charAt(i), new float[12]));
        }
        return new Backbone("x", residues);
    }

    @Test
    void countsEqualPositionsButNotUnknownOnes() {
        // the fourth position does not count
        Designs designs = new Designs(List.of("ACDE", "ACCX", "XXXX", "WCDW"));
        assertArrayEquals(new double[] {1, 2 / 3.0, 0, 2 / 3.0}, reward.score(designs), 1e-12);
        assertEquals(0, SequenceRecovery.of("AA", "XX"));
    }

    @Test
    void comparesWithTheBackbone() {
        Designs designs =
                new Designs(List.of("KKKK", "AC"), List.of(backbone("KKEX"), backbone("AC")));
        assertArrayEquals(new double[] {2 / 3.0, 1}, reward.score(designs), 1e-12);
        Backbone example = Backbones.example();
        assertEquals(
                1, reward.score(new Designs(List.of(example.sequence()), List.of(example)))[0]);
    }

    @Test
    void saysWhatIsMissing() {
        assertEquals(
                "design must have the 4 residues of the sequence that it is compared with, got 2",
                message(reward, "AC"));
        assertEquals(
                "reward 'sequence-recovery' must have a sequence to compare with, got a design"
                        + " without a backbone; set its option sequence",
                message(new SequenceRecovery(SequenceRecovery.Options.defaults()), "AC"));
        assertEquals(
                "sequence must have letters of ACDEFGHIKLMNPQRSTVWYX, got AB1",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> new SequenceRecovery.Options("ab1"))
                        .getMessage());
    }

    private static String message(SequenceRecovery reward, String design) {
        return assertThrows(
                        IllegalArgumentException.class,
                        () -> reward.score(new Designs(List.of(design))))
                .getMessage();
    }
}
