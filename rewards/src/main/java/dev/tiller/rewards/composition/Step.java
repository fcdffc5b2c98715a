package dev.tiller.rewards.composition;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * 1 within a window, bounds included, and 0 outside: T(x) = [low &lt;= x &lt;= high]. With one
 * bound alone it is a step to the right (low) or to the left (high). It jumps, so it is not
 * differentiable.
 *
 * @param low the least score that gives 1, in the unit of the raw score, or negative infinity
 * @param high the greatest score that gives 1, or infinity
 */
public record Step(double low, double high) implements Transform {
    static final String TYPE = "step";

    /** Checks the bounds. */
    public Step {
        boolean unbounded = Double.isInfinite(low) && Double.isInfinite(high);
        if (!(low <= high) || unbounded) {
            throw new IllegalArgumentException(
                    "step must have low, high or both, and low <= high, got low "
                            + low
                            + " and high "
                            + high);
        }
    }

    @Override
    public double apply(double x) {
        return low <= x && x <= high ? 1 : 0;
    }

    @Override
    public double derivative(double x) {
        throw new UnsupportedOperationException(
                "a step has no derivative; use a sigmoid or linear transform for gradients");
    }

    @Override
    public boolean differentiable() {
        return false;
    }

    @Override
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("type", TYPE);
        if (!Double.isInfinite(low)) {
            map.put("low", low);
        }
        if (!Double.isInfinite(high)) {
            map.put("high", high);
        }
        return map;
    }
}
