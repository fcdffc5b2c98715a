package dev.tiller.sampler.masked;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import org.junit.jupiter.api.Test;

class D3pmIT {
    private static float log(double probability) {
        return (float) Math.log(probability);
    }

    @Test
    void normalisesOverAllTokensOrTheCleanOnes() {
        try (NDManager manager = NDManager.newBaseManager()) {
            float[] elements = {log(1), log(3), log(4), log(2), log(2), log(12)};
            NDArray logits = manager.create(elements, new Shape(1, 2, 3));
            assertArrayEquals(
                    new float[] {
                        log(0.125), log(0.375), log(0.5), log(0.125), log(0.125), log(0.75)
                    },
                    D3pm.logPosterior(logits).toFloatArray(),
                    1e-6f);
            float[] clean = D3pm.logPosteriorOfCleanTokens(logits).toFloatArray();
            assertArrayEquals(
                    new float[] {log(0.25), log(0.75), log(0.5), log(0.5)},
                    new float[] {clean[0], clean[1], clean[3], clean[4]},
                    1e-6f);
            assertEquals(Subs.LOG_ZERO, clean[2], 3f);
            assertEquals(Subs.LOG_ZERO, clean[5], 3f);
            assertEquals(3, manager.getManagedArrays().size());
        }
    }
}
