package dev.tiller.sampler.masked;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import org.junit.jupiter.api.Test;

class UniformDenoiserIT {
    @Test
    void allLettersAreEquallyLikelyAtEachTime() {
        UniformDenoiser denoiser = new UniformDenoiser(20);
        try (NDManager manager = NDManager.newBaseManager();
                NDManager caller = manager.newSubManager()) {
            NDArray xt = caller.create(new long[] {0, 20, 3, 20, 20, 20}, new Shape(2, 3));
            NDArray logs = denoiser.logPosterior(xt, new double[] {1, 0.1});
            assertEquals(new Shape(2, 3, 20), logs.getShape());
            assertEquals(DataType.FLOAT32, logs.getDataType());
            assertSame(caller, logs.getManager());
            for (float log : logs.toFloatArray()) {
                assertEquals((float) -Math.log(20), log);
            }
        }
        assertFalse(denoiser.dependsOnTime());
        assertEquals(20, denoiser.cleanTokens());
    }

    @Test
    void refusesAnAlphabetWithoutLetters() {
        assertEquals(
                "cleanTokens must be at least 1, got 0",
                assertThrows(IllegalArgumentException.class, () -> new UniformDenoiser(0))
                        .getMessage());
    }
}
