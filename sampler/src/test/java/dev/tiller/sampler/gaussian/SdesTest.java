package dev.tiller.sampler.gaussian;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SdesTest {
    private static final double SMALL = 1e-5;

    /** Drift and diffusion are the derivatives of mean and variance: d(s^2)/dt = 2 f s^2 + g^2. */
    @ParameterizedTest
    @ValueSource(strings = {"vp", "ve", "sub-vp"})
    void marginalsSolveTheEquation(String name) {
        Sde sde = Sdes.create(name, Map.of());
        assertEquals(name, sde.name());
        for (double t : new double[] {0.02, 0.3, 0.7, 0.99}) {
            double before = sde.std(t - SMALL) * sde.std(t - SMALL);
            double after = sde.std(t + SMALL) * sde.std(t + SMALL);
            double variance = sde.std(t) * sde.std(t);
            double slope = 2 * sde.drift(t) * variance + sde.diffusion(t) * sde.diffusion(t);
            assertEquals(slope, (after - before) / (2 * SMALL), 1e-5 * (1 + Math.abs(slope)));
            double logSlope =
                    (Math.log(sde.alpha(t + SMALL)) - Math.log(sde.alpha(t - SMALL))) / (2 * SMALL);
            assertEquals(sde.drift(t), logSlope, 1e-6);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"vp", "ve", "sub-vp"})
    void transitionsLeadFromMarginalToMarginal(String name) {
        Sde sde = Sdes.create(name, Map.of());
        Kernel kernel = sde.transition(0.3, 0.8);
        assertEquals(sde.alpha(0.8), kernel.factor() * sde.alpha(0.3), 1e-12);
        double std = kernel.factor() * sde.std(0.3);
        assertEquals(sde.std(0.8), Math.hypot(std, kernel.std()), 1e-9);
    }

    @ParameterizedTest
    @ValueSource(strings = {"vp", "sub-vp"})
    void manyDiscreteStepsLeadToTheMarginal(String name) {
        Sde sde = Sdes.create(name, Map.of());
        int steps = 20_000;
        double alpha = 1;
        double variance = 0;
        for (int i = 0; i < steps; i++) {
            Kernel step = sde.discrete((i + 0.5) / (steps - 1), steps);
            alpha *= step.factor();
            variance = step.factor() * step.factor() * variance + step.std() * step.std();
        }
        assertEquals(sde.alpha(1), alpha, 1e-2 * sde.alpha(1));
        assertEquals(sde.std(1), Math.sqrt(variance), 1e-3);
    }

    @Test
    void discreteStepsOfVeAddUpToTheMarginal() {
        Sde sde = Sdes.create("ve", Map.of());
        double variance = 0;
        for (int i = 0; i < 50; i++) {
            Kernel step = sde.discrete((i + 0.5) / 49, 50);
            variance += step.std() * step.std();
        }
        assertEquals(sde.std(1), Math.sqrt(variance), 1e-9);
        assertEquals(50, sde.priorStd());
    }

    @Test
    void errorsNameWhatIsKnown() {
        assertError(
                "unknown stochastic differential equation 'vpp'; known equations: [vp, ve, sub-vp]",
                "vpp",
                Map.of());
        assertError(
                "unknown parameter 'beta_max' of a stochastic differential equation; known"
                        + " parameters: [sigma_max, sigma_min]",
                "ve",
                Map.of("beta_max", 1.0));
        assertError(
                "sigma_max must be above sigma_min = 2.0 and finite, got 1.0",
                "ve",
                Map.of("sigma_min", 2.0, "sigma_max", 1.0));
        assertError(
                "beta_max must be above 0, finite and not below beta_min = 0.1, got 0.05",
                "vp",
                Map.of("beta_max", 0.05));
        assertError("beta_min must be at least 0, got -1.0", "sub-vp", Map.of("beta_min", -1.0));
    }

    private static void assertError(String text, String name, Map<String, Double> parameters) {
        IllegalArgumentException error =
                assertThrows(IllegalArgumentException.class, () -> Sdes.create(name, parameters));
        assertEquals(text, error.getMessage());
    }
}
