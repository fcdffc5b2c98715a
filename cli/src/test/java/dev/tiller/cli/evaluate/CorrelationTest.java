package dev.tiller.cli.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class CorrelationTest {
    private static double[] of(double... values) {
        return values;
    }

    @Test
    void pearsonByHand() {
        // centred: -1, 0, 1 and -4/3, -1/3, 5/3
        assertEquals(
                3 / Math.sqrt(2 * 42 / 9.0), Correlation.pearson(of(1, 2, 3), of(0, 1, 3)), 1e-15);
        assertEquals(1, Correlation.pearson(of(1, 2), of(10, 20)), 1e-15);
        assertEquals(-1, Correlation.pearson(of(1, 2), of(5, 3)), 1e-15);
    }

    @Test
    void equalNumbersShareTheirRanks() {
        // ranks 1, 2.5, 2.5, 4 and 1, 3, 2, 4
        assertEquals(
                4.5 / Math.sqrt(4.5 * 5),
                Correlation.spearman(of(1, 2, 2, 3), of(1, 3, 2, 4)),
                1e-15);
        // ranks 1.5, 1.5, 3, 4 and 2, 2, 2, 4
        assertEquals(
                3 / Math.sqrt(4.5 * 3),
                Correlation.spearman(of(0, 0, 1, 5), of(2, 2, 2, 9)),
                1e-15);
    }

    @Test
    void spearmanSeesOnlyTheOrder() {
        assertEquals(1, Correlation.spearman(of(1, 2, 3), of(-5, 0, 1e9)), 1e-15);
        assertEquals(-1, Correlation.spearman(of(1, 2, 3), of(1e9, 0, -5)), 1e-15);
    }

    @Test
    void undefinedIsNaN() {
        assertTrue(Double.isNaN(Correlation.pearson(of(1, 1), of(1, 2))));
        assertTrue(Double.isNaN(Correlation.pearson(of(1), of(2))));
        assertTrue(Double.isNaN(Correlation.spearman(of(1, 2), of(3, 3))));
        assertThrows(IllegalArgumentException.class, () -> Correlation.pearson(of(1), of(1, 2)));
    }
}
