package dev.tiller.rewards.composition;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Rises at one score and falls at another, for scores that must lie between the two:
 *
 * <p>T(x) = s(10 rise (x - low) / (high - low)) s(-10 fall (x - high) / (high - low)) with s(z) = 1
 * / (1 + 10^-z).
 *
 * <p>T is one half at {@code low} and at {@code high}, to within 10^(-10 min(rise, fall)), and
 * nearly 1 between them. The double sigmoid of REINVENT takes the difference of two rises in place
 * of the product, which is the same to within that bound where rise and fall are equal, and below 0
 * where they are not; its exponents are those of rise = 0.1 (high - low) coef_se / coef_div and
 * fall = 0.1 (high - low) coef_si / coef_div.
 *
 * @param low the score at which T rises, in the unit of the raw score
 * @param high the score at which T falls
 * @param rise the steepness at {@code low}, positive
 * @param fall the steepness at {@code high}, positive
 */
public record DoubleSigmoid(double low, double high, double rise, double fall)
        implements Transform {
    static final String TYPE = "double-sigmoid";
    static final double STEEPNESS = 1;

    /** Checks the parameters. */
    public DoubleSigmoid {
        Logistic.requireRange(TYPE, low, high);
        Logistic.requirePositive(TYPE, "rise", rise);
        Logistic.requirePositive(TYPE, "fall", fall);
    }

    /**
     * Makes a double sigmoid of the usual steepness, 1 on both sides.
     *
     * @param low the score at which T rises
     * @param high the score at which T falls
     */
    public DoubleSigmoid(double low, double high) {
        this(low, high, STEEPNESS, STEEPNESS);
    }

    private double up() {
        return 10 * rise / (high - low);
    }

    private double down() {
        return -10 * fall / (high - low);
    }

    @Override
    public double apply(double x) {
        return Logistic.of(up() * (x - low)) * Logistic.of(down() * (x - high));
    }

    @Override
    public double derivative(double x) {
        double rising = up() * (x - low);
        double falling = down() * (x - high);
        return up() * Logistic.derivative(rising) * Logistic.of(falling)
                + down() * Logistic.of(rising) * Logistic.derivative(falling);
    }

    @Override
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("type", TYPE);
        map.put("low", low);
        map.put("high", high);
        map.put("rise", rise);
        map.put("fall", fall);
        return map;
    }
}
