package dev.tiller.rewards.composition;

import dev.tiller.rewards.Spelling;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One map of a job file, read with errors that say where it stands. */
final class SpecMap {
    private final String place;
    private final Map<String, Object> values;

    private SpecMap(String place, Map<String, Object> values) {
        this.place = place;
        this.values = values;
    }

    /**
     * Reads a map.
     *
     * @param place what to call the map in errors, such as {@code component 2}
     * @param value a map with text as keys
     */
    static SpecMap of(String place, Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            throw new IllegalArgumentException(
                    place + " must be a map of keys and values, got " + show(value));
        }
        Map<String, Object> values = new LinkedHashMap<>();
        map.forEach((key, v) -> values.put(String.valueOf(key), v));
        return new SpecMap(place, values);
    }

    /** Checks that there is no other key. */
    SpecMap requireKnown(List<String> known) {
        for (String key : values.keySet()) {
            if (!known.contains(key)) {
                throw new IllegalArgumentException(
                        place
                                + ": unknown key '"
                                + key
                                + "'; known keys: "
                                + String.join(", ", known)
                                + Spelling.suggestion(key, known));
            }
        }
        return this;
    }

    String place() {
        return place;
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    Set<String> keys() {
        return values.keySet();
    }

    Object get(String key) {
        return values.get(key);
    }

    /** Returns a text that must be there. */
    String text(String key) {
        if (values.get(key) instanceof String text && !text.isBlank()) {
            return text;
        }
        throw wrong(key, "text");
    }

    String text(String key, String otherwise) {
        return has(key) ? text(key) : otherwise;
    }

    /** Returns a finite number that must be there. */
    double number(String key) {
        if (values.get(key) instanceof Number number && Double.isFinite(number.doubleValue())) {
            return number.doubleValue() + 0.0; // no -0.0, which is written differently
        }
        throw wrong(key, "a number");
    }

    double number(String key, double otherwise) {
        return has(key) ? number(key) : otherwise;
    }

    /** Returns a list, or an empty one if there is none. */
    List<Object> list(String key) {
        if (!has(key)) {
            return List.of();
        }
        if (values.get(key) instanceof List<?> list) {
            return new ArrayList<>(list);
        }
        throw wrong(key, "a list, each entry after a dash");
    }

    private IllegalArgumentException wrong(String key, String what) {
        String got = has(key) ? show(values.get(key)) : "none";
        return new IllegalArgumentException(
                place + ": " + key + " must be " + what + ", got " + got);
    }

    static String show(Object value) {
        return value instanceof CharSequence ? "'" + value + "'" : String.valueOf(value);
    }
}
