package dev.tiller.finetune.optimizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tiller.finetune.optimizer.LearningRate.Shape;
import org.junit.jupiter.api.Test;

class LearningRateTest {
    private static final double PEAK = 0.02;

    @Test
    void warmsUpInEqualSteps() {
        for (Shape shape : Shape.values()) {
            LearningRate rate = new LearningRate(PEAK, 4, shape, 100);
            assertEquals(PEAK / 4, rate.at(0), 1e-15);
            assertEquals(PEAK / 2, rate.at(1), 1e-15);
            assertEquals(PEAK, rate.at(3), 1e-15);
            assertEquals(PEAK, rate.at(4), 1e-15);
        }
    }

    @Test
    void staysAtThePeak() {
        LearningRate rate = new LearningRate(PEAK, 0, Shape.CONSTANT, 10);
        assertEquals(PEAK, rate.at(0));
        assertEquals(PEAK, rate.at(1_000_000));
    }

    @Test
    void fallsAlongHalfACosine() {
        LearningRate rate = new LearningRate(PEAK, 10, Shape.COSINE, 110);
        assertEquals(PEAK, rate.at(10), 1e-15);
        assertEquals(PEAK / 2, rate.at(60), 1e-15);
        assertEquals(0, rate.at(110), 1e-15);
        assertEquals(0, rate.at(200), 1e-15);
        for (int step = 10; step < 110; step++) {
            assertTrue(rate.at(step + 1) < rate.at(step));
        }
    }

    @Test
    void startsTheCosineAtThePeakWithoutWarmup() {
        LearningRate rate = new LearningRate(PEAK, 0, Shape.COSINE, 100);
        assertEquals(PEAK, rate.at(0));
        assertEquals(PEAK / 2, rate.at(50), 1e-15);
    }

    @Test
    void fallsAlongALine() {
        LearningRate rate = new LearningRate(PEAK, 10, Shape.LINEAR, 110);
        assertEquals(PEAK, rate.at(10), 1e-15);
        assertEquals(PEAK * 0.75, rate.at(35), 1e-15);
        assertEquals(PEAK * 0.01, rate.at(109), 1e-15); // the last step still learns
        assertEquals(0, rate.at(110), 1e-15);
        assertEquals(0, rate.at(200), 1e-15);
        assertEquals(PEAK, new LearningRate(PEAK, 0, Shape.LINEAR, 4).at(0));
        assertEquals(PEAK / 2, new LearningRate(PEAK, 0, Shape.LINEAR, 4).at(2), 1e-15);
    }

    /** A warm-up that takes all steps never decays, and divides by no zero. */
    @Test
    void survivesAWarmupOfAllSteps() {
        for (Shape shape : Shape.values()) {
            LearningRate rate = new LearningRate(PEAK, 10, shape, 10);
            assertEquals(PEAK, rate.at(9), 1e-15);
            assertEquals(PEAK, rate.at(10), 1e-15);
        }
    }

    @Test
    void refusesWhatMakesNoSense() {
        assertEquals(
                "learning_rate must be above 0, got 0.0",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> new LearningRate(0, 0, Shape.CONSTANT, 1))
                        .getMessage());
        assertEquals(
                "warmup_steps must be at least 0, got -1",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> new LearningRate(1, -1, Shape.CONSTANT, 1))
                        .getMessage());
    }
}
