package dev.tiller.rewards.composition;

import dev.tiller.rewards.Spelling;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * How transformed scores T_i with weights w_i make one number. W is the sum of the weights, and 0^0
 * = 1. The means are those of REINVENT (Blaschke et al. 2020, "REINVENT 2.0"; Loeffler et al. 2024,
 * "Reinvent 4").
 */
public enum Aggregate {
    /** The weighted arithmetic mean, sum_i w_i T_i / W. */
    ARITHMETIC,
    /** The weighted geometric mean, prod_i T_i^(w_i / W); needs T_i &gt;= 0. */
    GEOMETRIC,
    /** The product, prod_i T_i^w_i; needs T_i &gt;= 0. */
    PRODUCT;

    /**
     * Finds an aggregate by name.
     *
     * @param name arithmetic, geometric or product
     * @return the aggregate
     * @throws IllegalArgumentException if there is no such aggregate
     */
    public static Aggregate parse(String name) {
        for (Aggregate aggregate : values()) {
            if (aggregate.toString().equals(name)) {
                return aggregate;
            }
        }
        List<String> known = Arrays.stream(values()).map(Aggregate::toString).toList();
        throw new IllegalArgumentException(
                "aggregate must be arithmetic, geometric or product, got '"
                        + name
                        + "'"
                        + Spelling.suggestion(name, known));
    }

    /** Whether every transformed score must be 0 or more. */
    boolean needsNonNegative() {
        return this != ARITHMETIC;
    }

    /** Returns the shares w_i / W, or for a product the weights themselves. */
    double[] shares(double[] weights) {
        double total = this == PRODUCT ? 1 : Arrays.stream(weights).sum();
        return Arrays.stream(weights).map(weight -> weight / total).toArray();
    }

    /** Returns the name used in job files. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
