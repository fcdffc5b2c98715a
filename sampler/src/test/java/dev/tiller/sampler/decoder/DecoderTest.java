package dev.tiller.sampler.decoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tiller.sampler.Guidance;
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

    /** A candidate's number is part of the address of its randomness, which has 16 bits for it. */
    @Test
    void refusesMoreCandidatesThanAnAddressHasRoomFor() {
        String text = "candidates must be at most 65536, got 65537";
        assertRefused(text, () -> new BestOfN(65537, NOTHING));
        assertRefused(text, () -> new Svdd(65537, 1, NOTHING));
        Refinement.Options many =
                new Refinement.Options(
                        1,
                        Renoising.ofSteps(0.5),
                        Acceptance.better(),
                        1024,
                        Double.POSITIVE_INFINITY,
                        1);
        assertRefused(
                "lineages * candidates must be at most 65536, got 1024 * 65",
                () -> new Refinement(new Ancestral(), new Svdd(65, 0, NOTHING), NOTHING, many));
    }

    @Test
    void refusesOptionsOfTheLookAheadOutOfRange() {
        Svdd.Options plain = Svdd.Options.plain(4, 1);
        assertRefused("interval must be at least 1, got 0", () -> plain.withInterval(0));
        assertRefused("screened must be in [1, 4], got 5", () -> plain.withScreened(5));
        assertRefused("screened must be in [1, 4], got 0", () -> plain.withScreened(0));
        assertRefused("first must be in [1, 4], got 5", () -> plain.withAdaptive(5, 0));
        assertRefused(
                "tolerance must be a number, got NaN", () -> plain.withAdaptive(2, Double.NaN));
    }

    @Test
    void refusesOptionsOfParticlesOutOfRange() {
        ParticleFilter.Options four = ParticleFilter.Options.defaults(4);
        assertRefused(
                "particles must be at least 1, got 0", () -> ParticleFilter.Options.defaults(0));
        assertRefused("candidates must be at least 1, got 0", () -> four.withCandidates(0));
        assertRefused(
                "particles * candidates must be at most 65536, got 4 * 16385",
                () -> four.withCandidates(16385));
        assertRefused(
                "essThreshold must be in [0, 1], got 1.5",
                () -> four.withResampling(Resampling.SYSTEMATIC, 1.5));
        assertRefused("interval must be at least 1, got 0", () -> four.withSchedule(0, 0));
        assertRefused("startStep must be at least 0, got -1", () -> four.withSchedule(1, -1));
        for (double bad : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertRefused(
                    "temperature must be above 0 and finite, got " + bad,
                    () -> new ParticleFilter(four, bad, NOTHING, NOTHING, Guidance.NONE));
        }
        assertRefused(
                "replaced must be in [0, 1], got 1.5",
                () -> new SvddR.Options(4, 2, 0, 1.5, Keep.BEST));
        assertRefused(
                "temperature must be at least 0 and finite, got -1.0",
                () -> new SvddR.Options(4, 2, -1, 0.5, Keep.BEST));
    }

    @Test
    void atLeastOneParticleIsReplacedIfAny() {
        int[] counts =
                java.util.stream.DoubleStream.of(0, 0.01, 0.25, 0.5, 0.74, 1)
                        .map(s -> new SvddR.Options(4, 2, 0, s, Keep.BEST).replacedCount())
                        .mapToInt(count -> (int) count)
                        .toArray();
        assertArrayEquals(new int[] {0, 1, 1, 2, 2, 4}, counts);
    }

    private static void assertRefused(String text, Executable call) {
        assertEquals(text, assertThrows(IllegalArgumentException.class, call).getMessage());
    }
}
