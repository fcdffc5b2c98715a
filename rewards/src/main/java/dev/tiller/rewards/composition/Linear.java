package dev.tiller.rewards.composition;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Rises in a straight line from 0 to 1, and is constant outside: T(x) = min(1, max(0, (x - low) /
 * (high - low))). Its derivative at the two kinks is that of the line.
 *
 * @param low the greatest score that gives 0, in the unit of the raw score
 * @param high the least score that gives 1
 */
public record Linear(double low, double high) implements Transform {
    static final String TYPE = "linear";

    /** Checks the bounds. */
    public Linear {
        Logistic.requireRange(TYPE, low, high);
    }

    @Override
    public double apply(double x) {
        if (x >= high) {
            return 1;
        }
        return x <= low ? 0 : (x - low) / (high - low);
    }

    @Override
    public double derivative(double x) {
        return low <= x && x <= high ? 1 / (high - low) : 0;
    }

    @Override
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("type", TYPE);
        map.put("low", low);
        map.put("high", high);
        return map;
    }
}
