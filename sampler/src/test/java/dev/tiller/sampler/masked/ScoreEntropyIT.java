package dev.tiller.sampler.masked;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.numerics.Gradients;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ScoreEntropyIT {
    private static final double[] SIGMA = {Math.log(3), 1e-4};

    private NDManager manager;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager();
    }

    @AfterEach
    void close() {
        manager.close();
    }

    private NDArray logits() {
        return manager.create(new float[] {1, 2, 3, 4, 5, 6}, new Shape(2, 1, 3));
    }

    private NDArray tokens() {
        return manager.create(new long[] {2, 0}, new Shape(2, 1));
    }

    @Test
    void takesTheOddsOfAMaskOff() {
        NDArray logits = logits();
        NDArray xt = tokens();
        NDArray score = ScoreEntropy.logScore(logits, xt, SIGMA);
        assertEquals(new Shape(2, 1, 3), score.getShape());
        // exp(sigma) - 1 is 2 in the first row; V - 1 is 2
        float high = (float) Math.log(4);
        float low = (float) (Math.log(Math.expm1(1e-4)) + Math.log(2));
        assertArrayEquals(
                new float[] {1 - high, 2 - high, 0, 0, 5 - low, 6 - low},
                score.toFloatArray(),
                2e-6f);
        assertEquals(3, manager.getManagedArrays().size());
    }

    @Test
    void gradientsReachTheOtherTokens() {
        NDArray logits = logits();
        logits.setRequiresGradient(true);
        Gradients.backward(
                manager,
                () -> ScoreEntropy.logScore(logits, tokens(), SIGMA).get(new NDIndex("0")).sum());
        try (NDArray gradient = logits.getGradient()) {
            assertArrayEquals(new float[] {1, 1, 0, 0, 0, 0}, gradient.toFloatArray());
        }
    }

    @Test
    void refusesImpossibleNoise() {
        assertEquals(
                "sigma must be positive and finite, got 0.0 in row 1",
                complaint(new double[] {1, 0}));
        assertEquals(
                "sigma must be positive and finite, got NaN in row 0",
                complaint(new double[] {Double.NaN, 1}));
        assertEquals(
                "sigma must have one value for each of the 2 rows, got 1",
                complaint(new double[] {1}));
    }

    private String complaint(double[] sigma) {
        return assertThrows(
                        IllegalArgumentException.class,
                        () -> ScoreEntropy.logScore(logits(), tokens(), sigma))
                .getMessage();
    }
}
