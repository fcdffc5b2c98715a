package dev.tiller.cli;

import java.util.Map;

/** Refuses options that belong to one that was not given. */
final class UnusedOptions {
    private UnusedOptions() {}

    /**
     * Checks one option.
     *
     * @param value what was given, null or an empty map for nothing
     * @param used whether the other option was given
     * @throws IllegalArgumentException if something was given in vain
     */
    static void refuse(String option, Object value, boolean used, String other) {
        boolean given = value != null && !(value instanceof Map<?, ?> map && map.isEmpty());
        if (given && !used) {
            throw new IllegalArgumentException(
                    option + " has no effect without " + other + ", got " + value);
        }
    }
}
