package dev.tiller.zoo.architecture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RelativePositionsTest {
    @Test
    void logGammaEqualsLogFactorials() {
        double log = 0;
        for (int n = 1; n <= 200; n++) {
            assertEquals(log, RelativePositions.logGamma(n), 1e-11 * Math.max(1, log));
            log += Math.log(n);
        }
        assertEquals(0.5 * Math.log(Math.PI), RelativePositions.logGamma(0.5), 1e-11);
    }

    @Test
    void followTheFormulas() {
        int n = 4;
        int each = 2;
        float[] all = RelativePositions.features(n, 6 * each);
        assertEquals((2 * n - 1) * 6 * each, all.length);
        for (int row = 0; row < 2 * n - 1; row++) {
            int d = row - n + 1;
            float[] features = Arrays.copyOfRange(all, row * 6 * each, (row + 1) * 6 * each);
            int a = Math.abs(d);
            // half-lives 8 and n; 2^1 - 1 and 2^2 - 1; gamma means n / 2 and n, deviation 1
            double first = a == 0 ? 1e-8 : gamma(a, 4, 2) + 1e-8;
            double second = a == 0 ? 1e-8 : gamma(a, 16, 4) + 1e-8;
            double largest = Math.max(first, second);
            float[] expected = {
                (float) Math.pow(0.5, a / 8.0),
                (float) Math.pow(0.5, a / 4.0),
                a < 1 ? 1 : 0,
                a < 3 ? 1 : 0,
                (float) (first / largest),
                (float) (second / largest)
            };
            assertArrayEquals(expected, Arrays.copyOf(features, 6), 1e-5f);
            for (int i = 0; i < 6; i++) {
                assertEquals(Integer.signum(d) * features[i], features[6 + i], 0);
            }
        }
    }

    /** The density for a natural shape, whose gamma function is a factorial. */
    private static double gamma(double x, int shape, double rate) {
        double density = rate * Math.exp(-rate * x);
        for (int i = 1; i < shape; i++) {
            density *= rate * x / i;
        }
        return density;
    }

    @Test
    void onePositionHasOneDistance() {
        assertArrayEquals(new float[] {1, 1, 1, 0, 0, 0}, RelativePositions.features(1, 6));
    }
}
