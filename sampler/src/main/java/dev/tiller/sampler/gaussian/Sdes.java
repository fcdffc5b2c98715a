package dev.tiller.sampler.gaussian;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Makes stochastic differential equations from their names and parameters. */
public final class Sdes {
    private static final List<String> NAMES = List.of("vp", "ve", "sub-vp");

    private Sdes() {}

    /**
     * Makes an equation; parameters that are not given have the values of Song et al. (2021).
     *
     * @param name vp or sub-vp (parameters {@code beta_min}, {@code beta_max}) or ve ({@code
     *     sigma_min}, {@code sigma_max})
     * @param parameters the parameters by name
     * @return the equation
     */
    public static Sde create(String name, Map<String, Double> parameters) {
        return switch (name) {
            case "vp" -> {
                known(parameters, Set.of("beta_min", "beta_max"));
                yield new VpSde(betaMin(parameters), betaMax(parameters));
            }
            case "sub-vp" -> {
                known(parameters, Set.of("beta_min", "beta_max"));
                yield new SubVpSde(betaMin(parameters), betaMax(parameters));
            }
            case "ve" -> {
                known(parameters, Set.of("sigma_min", "sigma_max"));
                yield new VeSde(
                        parameters.getOrDefault("sigma_min", 0.01),
                        parameters.getOrDefault("sigma_max", 50.0));
            }
            default ->
                    throw new IllegalArgumentException(
                            "unknown stochastic differential equation '"
                                    + name
                                    + "'; known equations: "
                                    + NAMES);
        };
    }

    private static double betaMin(Map<String, Double> parameters) {
        return parameters.getOrDefault("beta_min", 0.1);
    }

    private static double betaMax(Map<String, Double> parameters) {
        return parameters.getOrDefault("beta_max", 20.0);
    }

    private static void known(Map<String, Double> parameters, Set<String> names) {
        for (String name : parameters.keySet()) {
            if (!names.contains(name)) {
                throw new IllegalArgumentException(
                        "unknown parameter '"
                                + name
                                + "' of a stochastic differential equation; known parameters: "
                                + new TreeSet<>(names));
            }
        }
    }

    static void requireBetas(double betaMin, double betaMax) {
        require("beta_min", betaMin >= 0, "at least 0", betaMin);
        require(
                "beta_max",
                betaMax > 0 && betaMax >= betaMin && betaMax < Double.POSITIVE_INFINITY,
                "above 0, finite and not below beta_min = " + betaMin,
                betaMax);
    }

    static void require(String name, boolean holds, String rule, double value) {
        if (!holds) {
            throw new IllegalArgumentException(name + " must be " + rule + ", got " + value);
        }
    }

    /** Returns which of {@code steps} discrete steps a time lies in, rounded down. */
    static int gridIndex(double t, int steps) {
        return (int) StrictMath.floor(t * (steps - 1));
    }
}
