package dev.tiller.cli.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tiller.cli.run.Steering.PosteriorKind;
import dev.tiller.cli.run.Steering.ValueKind;
import dev.tiller.sampler.decoder.Resampling;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SteeringTest {
    private static String refusal(Method method, Steering given) {
        return assertThrows(
                        IllegalArgumentException.class,
                        () -> Steering.resolve(method, given, Steering.NONE))
                .getMessage();
    }

    @ParameterizedTest
    @EnumSource(Method.class)
    void everyMethodResolvesFromNothing(Method method) {
        Steering resolved = Steering.resolve(method, Steering.NONE, Steering.NONE);
        assertTrue(
                method.settings().keySet().containsAll(Settings.of(resolved).keySet()),
                resolved.toString());
        assertEquals(resolved, Steering.resolve(method, Steering.NONE, resolved));
    }

    @Test
    void fillsInDefaults() {
        Steering smc = Steering.resolve(Method.SMC, Steering.NONE, Steering.NONE);
        assertEquals(10, smc.particles());
        assertEquals(Resampling.SYSTEMATIC, smc.resampling());
        assertEquals(8, smc.posteriorDraws());
        assertNull(smc.candidates());
    }

    @Test
    void whatIsSaidWinsOverTheJobBeforeAndThatOverDefaults() {
        Steering before = Steering.NONE.with("candidates", 7).with("temperature", 0.5);
        Steering given = Steering.NONE.with("candidates", 3);
        Steering resolved = Steering.resolve(Method.SVDD_PM, given, before);
        assertEquals(3, resolved.candidates());
        assertEquals(0.5, resolved.temperature());
        assertEquals(8, resolved.posteriorDraws());
        Steering other = Steering.resolve(Method.UNGUIDED, Steering.NONE, before);
        assertEquals(Steering.NONE, other);
    }

    @Test
    void refusesWhatHasNoEffect() {
        assertEquals(
                "--candidates has no effect with --method unguided, got 5; leave it out",
                refusal(Method.UNGUIDED, Steering.NONE.with("candidates", 5)));
        assertEquals(
                "--posterior-draws has no effect with --posterior mode, got 4; leave it out",
                refusal(
                        Method.SVDD_PM,
                        Steering.NONE
                                .with("posterior", PosteriorKind.MODE)
                                .with("posteriorDraws", 4)));
        assertEquals(
                "--posterior has no effect with --value learned, got mode; leave it out",
                refusal(
                        Method.SMC,
                        Steering.NONE
                                .with("posterior", PosteriorKind.MODE)
                                .with("value", ValueKind.LEARNED)));
    }

    @Test
    void checksRangesAndPairs() {
        assertEquals(
                "--screen and --screen-top belong together, got one; give both or none",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> Steering.NONE.with("screenTop", 3))
                        .getMessage());
        assertEquals(
                "--ess-threshold must be in [0, 1], got 2.0",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> Steering.NONE.with("essThreshold", 2.0))
                        .getMessage());
    }

    @Test
    void aLearnedValueNeedsNoPosterior() {
        Steering given = Steering.NONE.with("value", ValueKind.LEARNED);
        Steering resolved = Steering.resolve(Method.SMC, given, Steering.NONE);
        assertNull(resolved.posterior());
        assertNull(resolved.posteriorDraws());
    }
}
