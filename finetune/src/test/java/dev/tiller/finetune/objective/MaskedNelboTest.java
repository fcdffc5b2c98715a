package dev.tiller.finetune.objective;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tiller.finetune.objective.MaskedNelbo.TimeSampling;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.schedule.LogLinear;
import dev.tiller.sampler.schedule.NoiseSchedule;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Times, weights and masks; the loss itself needs the engine. */
class MaskedNelboTest {
    private static final double EPS = 1e-3;
    private static final NoiseSchedule SCHEDULE = new LogLinear(EPS);
    private static final int ROWS = 8;
    private static final int LENGTH = 5;

    private static MaskedNelbo.Corrupted corrupt(TimeSampling sampling, double time, double mask) {
        long[][] rows = new long[ROWS][LENGTH];
        MaskedNelbo objective =
                new MaskedNelbo(rows, rows, 4, SCHEDULE, sampling, false, new Philox(1));
        double[] times = new double[ROWS];
        Arrays.fill(times, time);
        double[] masks = new double[ROWS * LENGTH];
        Arrays.fill(masks, mask);
        return objective.corrupt(rows, times, masks);
    }

    @Test
    void drawsOneTimeInEachStratum() {
        MaskedNelbo.Corrupted corrupted = corrupt(TimeSampling.ANTITHETIC, 0.25, 0.5);
        for (int row = 0; row < ROWS; row++) {
            double t = 1e-3 + (1 - 1e-3) * (row + 0.25) / ROWS;
            assertEquals(t, corrupted.times()[row], 1e-15);
            // sigma' / (exp(sigma) - 1) of the log-linear schedule
            assertEquals(1 / t, corrupted.weights()[row], 1e-9);
        }
    }

    @Test
    void masksWhereTheUniformIsBelowTheMoveChance() {
        for (TimeSampling sampling : TimeSampling.values()) {
            for (double mask : new double[] {1e-6, 0.3, 0.999999}) {
                MaskedNelbo.Corrupted corrupted = corrupt(sampling, 0.5, mask);
                for (int row = 0; row < ROWS; row++) {
                    double chance = moveChance(sampling, (row + 0.5) / ROWS);
                    long[] expected = new long[LENGTH];
                    Arrays.fill(expected, mask < chance ? 4 : 0);
                    assertArrayEquals(
                            expected,
                            Arrays.copyOfRange(
                                    corrupted.tokens(), row * LENGTH, (row + 1) * LENGTH));
                }
            }
        }
    }

    /** The log of the move chance is uniform where times are drawn by importance. */
    private static double moveChance(TimeSampling sampling, double uniform) {
        double u = 1e-3 + (1 - 1e-3) * uniform;
        if (sampling == TimeSampling.ANTITHETIC) {
            return (1 - EPS) * u;
        }
        double least = Math.log(-Math.expm1(-SCHEDULE.smallestSigma()));
        return Math.exp(least + u * (Math.log(1 - EPS) - least));
    }

    @Test
    void weighsAllTimesAlikeWhenDrawnByImportance() {
        double weight = -Math.log(-Math.expm1(-SCHEDULE.smallestSigma()));
        for (TimeSampling sampling :
                new TimeSampling[] {TimeSampling.IMPORTANCE, TimeSampling.CHANGE_OF_VARIABLES}) {
            MaskedNelbo.Corrupted corrupted = corrupt(sampling, 0.5, 0.5);
            for (double rowWeight : corrupted.weights()) {
                assertEquals(weight, rowWeight, 1e-12);
            }
        }
        double[] times = corrupt(TimeSampling.IMPORTANCE, 0.5, 0.5).times();
        for (int row = 0; row < ROWS; row++) {
            double chance = moveChance(TimeSampling.IMPORTANCE, (row + 0.5) / ROWS);
            assertEquals(chance, SCHEDULE.moveChance(times[row]), 1e-12);
            assertTrue(times[row] >= 0 && times[row] <= 1);
        }
    }
}
