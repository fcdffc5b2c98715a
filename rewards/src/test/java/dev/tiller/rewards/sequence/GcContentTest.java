package dev.tiller.rewards.sequence;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tiller.rewards.Designs;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContract;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class GcContentTest extends RewardContract {

    @Override
    protected Reward reward() {
        return new GcContent(GcContent.Options.defaults());
    }

    @Test
    void scoresDistanceToHalf() {
        // shares of G and C by hand: 1/2, 4/4, 0/4, 1/4
        Designs designs = new Designs(List.of("GA", "GCGC", "ATUA", "ATCA"));
        assertArrayEquals(new double[] {0, -0.5, -0.5, -0.25}, reward().score(designs));
    }

    @Test
    void scoresSingleLetters() {
        Designs designs = new Designs(List.of("A", "C", "G", "T", "U"));
        Reward reward = new GcContent(new GcContent.Options(1));
        assertArrayEquals(new double[] {-1, 0, 0, -1, -1}, reward.score(designs));
    }

    @Test
    void scoresDistanceToTarget() {
        Reward reward = new GcContent(new GcContent.Options(0.25));
        Designs designs = new Designs(List.of("GCGC", "AAAG", "AAAA"));
        assertArrayEquals(new double[] {-0.75, 0, -0.25}, reward.score(designs));
    }

    @Test
    void rejectsEmptyDesign() {
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> reward().score(new Designs(List.of("A", ""))));
        assertEquals(
                "design must have a letter for reward 'gc-content', got an empty one; leave empty"
                        + " designs out",
                e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.01, 1.01, Double.NaN, Double.POSITIVE_INFINITY})
    void rejectsTargetOutsideUnitInterval(double target) {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> new GcContent.Options(target));
        assertEquals(
                "target must be in [0, 1], got " + target + "; 0.5 is half of the letters",
                e.getMessage());
    }
}
