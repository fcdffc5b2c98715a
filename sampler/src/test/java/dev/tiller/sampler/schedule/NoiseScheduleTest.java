package dev.tiller.sampler.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NoiseScheduleTest {
    private static final double[] TIMES = {0, 0.01, 0.125, 0.3, 0.5, 0.77, 0.9, 0.99, 1};

    static Stream<NoiseSchedule> schedules() {
        return Stream.of(
                new LogLinear(1e-3),
                new LogLinear(0.2),
                new Cosine(1e-3),
                new Cosine(0.2),
                new CosineSquared(1e-3),
                new CosineSquared(0.2),
                new Linear(1e-3, 7),
                new Linear(0.5, 2),
                new Geometric(1e-4, 20),
                new Geometric(0.5, 2));
    }

    @Test
    void followTheirFormulas() {
        for (double t : TIMES) {
            assertEquals(1 - 0.8 * t, new LogLinear(0.2).alpha(t), 1e-15);
            double cosine = Math.cos(Math.PI * t / 2);
            assertEquals(0.2 + 0.8 * cosine, new Cosine(0.2).alpha(t), 1e-15);
            assertEquals(0.2 + 0.8 * cosine * cosine, new CosineSquared(0.2).alpha(t), 1e-15);
            assertEquals(0.5 + 1.5 * t, new Linear(0.5, 2).sigma(t), 1e-15);
            assertEquals(0.5 * Math.pow(4, t), new Geometric(0.5, 2).sigma(t), 1e-15);
        }
    }

    @Test
    void logLinearMasksAShareThatGrowsLinearly() {
        assertEquals(1, new LogLinear(0).moveChance(1)); // exactly: no letter is left
        assertEquals(0, new LogLinear(0).moveChance(0));
        assertEquals(0.999, new LogLinear(1e-3).moveChance(1));
        assertEquals(0.999 * 1e-5, new LogLinear(1e-3).moveChance(1e-5));
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void noiseGrows(NoiseSchedule schedule) {
        assertTrue(schedule.sigma(0) >= 0);
        for (int i = 1; i < TIMES.length; i++) {
            assertTrue(schedule.sigma(TIMES[i]) > schedule.sigma(TIMES[i - 1]));
        }
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void signalAndMoveChanceAddUp(NoiseSchedule schedule) {
        for (double t : TIMES) {
            assertEquals(Math.exp(-schedule.sigma(t)), schedule.alpha(t), 1e-15);
            assertEquals(1, schedule.alpha(t) + schedule.moveChance(t), 1e-15);
        }
    }

    /** Central differences, step 1e-5: an error of about 1e-10 times the third derivative. */
    @ParameterizedTest
    @MethodSource("schedules")
    void rateIsTheDerivativeOfTheTotalNoise(NoiseSchedule schedule) {
        double h = 1e-5;
        for (double t : List.of(0.01, 0.125, 0.3, 0.5, 0.77, 0.9, 0.99)) {
            double slope = (schedule.sigma(t + h) - schedule.sigma(t - h)) / (2 * h);
            assertEquals(slope, schedule.rate(t), 1e-6 * schedule.rate(t));
        }
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void timeAtInvertsSigma(NoiseSchedule schedule) {
        for (double t : TIMES) {
            // acos and the square root lose half of the digits at the ends
            double tolerance = t < 0.05 || t == 1 ? 1e-7 : 1e-12;
            assertEquals(t, schedule.timeAt(schedule.sigma(t)), tolerance);
        }
    }

    /** log(1 - exp(-sigma)) of the time of u lies on the straight line between its ends. */
    @ParameterizedTest
    @MethodSource("schedules")
    void importanceTimeMakesTheLogMoveChanceUniform(NoiseSchedule schedule) {
        double first = Math.log(-Math.expm1(-schedule.smallestSigma()));
        double last = Math.log(schedule.moveChance(1));
        for (double u : new double[] {0.1, 0.5, 0.8, 0.95, 1}) {
            double t = schedule.importanceTime(u);
            assertTrue(t >= 0 && t <= 1 + 1e-8); // 1 - exp(-20) has 8 digits less
            double expected = u * last + (1 - u) * first;
            assertEquals(expected, Math.log(schedule.moveChance(t)), 1e-6);
        }
        assertEquals(1, schedule.importanceTime(1), 1e-9);
        assertEquals(schedule.timeAt(schedule.smallestSigma()), schedule.importanceTime(0), 1e-9);
    }
}
