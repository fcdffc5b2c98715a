package dev.tiller.sampler.masked;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tiller.sampler.exact.TableChain;
import dev.tiller.sampler.exact.TableDenoiser;
import dev.tiller.sampler.masked.MaskedDiffusion.Options;
import dev.tiller.sampler.schedule.LogLinear;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class MaskedDiffusionTest {
    private static MaskedDiffusion process(int length, Options options) {
        TableDenoiser denoiser = new TableDenoiser(new TableChain(1, false));
        return new MaskedDiffusion(denoiser, new LogLinear(1e-3), length, null, options);
    }

    @Test
    void timesAreEquallySpacedFromOneToTheEnd() {
        MaskedDiffusion process = process(4, new Options(5, 0.25, NoiseRemoval.MODE));
        assertEquals(5, process.steps());
        assertEquals(1, process.time(0));
        assertEquals(0.85, process.time(1), 1e-15);
        assertEquals(0.25, process.time(5));
    }

    @Test
    void anEndAtZeroIsReachedExactly() {
        for (int steps : new int[] {1, 3, 7, 128, 1000}) {
            assertEquals(0, process(4, new Options(steps, 0, NoiseRemoval.MODE)).time(steps));
        }
    }

    @Test
    void publishedSettings() {
        assertEquals(new Options(128, 1e-5, NoiseRemoval.MODE), Options.published(128));
    }

    @Test
    void refusesOptionsOutOfRange() {
        assertRefused("steps must be at least 1, got 0", () -> Options.published(0));
        assertRefused(
                "endTime must be in [0, 1), got 1.0", () -> new Options(1, 1, NoiseRemoval.MODE));
        assertRefused(
                "endTime must be in [0, 1), got -0.1",
                () -> new Options(1, -0.1, NoiseRemoval.MODE));
        assertRefused(
                "endTime must be in [0, 1), got NaN",
                () -> new Options(1, Double.NaN, NoiseRemoval.MODE));
        assertRefused("length must be at least 1, got 0", () -> process(0, Options.published(1)));
    }

    private static void assertRefused(String text, Executable call) {
        assertEquals(text, assertThrows(IllegalArgumentException.class, call).getMessage());
    }
}
