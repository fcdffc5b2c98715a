package dev.tiller.finetune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tiller.finetune.optimizer.AdamW;
import dev.tiller.finetune.optimizer.LearningRate;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrainingOptionsTest {
    private static String refusal(int number, int which, double clipNorm, double emaDecay) {
        int[] n = {1, 1, 1, 1, 1, 1};
        n[which] = number;
        return assertThrows(
                        IllegalArgumentException.class,
                        () ->
                                new TrainingOptions(
                                        0,
                                        n[0],
                                        n[1],
                                        n[2],
                                        new LearningRate(1, 0, LearningRate.Shape.CONSTANT, 1),
                                        new AdamW.Options(0.9, 0.999, 1e-8, 0),
                                        clipNorm,
                                        List.of(),
                                        emaDecay,
                                        n[3],
                                        n[4],
                                        n[5]))
                .getMessage();
    }

    @Test
    void refusesWhatMakesNoSense() {
        String[] names = {
            "max_steps",
            "batch_size",
            "accumulate",
            "validate_every",
            "patience",
            "keep_checkpoints"
        };
        for (int which = 0; which < names.length; which++) {
            assertEquals(names[which] + " must be at least 1, got 0", refusal(0, which, 1, 0.9));
        }
        assertEquals("clip_norm must be above 0, got 0.0", refusal(1, 0, 0, 0.9));
        assertEquals("clip_norm must be above 0, got NaN", refusal(1, 0, Double.NaN, 0.9));
        assertEquals("ema_decay must be in [0, 1), got 1.0", refusal(1, 0, 1, 1));
    }
}
