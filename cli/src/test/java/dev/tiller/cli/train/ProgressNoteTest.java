package dev.tiller.cli.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tiller.finetune.TrainingListener.Progress;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProgressNoteTest {
    @Test
    void tellsRewardRefereeDivergenceSpeedMemoryAndTime() {
        long[] nanos = {0};
        ProgressNote note = new ProgressNote(() -> nanos[0]);
        Progress first = new Progress(10, 2, 0.5, 1.5, 1.25, Map.of(), Map.of());
        String begin = note.of(first, 1000);
        assertTrue(
                begin.startsWith("loss 2.000 validation 1.500 best 1.250 gradient 0.5000"), begin);
        nanos[0] = 20_000_000_000L;
        Progress later =
                new Progress(
                        50,
                        -1,
                        0.25,
                        -2,
                        -2,
                        Map.of("reward", 1.5, "kl", 12.25),
                        Map.of("reward_median", 9.0, "referee_median", 1.25, "kl", 9.0));
        String text = note.of(later, 1000);
        assertTrue(
                text.startsWith(
                        "loss -1.000 validation -2.000 best -2.000 reward 1.500 referee 1.250"
                                + " kl 12.25 gradient 0.2500, 2.00 steps/s, 7 min left"),
                text);
        assertEquals(
                java.nio.file.Files.isReadable(java.nio.file.Path.of("/proc/self/status")),
                text.matches(".*, \\d+ MiB"),
                text);
    }

    @Test
    void takesTheValidationWhereTheStepsSayNothing() {
        ProgressNote note = new ProgressNote(() -> 0);
        Progress at =
                new Progress(
                        1, Double.NaN, 1, 2, 2, Map.of(), Map.of("reward_median", 3.0, "kl", 4.0));
        String text = note.of(at, 10);
        assertTrue(
                text.startsWith("validation 2.000 best 2.000 reward 3.000 kl 4.000 gradient"),
                text);
    }
}
