package dev.tiller.sampler.decoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.sampler.exact.ChiSquare;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ResamplingTest {
    private static final double[] WEIGHTS = {0.3, 0, 0.05, 2.2, 0.7, 0.15, 1.1};
    private static final int P = WEIGHTS.length;

    private static double[] logs(double... weights) {
        return Arrays.stream(weights).map(Math::log).toArray();
    }

    private static double[] shares() {
        double sum = Arrays.stream(WEIGHTS).sum();
        return Arrays.stream(WEIGHTS).map(w -> w / sum).toArray();
    }

    private static int[] offspring(int[] ancestors) {
        int[] counts = new int[P];
        Arrays.stream(ancestors).forEach(a -> counts[a]++);
        return counts;
    }

    /**
     * A slot that is chosen at random has each ancestor with probability w, if and only if P w
     * offspring are expected: n = 40,000 resamplings, chi-square, false alarm 1e-6 each.
     */
    @ParameterizedTest
    @EnumSource
    void isUnbiased(Resampling scheme) {
        Philox noise = new Philox(11);
        double[] logWeights = logs(WEIGHTS);
        double[] uniforms = new double[P];
        long[] counts = new long[P];
        for (int id = 0; id < 40_000; id++) {
            noise.fill(id, 0, Purpose.RESAMPLING, 0, uniforms);
            int slot = (int) (P * noise.uniform(id, 0, Purpose.SELECTION, 0));
            counts[scheme.ancestors(logWeights, uniforms)[slot]]++;
        }
        ChiSquare.assertFits(scheme.toString(), counts, shares());
    }

    /** Multinomial offspring have the variance of the binomial law; the other schemes less. */
    @ParameterizedTest
    @EnumSource
    void offspringNumbersVaryAsTheSchemeSays(Resampling scheme) {
        Philox noise = new Philox(12);
        double[] uniforms = new double[P];
        double[] shares = shares();
        double variance = 0;
        int n = 5000;
        for (int id = 0; id < n; id++) {
            noise.fill(id, 0, Purpose.RESAMPLING, 0, uniforms);
            int[] counts = offspring(scheme.ancestors(logs(WEIGHTS), uniforms));
            for (int i = 0; i < P; i++) {
                double expected = P * shares[i];
                switch (scheme) {
                    case SYSTEMATIC -> assertTrue(Math.abs(counts[i] - expected) < 1);
                    case STRATIFIED -> assertTrue(Math.abs(counts[i] - expected) < 2);
                    case RESIDUAL -> assertTrue(counts[i] >= Math.floor(expected));
                    default -> assertTrue(counts[i] == 0 || WEIGHTS[i] > 0);
                }
            }
            variance += (counts[3] - P * shares[3]) * (counts[3] - P * shares[3]) / n;
        }
        double binomial = P * shares[3] * (1 - shares[3]);
        if (scheme == Resampling.MULTINOMIAL) {
            assertEquals(binomial, variance, 0.15 * binomial); // over 5 standard deviations
        } else {
            assertTrue(variance < 0.6 * binomial, scheme + ": " + variance);
        }
    }

    @Test
    void multinomialSearchesTheCumulativeWeights() {
        double[] logWeights = logs(1, 2, 0, 1);
        double[] uniforms = {0.9, 0.1, 0.25, 0.7499};
        assertArrayEquals(
                new int[] {3, 0, 1, 1}, Resampling.MULTINOMIAL.ancestors(logWeights, uniforms));
    }

    @Test
    void theOthersUseTheirPoints() {
        double[] logWeights = logs(1, 2, 0, 1);
        double[] uniforms = {0.99, 0.01, 0.5, 0.5};
        // points 0.2475, 0.2525, 0.625, 0.875 and 0.2475, 0.4975, 0.7475, 0.9975
        assertArrayEquals(
                new int[] {0, 1, 1, 3}, Resampling.STRATIFIED.ancestors(logWeights, uniforms));
        assertArrayEquals(
                new int[] {0, 1, 1, 3}, Resampling.SYSTEMATIC.ancestors(logWeights, uniforms));
        assertArrayEquals(
                new int[] {0, 1, 1, 3}, Resampling.RESIDUAL.ancestors(logWeights, uniforms));
        // 4 w = 1.6, 0.8, 1.6: one and one for certain, the other two from 0.6, 0.8, 0.6
        assertArrayEquals(
                new int[] {0, 2, 2, 0},
                Resampling.RESIDUAL.ancestors(
                        logs(2, 1, 2, 0), new double[] {0.71, 0.29, 0.5, 0.5}));
    }

    /** Only differences of log-weights count, and they may be far outside of the range of exp. */
    @ParameterizedTest
    @EnumSource
    void doesNotOverflow(Resampling scheme) {
        double[] uniforms = {0.9, 0.2, 0.6, 0.4, 0.1, 0.7, 0.3};
        int[] expected = scheme.ancestors(logs(WEIGHTS), uniforms);
        for (double shift : new double[] {-1e5, 1e5}) {
            double[] shifted = Arrays.stream(logs(WEIGHTS)).map(w -> w + shift).toArray();
            assertArrayEquals(expected, scheme.ancestors(shifted, uniforms));
        }
        double[] extreme = {-1e300, 1e300, 0, Double.NEGATIVE_INFINITY, 1, 2, 3};
        assertArrayEquals(new int[] {1, 1, 1, 1, 1, 1, 1}, scheme.ancestors(extreme, uniforms));
    }

    /** Uniforms next to 0 and 1 lead to the first and last weight that is not 0. */
    @ParameterizedTest
    @EnumSource
    void staysWithinTheWeights(Resampling scheme) {
        double[] logWeights = logs(0, 1, 1, 1, 1, 1, 0);
        double[] uniforms = new double[P];
        for (double u : new double[] {0x1.0p-53, 1 - 0x1.0p-53}) {
            Arrays.fill(uniforms, u);
            for (int ancestor : scheme.ancestors(logWeights, uniforms)) {
                assertTrue(ancestor >= 1 && ancestor <= 5);
            }
        }
        assertArrayEquals(new int[] {0}, scheme.ancestors(new double[1], new double[] {0.3}));
    }

    @Test
    void refusesWhatAreNoWeights() {
        double inf = Double.POSITIVE_INFINITY;
        refuses("log-weights must be finite or negative infinity, got NaN", Double.NaN, 0);
        refuses("log-weights must be finite or negative infinity, got Infinity", 0, inf);
        refuses("log-weights must have a finite entry, got none among 2", -inf, -inf);
        assertEquals(
                "uniforms must be one for each of the 2 weights, got 1",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> Resampling.SYSTEMATIC.ancestors(new double[2], new double[1]))
                        .getMessage());
    }

    private static void refuses(String text, double... logWeights) {
        for (Resampling scheme : Resampling.values()) {
            assertEquals(
                    text,
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> scheme.ancestors(logWeights, new double[2]))
                            .getMessage());
        }
    }
}
