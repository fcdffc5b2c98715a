package dev.tiller.sampler.numerics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Randomness.Purpose;
import java.util.Arrays;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.junit.jupiter.api.Test;

class NormalsTest {
    @Test
    void pairsAreThoseOfTheFormula() {
        double[] numbers = {Math.exp(-2), 0.25, Math.exp(-0.5), 0.5};
        Normals.toNormals(numbers);
        assertEquals(0, numbers[0], 1e-15);
        assertEquals(2, numbers[1], 1e-15);
        assertEquals(-1, numbers[2], 1e-15);
        assertEquals(0, numbers[3], 1e-15);
        assertEquals(4, Normals.uniforms(3));
        assertEquals(4, Normals.uniforms(4));
    }

    /** Kolmogorov and Smirnov, n = 20,000, at a false alarm of 1e-6. */
    @Test
    void theyFollowTheNormalLaw() {
        int n = 20_000;
        double[] numbers = new double[n];
        new Philox(3).fill(0, 0, Purpose.PRIOR, 0, numbers);
        Normals.toNormals(numbers);
        Arrays.sort(numbers);
        double distance = 0;
        for (int i = 0; i < n; i++) {
            double law = NormalDistribution.of(0, 1).cumulativeProbability(numbers[i]);
            distance = Math.max(distance, Math.max(law - i / (double) n, (i + 1.0) / n - law));
        }
        assertTrue(distance < Math.sqrt(Math.log(2 / 1e-6) / (2 * n)), "distance " + distance);
    }
}
