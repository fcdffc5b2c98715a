package dev.tiller.sampler.numerics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class LogSpaceTest {
    private static final double MINUS_INFINITY = Double.NEGATIVE_INFINITY;

    @Test
    void isTheLogOfTheSum() {
        assertEquals(
                Math.log(10), LogSpace.logSumExp(Math.log(1), Math.log(2), Math.log(7)), 1e-15);
        assertEquals(-3.25, LogSpace.logSumExp(-3.25));
    }

    @Test
    void doesNotOverflowOrUnderflow() {
        assertEquals(1e6 + Math.log(2), LogSpace.logSumExp(1e6, 1e6), 1e-9);
        assertEquals(-1e6 + Math.log(3), LogSpace.logSumExp(-1e6, -1e6, -1e6), 1e-9);
        assertEquals(800, LogSpace.logSumExp(800, -800));
    }

    @Test
    void minusInfinityIsZero() {
        assertEquals(2, LogSpace.logSumExp(2, MINUS_INFINITY));
        assertEquals(MINUS_INFINITY, LogSpace.logSumExp(MINUS_INFINITY, MINUS_INFINITY));
        assertEquals(MINUS_INFINITY, LogSpace.logSumExp());
    }

    @Test
    void nanIsNotHidden() {
        assertEquals(Double.NaN, LogSpace.logSumExp(1, Double.NaN, 2));
    }
}
