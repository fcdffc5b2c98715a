package dev.tiller.cli.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tiller.cli.run.Quantiles;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Randomness.Purpose;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class BootstrapTest {
    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }

    @Test
    void intervalOfAMeanHasTheTextbookWidth() {
        double[] values = new double[400];
        new Philox(5).fill(0, 0, Purpose.PROPOSAL, 0, values);
        Bootstrap.Interval interval =
                new Bootstrap(new Philox(1)).interval(values, BootstrapTest::mean);
        double error = Math.sqrt(1.0 / 12 / values.length);
        assertEquals(2 * 1.96 * error, interval.high() - interval.low(), 0.15 * 4 * error);
        assertTrue(interval.low() < mean(values) && mean(values) < interval.high());
    }

    /** 200 data sets; an interval that misses with 5 % misses 27 or more of them with 1e-6. */
    @Test
    void intervalOfAMedianCoversTheTruth() {
        int missed = 0;
        for (int set = 0; set < 200; set++) {
            double[] values = new double[60];
            new Philox(9).fill(set, 0, Purpose.PROPOSAL, 0, values);
            Bootstrap.Interval interval =
                    new Bootstrap(new Philox(set)).interval(values, v -> Quantiles.of(v, 0.5));
            missed += interval.low() > 0.5 || interval.high() < 0.5 ? 1 : 0;
        }
        assertTrue(missed < 27, missed + " of 200 missed");
        assertTrue(missed > 0, "an interval that never misses is too wide");
    }

    @Test
    void oneValueHasNoWidth() {
        Bootstrap.Interval interval =
                new Bootstrap(new Philox(1)).interval(new double[] {3}, BootstrapTest::mean);
        assertEquals(new Bootstrap.Interval(3, 3), interval);
    }
}
