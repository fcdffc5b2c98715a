package dev.tiller.rewards.benchmark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class DrawsTest {

    /** SplitMix64 of seed 0 begins with E220A8397B1DCDAF and 6E789E6AA1B965F4. */
    @Test
    void isSplitMix64() {
        Draws draws = new Draws(0);
        assertEquals((0xE220A8397B1DCDAFL >>> 11) * 0x1p-53, draws.uniform());
        assertEquals((0x6E789E6AA1B965F4L >>> 11) * 0x1p-53, draws.uniform());
    }

    /** n = 100,000; the limits are 6 standard errors, a false alarm in 5e8. */
    @Test
    void drawsGaussians() {
        Draws draws = new Draws(1);
        double sum = 0;
        double squares = 0;
        for (int n = 0; n < 100_000; n++) {
            double z = draws.gaussian();
            sum += z;
            squares += z * z;
        }
        assertEquals(0, sum / 100_000, 6 / Math.sqrt(100_000));
        assertEquals(1, squares / 100_000, 6 * Math.sqrt(2 / 100_000.0));
    }

    /** n = 100,000; the limits are 6 standard errors, a false alarm in 5e8. */
    @Test
    void drawsCategories() {
        Draws draws = new Draws(2);
        double[] probabilities = {0, 0.2, 0, 0.5, 0.3, 0};
        int[] counts = new int[6];
        for (int n = 0; n < 100_000; n++) {
            counts[draws.categorical(probabilities)]++;
        }
        for (int i = 0; i < 6; i++) {
            double p = probabilities[i];
            assertEquals(p, counts[i] / 100_000.0, 6 * Math.sqrt(p * (1 - p) / 100_000));
        }
    }

    @Test
    void permutes() {
        Draws draws = new Draws(3);
        int[] firsts = new int[5];
        for (int n = 0; n < 1_000; n++) {
            int[] order = draws.permutation(5);
            firsts[order[0]]++;
            Arrays.sort(order);
            assertArrayEquals(new int[] {0, 1, 2, 3, 4}, order);
        }
        // 200 expected, standard deviation 12.6
        for (int count : firsts) {
            assertTrue(Math.abs(count - 200) < 76, Arrays.toString(firsts));
        }
    }

    @Test
    void walksFromStationaryDistribution() {
        TransitionMatrix chain = TransitionMatrix.draw(6, new Draws(4));
        double[] pi = chain.stationary();
        assertEquals(1, Arrays.stream(pi).sum(), 1e-12);
        // n = 20,000 walks of 4 steps; the limits are 6 standard errors, a false alarm in 5e8
        int[] counts = new int[6];
        Draws draws = new Draws(5);
        for (int n = 0; n < 20_000; n++) {
            int[] walk = chain.walk(4, draws);
            counts[walk[3]]++;
            for (int i = 1; i < 4; i++) {
                assertTrue(chain.isAllowed(walk[i - 1], walk[i]));
            }
        }
        for (int i = 0; i < 6; i++) {
            double error = Math.sqrt(pi[i] * (1 - pi[i]) / 20_000);
            assertEquals(pi[i], counts[i] / 20_000.0, 6 * error);
        }
    }
}
