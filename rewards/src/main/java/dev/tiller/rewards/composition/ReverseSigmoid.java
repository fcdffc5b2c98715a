package dev.tiller.rewards.composition;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Falls from 1 to 0 between two scores, for scores of which less is better:
 *
 * <p>T(x) = 1 / (1 + 10^(10 k (x - m) / (high - low))) with m = (low + high) / 2.
 *
 * <p>Equals 1 minus the {@link Sigmoid} of the same parameters.
 *
 * @param low where the fall begins, in the unit of the raw score
 * @param high where it ends
 * @param k the steepness, positive
 */
public record ReverseSigmoid(double low, double high, double k) implements Transform {
    static final String TYPE = "reverse-sigmoid";

    /** Checks the parameters. */
    public ReverseSigmoid {
        Logistic.requireRange(TYPE, low, high);
        Logistic.requirePositive(TYPE, "k", k);
    }

    /**
     * Makes a reverse sigmoid of the usual steepness, 0.5.
     *
     * @param low where the fall begins
     * @param high where it ends
     */
    public ReverseSigmoid(double low, double high) {
        this(low, high, Sigmoid.STEEPNESS);
    }

    private double slope() {
        return -10 * k / (high - low);
    }

    private double exponent(double x) {
        return slope() * (x - (low + (high - low) / 2));
    }

    @Override
    public double apply(double x) {
        return Logistic.of(exponent(x));
    }

    @Override
    public double derivative(double x) {
        return slope() * Logistic.derivative(exponent(x));
    }

    @Override
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("type", TYPE);
        map.put("low", low);
        map.put("high", high);
        map.put("k", k);
        return map;
    }
}
