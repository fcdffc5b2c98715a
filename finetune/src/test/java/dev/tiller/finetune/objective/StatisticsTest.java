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

    @Test
    void spearmanIsThatOfTheRanks() {
        assertEquals(1, Statistics.spearman(X, new double[] {-9, 0, 1, 1e9}), 1e-15);
        assertEquals(-1, Statistics.spearman(X, new double[] {3, 2, 1, -100}), 1e-15);
        // ranks 1, 2.5, 2.5, 4: covariance 4.5 / 4, deviations sqrt(5) / 2 and sqrt(4.5) / 2
        double ties = Statistics.spearman(X, new double[] {0, 5, 5, 6});
        assertEquals(4.5 / Math.sqrt(5 * 4.5), ties, 1e-15);
        assertEquals(Double.NaN, Statistics.spearman(X, new double[4]));
    }

    @Test
    void quantilesAreBetweenNumbers() {
        double[] values = {9, 1, 5};
        assertEquals(1, Statistics.quantile(values, 0));
        assertEquals(3, Statistics.quantile(values, 0.25));
        assertEquals(Statistics.median(values), Statistics.quantile(values, 0.5));
        assertEquals(9, Statistics.quantile(values, 1));
        assertEquals(4, Statistics.quantile(new double[] {4}, 0.75));
    }

    @Test
    void aurocIsTheShareOfPairsInOrder() {
        double[] labels = {0, 1, 0, 1, 1};
        assertEquals(1, Statistics.auroc(new double[] {-3, 5, -1, 0, 2}, labels));
        assertEquals(0, Statistics.auroc(new double[] {3, -5, 1, 0, -2}, labels));
        // pairs of (one, zero): 5 > 3, 5 > 1, 2 < 3, 2 > 1, 1 < 3, 1 = 1
        assertEquals(3.5 / 6, Statistics.auroc(new double[] {3, 5, 1, 2, 1}, labels), 1e-15);
        assertEquals(0.5, Statistics.auroc(new double[5], labels));
        assertEquals(Double.NaN, Statistics.auroc(X, new double[4]));
    }

    @Test
    void medianIsTheMiddle() {
        assertEquals(2, Statistics.median(new double[] {9, 1, 2}), 0);
        assertEquals(2.5, Statistics.median(new double[] {9, 1, 2, 3}), 0);
    }
}
