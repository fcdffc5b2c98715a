package dev.tiller.rewards.molecule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tiller.rewards.Breakdown;
import dev.tiller.rewards.Designs;
import dev.tiller.rewards.Notation;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.Rewards;
import dev.tiller.rewards.composition.RewardSpec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Known values, and what all rewards of molecules do with what is none. */
final class MoleculeRewardsTest {
    private static final String ASPIRIN = "CC(=O)Oc1ccccc1C(=O)O";
    private static final String CAFFEINE = "Cn1cnc2c1c(=O)n(C)c(=O)n2C";

    @ParameterizedTest
    @CsvSource({
        "qed, 0.5501, 0.5385, 0.001",
        "logp, 1.3101, -1.0293, 0.0001",
        "tpsa, 63.60, 61.82, 0.01",
        "molecular-weight, 180.159, 194.194, 0.01",
        "ring-count, 1, 2, 0",
        "lipinski, 4, 4, 0",
    })
    void knowsAspirinAndCaffeine(String name, double aspirin, double caffeine, double tolerance) {
        try (Reward reward = reward(name, Map.of())) {
            double[] scores = reward.score(new Designs(List.of(ASPIRIN, CAFFEINE)));
            assertEquals(aspirin, scores[0], tolerance);
            assertEquals(caffeine, scores[1], tolerance);
        }
    }

    @Test
    void aspirinIsEasyToMake() {
        try (Reward reward = reward("sa-score", Map.of())) {
            Breakdown breakdown = reward.breakdown(new Designs(List.of(ASPIRIN)));
            assertEquals(1.58, breakdown.values()[0][0], 0.1);
            assertEquals((10 - breakdown.values()[0][0]) / 9, breakdown.scores()[0]);
        }
    }

    @Test
    void sameMoleculeIsMostSimilar() {
        Map<String, String> options = Map.of("smiles", CAFFEINE + "," + ASPIRIN);
        try (Reward reward = reward("similarity", options)) {
            double[] scores =
                    reward.score(new Designs(List.of("OC(=O)c1ccccc1OC(C)=O", "CCCC", "OC=O")));
            assertEquals(1, scores[0]);
            assertTrue(scores[1] < 0.2 && scores[2] > 0, () -> scores[1] + " " + scores[2]);
        }
    }

    @Test
    void countsSubstructures() {
        Map<String, String> count = Map.of("smarts", "C=O", "form", "count");
        try (Reward reward = reward("substructure", count)) {
            assertEquals(2, reward.score(new Designs(List.of(ASPIRIN)))[0]);
        }
        try (Reward reward = reward("substructure", Map.of("smarts", "[NX3]"))) {
            assertEquals(0, reward.score(new Designs(List.of(ASPIRIN)))[0]);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "qed, 0",
        "logp, -20",
        "tpsa, 0",
        "molecular-weight, 0",
        "ring-count, 0",
        "lipinski, 0",
        "sa-score, 0",
    })
    void whatIsNoMoleculeHasItsOwnScore(String name, double worst) {
        Designs designs = new Designs(List.of("", "C(C)(C)(C)(C)C", "c1cc", "CCO"));
        try (Reward reward = reward(name, Map.of());
                Reward chosen = reward(name, Map.of("invalid", "-7"))) {
            assertEquals(Notation.SMILES, reward.notation());
            double[] scores = reward.score(designs);
            double[] other = chosen.score(designs);
            for (int n = 0; n < 3; n++) {
                assertEquals(worst, scores[n]);
                assertEquals(-7, other[n]);
            }
            assertEquals(scores[3], other[3]);
        }
    }

    @Test
    void descriptorCanHaveTarget() {
        Map<String, String> options = Map.of("form", "target", "target", "2");
        try (Reward reward = reward("ring-count", options)) {
            double[] scores = reward.score(new Designs(List.of(CAFFEINE, ASPIRIN, "")));
            assertEquals(0, scores[0]);
            assertEquals(-1, scores[1]);
            assertEquals(-102, scores[2]);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"similarity", "substructure"})
    void asksForWhatItNeeds(String name) {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> reward(name, Map.of()));
        assertTrue(e.getMessage().contains("got none"), e.getMessage());
    }

    @Test
    void namesBadPattern() {
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> reward("substructure", Map.of("smarts", "C(")));
        assertTrue(e.getMessage().contains("got 'C('"), e.getMessage());
    }

    @Test
    void compositionReadsOneNotation() {
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> composite(List.of("qed", "gc-content")));
        assertTrue(e.getMessage().contains("must read the same notation"), e.getMessage());
        try (Reward both = composite(List.of("qed", "sa-score"))) {
            assertEquals(Notation.SMILES, both.notation());
            assertEquals(2, both.score(new Designs(List.of(ASPIRIN, "C("))).length);
        }
    }

    private static Reward composite(List<String> names) {
        RewardSpec spec = RewardSpec.of(Map.of("components", names));
        return Rewards.load().create(spec, RewardContext.cpu());
    }

    private static Reward reward(String name, Map<String, String> options) {
        return Rewards.load().create(name, options, RewardContext.cpu());
    }
}
