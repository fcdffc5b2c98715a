package dev.tiller.rewards.composition;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Rises from 0 to 1 between two scores:
 *
 * <p>T(x) = 1 / (1 + 10^(-10 k (x - m) / (high - low))) with m = (low + high) / 2.
 *
 * <p>T(m) is one half. With k = 0.5, T(low) = 0.003 and T(high) = 0.997. This is the sigmoid of
 * REINVENT (Loeffler et al. 2024, "Reinvent 4").
 *
 * @param low where the rise begins, in the unit of the raw score
 * @param high where it ends
 * @param k the steepness, positive
 */
public record Sigmoid(double low, double high, double k) implements Transform {
    static final String TYPE = "sigmoid";
    static final double STEEPNESS = 0.5;

    /** Checks the parameters. */
    public Sigmoid {
        Logistic.requireRange(TYPE, low, high);
        Logistic.requirePositive(TYPE, "k", k);
    }

    /**
     * Makes a sigmoid of the usual steepness, 0.5.
     *
     * @param low where the rise begins
     * @param high where it ends
     */
    public Sigmoid(double low, double high) {
        this(low, high, STEEPNESS);
    }

    private double slope() {
        return 10 * k / (high - low);
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
