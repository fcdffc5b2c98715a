package dev.tiller.rewards.sequence;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tiller.rewards.Designs;
import dev.tiller.rewards.DifferentiableRewardContract;
import dev.tiller.rewards.RelaxedDesigns;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.ScoredGradient;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class GcContentTest extends DifferentiableRewardContract {

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
    void slopesTowardsTarget() {
        GcContent reward = new GcContent(new GcContent.Options(0.5));
        // shares of G and C by hand: (0.2 + 0.3 + 0.1 + 0) / 2 = 0.3, then 1, then 0.5
        List<float[]> rows =
                List.of(
                        new float[] {0.5f, 0.2f, 0.3f, 0, 0.9f, 0.1f, 0, 0},
                        new float[] {0, 1, 0, 0, 0, 0, 1, 0},
                        new float[] {0, 1, 0, 0, 1, 0, 0, 0});
        List<ScoredGradient> found = reward.differentiate(new RelaxedDesigns("ACGT", 2, rows));
        assertEquals(-0.2, found.get(0).score(), 1e-7);
        float up = 0.5f;
        assertArrayEquals(new float[] {0, up, up, 0, 0, up, up, 0}, found.get(0).gradient());
        assertEquals(-0.5, found.get(1).score());
        assertArrayEquals(new float[] {0, -up, -up, 0, 0, -up, -up, 0}, found.get(1).gradient());
        assertEquals(0, found.get(2).score());
        assertArrayEquals(new float[8], found.get(2).gradient());
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
        RelaxedDesigns empty = new RelaxedDesigns("ACGT", 0, List.of(new float[0]));
        GcContent reward = new GcContent(GcContent.Options.defaults());
        assertEquals(
                e.getMessage(),
                assertThrows(IllegalArgumentException.class, () -> reward.differentiate(empty))
                        .getMessage());
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
