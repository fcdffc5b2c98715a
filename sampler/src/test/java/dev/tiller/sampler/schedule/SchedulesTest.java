package dev.tiller.sampler.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class SchedulesTest {
    @Test
    void presetsAreThoseOfMdlm() {
        assertEquals(new LogLinear(1e-3), Schedules.create("log-linear", Map.of()));
        assertEquals(new Cosine(1e-3), Schedules.create("cosine", Map.of()));
        assertEquals(new CosineSquared(1e-3), Schedules.create("cosine-squared", Map.of()));
        assertEquals(new Linear(1e-3, 7), Schedules.create("linear", Map.of()));
        assertEquals(new Geometric(1e-4, 20), Schedules.create("geometric", Map.of()));
    }

    @Test
    void parametersReplaceThePresets() {
        Map<String, Double> eps = Map.of("eps", 0.25);
        assertEquals(new LogLinear(0.25), Schedules.create("log-linear", eps));
        assertEquals(new Cosine(0.25), Schedules.create("cosine", eps));
        assertEquals(new CosineSquared(0.25), Schedules.create("cosine-squared", eps));
        Map<String, Double> largest = Map.of("sigma_max", 3.0);
        assertEquals(new Linear(1e-3, 3), Schedules.create("linear", largest));
        assertEquals(new Geometric(1e-4, 3), Schedules.create("geometric", largest));
        Map<String, Double> both = Map.of("sigma_min", 0.5, "sigma_max", 3.0);
        assertEquals(new Linear(0.5, 3), Schedules.create("linear", both));
        assertEquals(new Geometric(0.5, 3), Schedules.create("geometric", both));
    }

    @Test
    void namesAreThoseTheyAreMadeBy() {
        for (String name :
                new String[] {"log-linear", "cosine", "cosine-squared", "linear", "geometric"}) {
            assertEquals(name, Schedules.create(name, Map.of()).name());
        }
    }

    @Test
    void refusesUnknownNames() {
        assertRefused(
                "unknown noise schedule 'loglinear'; known schedules: [log-linear, cosine,"
                        + " cosine-squared, linear, geometric]",
                () -> Schedules.create("loglinear", Map.of()));
        assertRefused(
                "unknown schedule parameter 'sigma_max'; known parameters: [eps]",
                () -> Schedules.create("cosine", Map.of("sigma_max", 1.0)));
        assertRefused(
                "unknown schedule parameter 'eps'; known parameters: [sigma_max, sigma_min]",
                () -> Schedules.create("linear", Map.of("eps", 1.0)));
        assertRefused(
                "unknown schedule parameter 'sigma'; known parameters: [sigma_max, sigma_min]",
                () -> Schedules.create("geometric", Map.of("sigma", 1.0)));
    }

    @Test
    void refusesParametersOutOfRange() {
        assertRefused("eps must be in [0, 1), got 1.0", () -> new LogLinear(1));
        assertRefused("eps must be in [0, 1), got -0.1", () -> new LogLinear(-0.1));
        assertRefused("eps must be in [0, 1), got NaN", () -> new LogLinear(Double.NaN));
        assertRefused("eps must be in (0, 1), got 0.0", () -> new Cosine(0));
        assertRefused("eps must be in (0, 1), got 1.0", () -> new CosineSquared(1));
        assertRefused("sigmaMin must be at least 0, got -1.0", () -> new Linear(-1, 2));
        assertRefused("sigmaMax must be above sigmaMin, got 1.0", () -> new Linear(1, 1));
        assertRefused("sigmaMin must be above 0, got 0.0", () -> new Geometric(0, 2));
        assertRefused(
                "sigmaMax must be above sigmaMin, got NaN", () -> new Geometric(1, Double.NaN));
    }

    private static void assertRefused(String text, Executable call) {
        assertEquals(text, assertThrows(IllegalArgumentException.class, call).getMessage());
    }
}
