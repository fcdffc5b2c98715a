package dev.tiller.finetune.backpropagation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tiller.sampler.schedule.Cosine;
import dev.tiller.sampler.schedule.LogLinear;
import org.junit.jupiter.api.Test;

class DivergenceTest {
    private static final double EXACT = 1e-12;

    @Test
    void stepIsTheShareOfTheMaskedThatIsRevealed() {
        assertEquals(0.25, Divergence.STEP.scale(new LogLinear(1e-3), 0.8, 0.6), EXACT);
        assertEquals(1, Divergence.STEP.scale(new LogLinear(0), 0.1, 0), EXACT);
    }

    @Test
    void pathIsTheRateTimesTheLengthOfTheStep() {
        // the rate of the log-linear schedule is 1 / t for any eps
        assertEquals(0.25, Divergence.PATH.scale(new LogLinear(1e-3), 0.8, 0.6), EXACT);
        assertEquals(1.0 / 8, Divergence.PATH.scale(new LogLinear(0), 1, 1 - 1.0 / 8), 1e-5);
    }

    @Test
    void pathTendsToStep() {
        Cosine schedule = new Cosine(1e-3);
        for (double t = 0.05; t < 1; t += 0.1) {
            double coarse = ratio(schedule, t, 1e-2);
            double fine = ratio(schedule, t, 1e-4);
            assertTrue(Math.abs(fine - 1) < 1e-3, t + ": " + fine);
            assertTrue(Math.abs(fine - 1) < Math.abs(coarse - 1), t + ": " + coarse);
        }
    }

    private static double ratio(Cosine schedule, double t, double length) {
        return Divergence.PATH.scale(schedule, t, t - length)
                / Divergence.STEP.scale(schedule, t, t - length);
    }

    @Test
    void thePublishedOneLacksTheLengthOfTheStep() {
        double scale = Divergence.REFERENCE.scale(new LogLinear(1e-3), 0.5, 0.25);
        assertEquals(1 / (0.999 * 0.5), scale, EXACT);
        assertEquals(scale, Divergence.REFERENCE.scale(new LogLinear(1e-3), 0.5, 0.49), 0);
    }

    @Test
    void namesAreThoseOfJobFiles() {
        assertEquals("reference", Divergence.REFERENCE.toString());
    }
}
