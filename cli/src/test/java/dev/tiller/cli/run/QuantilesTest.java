package dev.tiller.cli.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class QuantilesTest {
    @Test
    void interpolatesLinearly() {
        double[] values = {4, 1, 3, 2};
        assertEquals(1, Quantiles.of(values, 0));
        assertEquals(2.5, Quantiles.of(values, 0.5));
        assertEquals(3.7, Quantiles.of(values, 0.9), 1e-12);
        assertEquals(4, Quantiles.of(values, 1));
        assertArrayEquals(new double[] {4, 1, 3, 2}, values, "the values are not sorted in place");
    }
}
