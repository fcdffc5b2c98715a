package dev.tiller.rewards.composition;

import java.util.Map;

/** The raw score as it is: T(x) = x. */
public record Identity() implements Transform {
    static final String TYPE = "identity";

    @Override
    public double apply(double x) {
        return x;
    }

    @Override
    public double derivative(double x) {
        return 1;
    }

    @Override
    public Map<String, Object> toMap() {
        return Map.of("type", TYPE);
    }
}
