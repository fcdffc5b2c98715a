package dev.tiller.sampler.decoder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tiller.sampler.SoftValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class DecoderTest {
    private static final SoftValue NOTHING = (x, index, ledger, noise) -> new double[x.rows()];

    @Test
    void refusesOptionsOutOfRange() {
        assertRefused("candidates must be at least 1, got 0", () -> new BestOfN(0, NOTHING));
        assertRefused("candidates must be at least 1, got 0", () -> new Svdd(0, 1, NOTHING));
        assertRefused(
                "temperature must be at least 0 and finite, got -1.0",
                () -> new Svdd(2, -1, NOTHING));
        assertRefused(
                "temperature must be at least 0 and finite, got Infinity",
                () -> new Svdd(2, Double.POSITIVE_INFINITY, NOTHING));
        assertRefused(
                "temperature must be at least 0 and finite, got NaN",
                () -> new Svdd(2, Double.NaN, NOTHING));
    }

    private static void assertRefused(String text, Executable call) {
        assertEquals(text, assertThrows(IllegalArgumentException.class, call).getMessage());
    }
}
