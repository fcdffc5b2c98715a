package dev.tiller.finetune.optimizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class AdamWOptionsTest {
    private static String refusal(double beta1, double beta2, double epsilon, double weightDecay) {
        return assertThrows(
                        IllegalArgumentException.class,
                        () -> new AdamW.Options(beta1, beta2, epsilon, weightDecay))
                .getMessage();
    }

    @Test
    void refusesWhatMakesNoSense() {
        assertEquals(
                "beta1 and beta2 must be in [0, 1), got 1.0 and 0.9", refusal(1, 0.9, 1e-8, 0));
        assertEquals(
                "beta1 and beta2 must be in [0, 1), got 0.9 and NaN",
                refusal(0.9, Double.NaN, 1e-8, 0));
        assertEquals(
                "epsilon must be above 0 and weightDecay at least 0, got 0.0 and 0.0",
                refusal(0.9, 0.999, 0, 0));
        assertEquals(
                "epsilon must be above 0 and weightDecay at least 0, got 1.0E-8 and -0.1",
                refusal(0.9, 0.999, 1e-8, -0.1));
    }
}
