package dev.tiller.finetune.objective;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class StatisticsTest {
    private static final double[] X = {1, 2, 3, 4};

    @Test
    void equalsTheTextbook() {
        assertEquals(2.5, Statistics.mean(X));
        assertEquals(Math.sqrt(1.25), Statistics.standardDeviation(X), 1e-15);
        assertEquals(1, Statistics.pearson(X, new double[] {-7, -5, -3, -1}), 1e-15);
        assertEquals(-1, Statistics.pearson(X, new double[] {8, 6, 4, 2}), 1e-15);
        // covariance 0.75, deviations sqrt(1.25) both
        assertEquals(0.6, Statistics.pearson(X, new double[] {2, 1, 4, 3}), 1e-15);
    }

    @Test
    void keepsItsDigitsFarFromZero() {
        double[] far = {1e9 + 1, 1e9 + 2, 1e9 + 3, 1e9 + 4};
        assertEquals(Math.sqrt(1.25), Statistics.standardDeviation(far), 1e-12);
        assertEquals(1, Statistics.pearson(far, X), 1e-12);
    }

    @Test
    void hasNoCorrelationWithAConstant() {
        assertEquals(Double.NaN, Statistics.pearson(X, new double[] {2, 2, 2, 2}));
    }
}
