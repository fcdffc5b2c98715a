package dev.tiller.sampler.schedule;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Makes noise schedules from their names and parameters. */
public final class Schedules {
    private static final List<String> NAMES =
            List.of("log-linear", "cosine", "cosine-squared", "linear", "geometric");

    private Schedules() {}

    /**
     * Makes a schedule; parameters that are not given have MDLM's values.
     *
     * @param name log-linear, cosine, cosine-squared (parameter {@code eps}), linear or geometric
     *     ({@code sigma_min}, {@code sigma_max})
     * @param parameters the parameters by name
     * @return the schedule
     */
    public static NoiseSchedule create(String name, Map<String, Double> parameters) {
        return switch (name) {
            case "log-linear" -> new LogLinear(only(parameters, "eps", 1e-3));
            case "cosine" -> new Cosine(only(parameters, "eps", 1e-3));
            case "cosine-squared" -> new CosineSquared(only(parameters, "eps", 1e-3));
            case "linear" -> {
                known(parameters, Set.of("sigma_min", "sigma_max"));
                yield new Linear(
                        parameters.getOrDefault("sigma_min", 1e-3),
                        parameters.getOrDefault("sigma_max", 7.0));
            }
            case "geometric" -> {
                known(parameters, Set.of("sigma_min", "sigma_max"));
                yield new Geometric(
                        parameters.getOrDefault("sigma_min", 1e-4),
                        parameters.getOrDefault("sigma_max", 20.0));
            }
            default ->
                    throw new IllegalArgumentException(
                            "unknown noise schedule '" + name + "'; known schedules: " + NAMES);
        };
    }

    private static double only(Map<String, Double> parameters, String name, double preset) {
        known(parameters, Set.of(name));
        return parameters.getOrDefault(name, preset);
    }

    private static void known(Map<String, Double> parameters, Set<String> names) {
        for (String name : parameters.keySet()) {
            if (!names.contains(name)) {
                throw new IllegalArgumentException(
                        "unknown schedule parameter '"
                                + name
                                + "'; known parameters: "
                                + new TreeSet<>(names));
            }
        }
    }

    static void require(String name, boolean holds, String rule, double value) {
        if (!holds) {
            throw new IllegalArgumentException(name + " must be " + rule + ", got " + value);
        }
    }
}
