package dev.tiller.finetune.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The key {@code sweep} of a job file: for each {@code path.to.key} a list of values. It stands for
 * one job for each combination, of which the last key changes fastest.
 */
final class Sweep {
    /** The key in job files. */
    static final String KEY = "sweep";

    private static final int MOST_JOBS = 1000;
    private static final int LONGEST_VALUE = 40;
    private static final Set<String> NAMED = Set.of("name", "out", KEY);

    private final Map<String, List<JsonNode>> values;

    /**
     * One combination.
     *
     * @param values value of each swept key
     * @param suffix what tells it from the others in a name or a folder
     */
    record Point(Map<String, JsonNode> values, String suffix) {}

    private Sweep(Map<String, List<JsonNode>> values) {
        this.values = values;
    }

    /**
     * Reads the value of the key.
     *
     * @param node its value
     * @param overrides the keys that were set on the command line
     * @return the sweep
     * @throws IllegalArgumentException naming the key that does not fit
     */
    static Sweep of(JsonNode node, List<String> overrides) {
        if (!(node instanceof ObjectNode group) || group.isEmpty()) {
            throw new IllegalArgumentException(
                    "sweep must map path.to.key to a list of values, got " + JobErrors.shown(node));
        }
        Map<String, List<JsonNode>> values = new LinkedHashMap<>();
        long jobs = 1;
        for (Map.Entry<String, JsonNode> entry : group.properties()) {
            String key = entry.getKey();
            if (!entry.getValue().isArray() || entry.getValue().isEmpty()) {
                throw new IllegalArgumentException(
                        "sweep."
                                + key
                                + " must be a list of values, got "
                                + JobErrors.shown(entry.getValue()));
            }
            requireFree(key, values.keySet(), overrides);
            List<JsonNode> list = new ArrayList<>();
            entry.getValue().forEach(list::add);
            values.put(key, list);
            jobs *= list.size();
            if (jobs > MOST_JOBS) {
                throw new IllegalArgumentException(
                        "sweep must make at most " + MOST_JOBS + " jobs, got " + jobs + " or more");
            }
        }
        return new Sweep(values);
    }

    private static void requireFree(String key, Set<String> before, List<String> overrides) {
        if (Arrays.stream(key.split("\\.", -1)).anyMatch(String::isBlank)) {
            throw new IllegalArgumentException(
                    "sweep must have keys path.to.key, got '" + key + "'");
        }
        if (NAMED.contains(key)) {
            throw new IllegalArgumentException(
                    "sweep must not have the key "
                            + key
                            + "; name and out get a suffix for each job by themselves");
        }
        for (String other : before) {
            if (overlap(key, other)) {
                throw new IllegalArgumentException(
                        "sweep must not set one key twice, got " + other + " and " + key);
            }
        }
        for (String override : overrides) {
            if (overlap(key, override)) {
                throw new IllegalArgumentException(
                        "sweep."
                                + key
                                + " is also given by --set "
                                + override
                                + "; leave one of them out (--set sweep= drops the sweep)");
            }
        }
    }

    /** Tells whether two keys are the same, or one is a group that holds the other. */
    static boolean overlap(String a, String b) {
        return (a + ".").startsWith(b + ".") || (b + ".").startsWith(a + ".");
    }

    Set<String> keys() {
        return values.keySet();
    }

    /** Returns all combinations. */
    List<Point> points() {
        List<Map<String, JsonNode>> combinations = new ArrayList<>();
        combinations.add(Map.of());
        for (Map.Entry<String, List<JsonNode>> entry : values.entrySet()) {
            List<Map<String, JsonNode>> longer = new ArrayList<>();
            for (Map<String, JsonNode> combination : combinations) {
                for (JsonNode value : entry.getValue()) {
                    Map<String, JsonNode> with = new LinkedHashMap<>(combination);
                    with.put(entry.getKey(), value);
                    longer.add(with);
                }
            }
            combinations = longer;
        }
        Set<String> taken = new HashSet<>();
        List<Point> points = new ArrayList<>();
        for (Map<String, JsonNode> combination : combinations) {
            String suffix = suffix(combination);
            String unique = suffix;
            for (int number = 2; !taken.add(unique); number++) {
                unique = suffix + "-" + number;
            }
            points.add(new Point(combination, unique));
        }
        return points;
    }

    private String suffix(Map<String, JsonNode> combination) {
        StringBuilder suffix = new StringBuilder();
        combination.forEach(
                (key, value) ->
                        suffix.append('-')
                                .append(safe(shortest(key)))
                                .append('=')
                                .append(safe(text(key, value))));
        return suffix.toString();
    }

    /** The last part of a key, or all of it if another swept key ends in the same part. */
    private String shortest(String key) {
        String last = last(key);
        return keys().stream().filter(other -> last(other).equals(last)).count() == 1 ? last : key;
    }

    private static String last(String key) {
        return key.substring(key.lastIndexOf('.') + 1);
    }

    private String text(String key, JsonNode value) {
        if (value.isNull()) {
            return "default";
        }
        return value.isContainerNode()
                ? "value" + (values.get(key).indexOf(value) + 1)
                : value.asText();
    }

    /** Keeps what every file system takes, also those that do not tell a from A. */
    private static String safe(String text) {
        String safe = text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9._+-]", "-");
        return safe.substring(0, Math.min(LONGEST_VALUE, safe.length()));
    }
}
