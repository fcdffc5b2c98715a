package dev.tiller.rewards.composition;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A condition that a design must meet to be scored at all.
 *
 * @param column the name of its raw score in tables; {@code column.transformed} is 1 or 0
 * @param reward the reward that is looked at
 * @param atLeast the least raw score that passes, or negative infinity
 * @param atMost the greatest raw score that passes, or infinity
 */
public record Filter(String column, NamedReward reward, double atLeast, double atMost) {
    private static final Pattern COLUMN = Pattern.compile("[A-Za-z][A-Za-z0-9_-]*");

    /** Checks the bounds and the name. */
    public Filter {
        requireColumn(column);
        Objects.requireNonNull(reward, "reward");
        boolean unbounded = Double.isInfinite(atLeast) && Double.isInfinite(atMost);
        if (!(atLeast <= atMost) || unbounded) {
            throw new IllegalArgumentException(
                    "filter must have at-least, at-most or both, and at-least <= at-most, got"
                            + " at-least "
                            + atLeast
                            + " and at-most "
                            + atMost);
        }
    }

    static void requireColumn(String column) {
        if (column == null || !COLUMN.matcher(column).matches()) {
            throw new IllegalArgumentException(
                    "name of a column must be letters, digits, - and _, the first a letter, got "
                            + SpecMap.show(column));
        }
    }

    /**
     * Tells whether a design passes.
     *
     * @param score its raw score
     * @return whether the score is within the bounds, which pass themselves
     */
    public boolean passes(double score) {
        return atLeast <= score && score <= atMost;
    }

    /** What a job file says. */
    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>(reward.toMap());
        map.put("as", column);
        if (!Double.isInfinite(atLeast)) {
            map.put("at-least", atLeast);
        }
        if (!Double.isInfinite(atMost)) {
            map.put("at-most", atMost);
        }
        return map;
    }
}
