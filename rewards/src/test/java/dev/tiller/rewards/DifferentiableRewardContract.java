package dev.tiller.rewards;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What every reward with a gradient keeps, besides what every reward keeps. */
public abstract class DifferentiableRewardContract extends RewardContract {
    private static final int LENGTH = 12;

    private DifferentiableReward differentiable() {
        return reward().differentiable().orElseThrow();
    }

    @Test
    final void equalsScoreOnOneHotDesigns() {
        DifferentiableReward reward = differentiable();
        for (String sequence : designs().sequences()) {
            RelaxedDesigns relaxed = oneHot(sequence, reward.letters());
            double expected = reward.score(new Designs(List.of(sequence)))[0];
            double actual = reward.differentiate(relaxed).get(0).score();
            assertEquals(expected, actual, 1e-9 * Math.max(1, Math.abs(expected)), sequence);
        }
    }

    @Test
    final void givesSlopesOfTheScore() {
        DifferentiableReward reward = differentiable();
        SplittableRandom random = new SplittableRandom(5);
        float[] point = random(random, LENGTH, reward.letters().length());
        float[] gradient = reward.differentiate(relaxed(reward, point)).get(0).gradient();
        assertEquals(point.length, gradient.length);
        double step = 0x1p-8;
        for (int i = 0; i < point.length; i++) {
            float[] up = point.clone();
            float[] down = point.clone();
            up[i] += (float) step;
            down[i] -= (float) step;
            List<ScoredGradient> ends = reward.differentiate(relaxed(reward, up, down));
            double slope = (ends.get(0).score() - ends.get(1).score()) / ((double) up[i] - down[i]);
            // central differences err by step^2 / 6 of the third derivative
            assertEquals(slope, gradient[i], 1e-3 * Math.max(1, Math.abs(slope)), "number " + i);
        }
    }

    @Test
    final void differentiatesEachDesignByItself() {
        DifferentiableReward reward = differentiable();
        SplittableRandom random = new SplittableRandom(6);
        float[] first = random(random, LENGTH, reward.letters().length());
        float[] second = random(random, LENGTH, reward.letters().length());
        List<ScoredGradient> together = reward.differentiate(relaxed(reward, first, second));
        ScoredGradient alone = reward.differentiate(relaxed(reward, second)).get(0);
        assertEquals(2, together.size());
        assertEquals(alone.score(), together.get(1).score());
        assertArrayEquals(alone.gradient(), together.get(1).gradient());
        assertTrue(reward.differentiate(relaxed(reward)).isEmpty());
    }

    @Test
    final void rejectsAlphabetItCannotRead() {
        RelaxedDesigns unreadable = new RelaxedDesigns("A#", 1, List.of(new float[] {1, 0}));
        DifferentiableReward reward = differentiable();
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class, () -> reward.differentiate(unreadable));
        assertTrue(e.getMessage().contains("'#'"), e.getMessage());
    }

    private static RelaxedDesigns relaxed(Reward reward, float[]... rows) {
        return new RelaxedDesigns(reward.letters(), LENGTH, List.of(rows));
    }

    private static RelaxedDesigns oneHot(String sequence, String letters) {
        float[] row = new float[sequence.length() * letters.length()];
        for (int i = 0; i < sequence.length(); i++) {
            row[i * letters.length() + letters.indexOf(sequence.charAt(i))] = 1;
        }
        return new RelaxedDesigns(letters, sequence.length(), new ArrayList<>(List.of(row)));
    }

    private static float[] random(SplittableRandom random, int length, int letters) {
        float[] row = new float[length * letters];
        for (int i = 0; i < row.length; i++) {
            row[i] = (float) random.nextDouble();
        }
        return row;
    }
}
