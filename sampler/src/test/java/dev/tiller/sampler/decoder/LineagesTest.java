package dev.tiller.sampler.decoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class LineagesTest {
    @Test
    void equalRewardsKeepEachLineageOnce() {
        for (double u : new double[] {1e-9, 0.3, 1 - 1e-9}) {
            assertArrayEquals(
                    new int[] {0, 1, 2, 3}, Lineages.resample(new double[] {2, 2, 2, 2}, 0.1, u));
        }
    }

    /** The mean count over all u is n times the share, and each count is one of its neighbours. */
    @Test
    void keepsEachAsOftenAsItsShareSays() {
        double[] rewards = {0.1, 0.9, 0.4, 0.2, 0.7};
        double temperature = 0.3;
        double[] shares = Arrays.stream(rewards).map(r -> Math.exp(r / temperature)).toArray();
        double sum = Arrays.stream(shares).sum();
        double[] means = new double[rewards.length];
        int grid = 10_000;
        for (int i = 0; i < grid; i++) {
            int[] counts = new int[rewards.length];
            for (int kept : Lineages.resample(rewards, temperature, (i + 0.5) / grid)) {
                counts[kept]++;
            }
            for (int k = 0; k < counts.length; k++) {
                double expected = rewards.length * shares[k] / sum;
                assertTrue(Math.abs(counts[k] - expected) < 1, counts[k] + " of " + expected);
                means[k] += counts[k] / (double) grid;
            }
        }
        for (int k = 0; k < means.length; k++) {
            assertEquals(rewards.length * shares[k] / sum, means[k], 1e-3);
        }
    }

    @Test
    void hugeRewardsDoNotOverflow() {
        assertArrayEquals(
                new int[] {1, 1, 1}, Lineages.resample(new double[] {-1e5, 1e5, 0}, 1e-3, 0.5));
    }

    @Test
    void acceptsByItsRule() {
        assertTrue(Acceptance.better().accepts(1, 1.1, 0.99));
        assertTrue(!Acceptance.better().accepts(1, 1, 0.01)); // the old one on ties
        assertTrue(Acceptance.notWorse().accepts(1, 1, 0.99)); // and the new one here
        assertTrue(!Acceptance.notWorse().accepts(1, 0.9, 0.01));
        assertTrue(Acceptance.always().accepts(1, -5, 0.99));
        Acceptance metropolis = Acceptance.metropolis(0.5);
        assertTrue(metropolis.accepts(1, 1, 0.999999));
        assertTrue(metropolis.accepts(1, 0.5, Math.exp(-1) - 1e-9));
        assertTrue(!metropolis.accepts(1, 0.5, Math.exp(-1) + 1e-9));
        for (double bad : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertEquals(
                    "temperature must be above 0 and finite, got " + bad,
                    assertThrows(IllegalArgumentException.class, () -> Acceptance.metropolis(bad))
                            .getMessage());
        }
    }
}
