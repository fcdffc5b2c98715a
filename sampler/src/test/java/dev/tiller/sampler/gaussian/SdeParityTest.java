package dev.tiller.sampler.gaussian;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiller.sampler.parity.ParityCase;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleFunction;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The equations against GDSS's sde.py, which computes in float32. */
class SdeParityTest {
    /**
     * Largest difference seen between the reference in float32 and in float64: 1.7e-4, where 1 -
     * exp(2 log alpha) cancels.
     */
    private static final double TOLERANCE = 5e-4;

    static List<ParityCase> cases() {
        return ParityCase.find("05_gdss_sde");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void quantitiesAgree(ParityCase reference) {
        JsonNode config = reference.config();
        int steps = config.path("N").asInt();
        double dt = 0.5 / steps;
        Map<String, Double> betas =
                Map.of(
                        "beta_min", config.path("b0").asDouble(),
                        "beta_max", config.path("b1").asDouble());
        Map<String, Double> sigmas =
                Map.of(
                        "sigma_min", config.path("s0").asDouble(),
                        "sigma_max", config.path("s1").asDouble());
        compare(reference, "vp", Sdes.create("vp", betas), steps);
        compare(reference, "ve", Sdes.create("ve", sigmas), steps);
        compare(reference, "subvp", Sdes.create("sub-vp", betas), steps);
        transition(reference, "vp", Sdes.create("vp", betas), dt);
        transition(reference, "ve", Sdes.create("ve", sigmas), dt);
    }

    private static void compare(ParityCase reference, String name, Sde sde, int steps) {
        multiples(reference, "out." + name + ".drift", sde::drift);
        scalars(reference, "out." + name + ".diffusion", sde::diffusion);
        multiples(reference, "out." + name + ".mean", sde::alpha);
        scalars(reference, "out." + name + ".std", sde::std);
        multiples(reference, "out." + name + ".f", t -> sde.discrete(t, steps).factor() - 1);
        scalars(reference, "out." + name + ".G", t -> sde.discrete(t, steps).std());
    }

    private static void transition(ParityCase reference, String name, Sde sde, double dt) {
        DoubleFunction<Kernel> back = t -> sde.transition(t - dt, t);
        multiples(reference, "out." + name + ".tmean", t -> 1 / back.apply(t).factor());
        scalars(reference, "out." + name + ".tstd", t -> back.apply(t).std());
    }

    private static void scalars(ParityCase reference, String name, DoubleUnaryOperator function) {
        float[] times = reference.floats("in.t");
        float[] actual = new float[times.length];
        for (int i = 0; i < times.length; i++) {
            actual[i] = (float) function.applyAsDouble(times[i]);
        }
        reference.requireClose(name, actual, TOLERANCE);
    }

    private static void multiples(ParityCase reference, String name, DoubleUnaryOperator factor) {
        float[] times = reference.floats("in.t");
        float[] x = reference.floats("in.x");
        float[] actual = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            double own = factor.applyAsDouble(times[i / (x.length / times.length)]);
            actual[i] = (float) (own * x[i]);
        }
        reference.requireClose(name, actual, TOLERANCE);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void gridsAndTheirIndicesAgree(ParityCase reference) {
        long[] indices = reference.longs("out.timestep");
        float[] times = reference.floats("out.grid");
        for (int i = 0; i < times.length; i++) {
            Assertions.assertEquals(indices[i], Sdes.gridIndex(times[i], times.length));
        }
    }
}
