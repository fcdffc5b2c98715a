package dev.tiller.rewards.rna;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tiller.rewards.Designs;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.RewardContract;
import dev.tiller.rewards.RewardOption;
import dev.tiller.rewards.Rewards;
import dev.tiller.rewards.rna.FreeEnergyReward.Form;
import dev.tiller.rewards.rna.FreeEnergyReward.Options;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FreeEnergyRewardTest extends RewardContract {
    // -3.3 - 3.3 + 5.4 = -1.2, with a 3' end of -1.7 = -2.9, open
    private static final Designs DESIGNS =
            new Designs(List.of("GGGAAACCC", "GGGAAACCCA", "GGTTTTTTCA", ""));

    @Override
    protected Reward reward() {
        return new FreeEnergyReward(Options.defaults());
    }

    @Override
    protected Designs designs() { // shorter than those of linear rewards: folding is cubic
        return new Designs(List.of("A", "C", "G", "T", "U", "GC", "ACGTU".repeat(10)));
    }

    @Test
    void scoresEnergyInKilocalories() {
        assertArrayEquals(new double[] {-1.2, -2.9, 0, 0}, reward().score(DESIGNS));
    }

    @Test
    void scoresStability() {
        Reward reward = new FreeEnergyReward(new Options(Form.STABLE, 0, "", ""));
        assertArrayEquals(new double[] {1.2, 2.9, 0, 0}, reward.score(DESIGNS));
    }

    @Test
    void scoresNearnessToTarget() {
        Reward reward = new FreeEnergyReward(new Options(Form.TARGET, -2.9, "", ""));
        assertArrayEquals(new double[] {-1.7, 0, -2.9, -2.9}, reward.score(DESIGNS), 1e-12);
    }

    @Test
    void foldsDesignWithWhatStandsBesideIt() {
        Reward reward = new FreeEnergyReward(new Options(Form.UNSTRUCTURED, 0, "ggg", "CCCA"));
        assertArrayEquals(
                new double[] {-2.9, MinimumFreeEnergy.energy("GGGCCCA")},
                reward.score(new Designs(List.of("AAA", ""))));
    }

    @Test
    void isFoundByName() {
        Rewards rewards = Rewards.load(FreeEnergyReward.class.getClassLoader());
        Map<String, Object> options = Map.of("form", "target", "target", -2.9);
        try (Reward reward = rewards.create("rna-mfe", options, RewardContext.cpu())) {
            assertInstanceOf(FreeEnergyReward.class, reward);
            assertEquals(0, reward.score(new Designs(List.of("GGGAAACCCA")))[0]);
        }
        assertEquals(
                List.of(
                        new RewardOption("form", "unstructured|stable|target", "unstructured"),
                        new RewardOption("target", "number", "0.0"),
                        new RewardOption("prefix", "text", ""),
                        new RewardOption("suffix", "text", "")),
                rewards.describe("rna-mfe"));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.1, Double.NaN, Double.NEGATIVE_INFINITY})
    void rejectsTargetThatNoRnaHas(double target) {
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> new Options(Form.TARGET, target, "", ""));
        assertEquals(
                "target must be a number of kcal/mol, at most 0, got "
                        + target
                        + "; write for example -10",
                e.getMessage());
    }

    @Test
    void rejectsOtherLettersBesideDesign() {
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> new Options(Form.STABLE, 0, "GGN", ""));
        assertEquals(
                "prefix must be letters of ACGTU, got 'GGN'; write for example GGGACA",
                e.getMessage());
    }
}
