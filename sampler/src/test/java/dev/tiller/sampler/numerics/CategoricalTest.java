package dev.tiller.sampler.numerics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.sampler.exact.ChiSquare;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class CategoricalTest {
    private static final double MINUS_INFINITY = Double.NEGATIVE_INFINITY;

    /** Seed 11, n = 200,000; chi-square against the float64 softmax, false alarm 1e-6. */
    @Test
    void drawsInProportionToTheWeights() {
        double[] logWeights = {1.5, MINUS_INFINITY, -3, 0, 0, 2.25, MINUS_INFINITY, -6};
        long[] counts = draws(logWeights, 200_000);
        ChiSquare.assertFits("Categorical", counts, softmax(logWeights));
        double[] wrong = logWeights.clone();
        wrong[3] += 0.1;
        ChiSquare.assertRejects("Categorical, one weight wrong", counts, softmax(wrong));
    }

    @Test
    void gumbelNoiseDrawsTheSame() {
        Philox noise = new Philox(5);
        double[] logWeights = {0.3, MINUS_INFINITY, -1, 2, 0.3};
        double[] uniforms = new double[2 + logWeights.length];
        for (int i = 0; i < 10_000; i++) {
            noise.fill(i, 0, Purpose.PROPOSAL, 0, uniforms);
            int expected = Categorical.draw(logWeights, uniforms, 2);
            Categorical.toGumbel(uniforms);
            assertEquals(expected, Categorical.drawWithGumbel(logWeights, uniforms, 2));
        }
        double[] none = {MINUS_INFINITY, MINUS_INFINITY};
        assertThrows(
                IllegalArgumentException.class,
                () -> Categorical.drawWithGumbel(none, new double[2], 0));
    }

    private static long[] draws(double[] logWeights, int n) {
        Philox noise = new Philox(11);
        double[] uniforms = new double[logWeights.length];
        long[] counts = new long[logWeights.length];
        for (int i = 0; i < n; i++) {
            noise.fill(i, 0, Purpose.PROPOSAL, 0, uniforms);
            counts[Categorical.draw(logWeights, uniforms, 0)]++;
        }
        return counts;
    }

    private static double[] softmax(double[] logs) {
        double[] weights = Arrays.stream(logs).map(Math::exp).toArray();
        double sum = Arrays.stream(weights).sum();
        return Arrays.stream(weights).map(w -> w / sum).toArray();
    }

    @Test
    void addingAConstantToAllWeightsChangesNoDraw() {
        double[] logWeights = {0.5, -1, 2};
        double[] shifted = {0.5 + 512, -1 + 512, 2 + 512};
        double[] uniforms = new double[3];
        Philox noise = new Philox(12);
        for (int i = 0; i < 1000; i++) {
            noise.fill(i, 0, Purpose.PROPOSAL, 0, uniforms);
            assertEquals(
                    Categorical.draw(logWeights, uniforms, 0),
                    Categorical.draw(shifted, uniforms, 0));
        }
    }

    @Test
    void neverDrawsAnImpossibleIndex() {
        double[] uniforms = {1 - 0x1.0p-53, 0x1.0p-53, 1 - 0x1.0p-53};
        assertEquals(
                1,
                Categorical.draw(new double[] {MINUS_INFINITY, -700, MINUS_INFINITY}, uniforms, 0));
    }

    /** In float32 the noise ends near 16.6 and an index of weight exp(-30) could not be drawn. */
    @Test
    void reachesTheTail() {
        double[] logWeights = {0, -30};
        assertEquals(1, Categorical.draw(logWeights, new double[] {0.5, 1 - 0x1.0p-53}, 0));
        assertEquals(0, Categorical.draw(logWeights, new double[] {0.5, 1 - 0x1.0p-40}, 0));
    }

    @Test
    void takesTheFirstIndexOnTies() {
        double[] equal = {0.3, 0.3, 0.3};
        assertEquals(0, Categorical.draw(equal, new double[] {0.4, 0.4, 0.4}, 0));
        assertEquals(1, Categorical.draw(equal, new double[] {0.2, 0.4, 0.4}, 0));
        assertEquals(0, Categorical.argMax(new float[] {5, 5, 5}, 0, 3));
        assertEquals(1, Categorical.argMax(new float[] {4, 5, 5}, 0, 3));
    }

    @Test
    void readsFromItsOffset() {
        double[] equal = {0, 0};
        double[] uniforms = {0.9, 0.1, 0.1, 0.9, 0.1};
        assertEquals(0, Categorical.draw(equal, uniforms, 0));
        assertEquals(1, Categorical.draw(equal, uniforms, 2));
        assertEquals(0, Categorical.draw(equal, uniforms, 3));
        assertEquals(2, Categorical.argMax(new float[] {9, 1, 2, 3, 9}, 1, 3));
        assertEquals(0, Categorical.argMax(new float[] {9, -1, 9}, 1, 1));
        assertEquals(1, Categorical.argMax(new float[] {-4, -2, -3}, 0, 3));
    }

    @Test
    void refusesWeightsThatAreAllZero() {
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class,
                        () ->
                                Categorical.draw(
                                        new double[] {MINUS_INFINITY, MINUS_INFINITY},
                                        new double[] {0.5, 0.5},
                                        0));
        assertEquals("log weights must have a finite entry, got none among 2", e.getMessage());
    }
}
