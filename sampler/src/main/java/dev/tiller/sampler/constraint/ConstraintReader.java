package dev.tiller.sampler.constraint;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Reads {@link Constraints} from plain maps and lists. */
final class ConstraintReader {
    private static final List<String> KEYS =
            List.of("template", "fixed", "allowed", "exclude", "forbid", "require", "tied");

    private final Map<String, ?> map;

    ConstraintReader(Map<String, ?> map) {
        this.map = map;
    }

    Constraints read() {
        for (Object key : map.keySet()) {
            if (!KEYS.contains(String.valueOf(key))) {
                throw new IllegalArgumentException(
                        "constraints has no key "
                                + key
                                + "; the keys are "
                                + String.join(", ", KEYS));
            }
        }
        return new Constraints(
                map.get("template") == null
                        ? ""
                        : text("template", map.get("template"), "a pattern such as ATG..NN"),
                fixed(),
                allowed(),
                exclude(),
                motifs("forbid"),
                motifs("require"),
                tied());
    }

    private static IllegalArgumentException wrong(String key, String rule, Object got) {
        return new IllegalArgumentException(
                "constraints." + key + " must be " + rule + ", got " + got);
    }

    /** Checks one string; YAML reads some bare words as something else. */
    private static String text(String key, Object value, String rule) {
        if (!(value instanceof String text)) {
            throw wrong(
                    key,
                    rule + (value instanceof Boolean ? " (in quotes, else YAML changes it)" : ""),
                    value);
        }
        if (text.isBlank()) {
            throw wrong(key, rule, "an empty text");
        }
        return text.strip();
    }

    private Map<?, ?> section(String key, String rule) {
        Object value = map.get(key);
        if (value == null) {
            return Map.of();
        }
        if (!(value instanceof Map<?, ?> section)) {
            throw wrong(key, rule, value);
        }
        return section;
    }

    private Map<Integer, String> fixed() {
        String rule = "a map from a position to the letters that start there, such as {10: GAATTC}";
        Map<Integer, String> fixed = new TreeMap<>();
        for (Map.Entry<?, ?> entry : section("fixed", rule).entrySet()) {
            String key = String.valueOf(entry.getKey()).strip();
            Positions position = Positions.parse(key, "fixed");
            if (position.count() != 1) {
                throw wrong("fixed", "keyed by single positions", key);
            }
            String pattern = text("fixed." + key, entry.getValue(), "letters such as GAATTC");
            if (fixed.put(position.first(), pattern) != null) {
                throw wrong("fixed", "keyed by different positions", key + " twice");
            }
        }
        return fixed;
    }

    private Map<String, String> allowed() {
        String rule = "a map from positions to letters, such as {1-10: ACG}";
        Map<String, String> allowed = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : section("allowed", rule).entrySet()) {
            String key = String.valueOf(entry.getKey()).strip();
            Positions.parseList(key, "allowed");
            String letters = text("allowed." + key, entry.getValue(), "letters such as ACG");
            allowed.put(key, letters);
        }
        return allowed;
    }

    private String exclude() {
        Object value = map.get("exclude");
        String rule = "letters such as CM, or a list of letters";
        if (value == null) {
            return "";
        }
        if (value instanceof List<?> list) {
            return list.stream()
                    .map(letter -> text("exclude", letter, rule))
                    .collect(Collectors.joining());
        }
        return text("exclude", value, rule);
    }

    private List<?> list(String key, String rule) {
        Object value = map.get(key);
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof List<?> list)) {
            throw wrong(key, rule, value);
        }
        return list;
    }

    private List<String> motifs(String key) {
        String rule = "a list of motifs such as [GAATTC, TATAWR]";
        return list(key, rule).stream().map(motif -> text(key, motif, rule)).toList();
    }

    private List<String> tied() {
        String rule = "a list of ties such as [1-20=31-50, 5=9=13] or [[5, 9, 13]]";
        List<String> ties = new ArrayList<>();
        for (Object tie : list("tied", rule)) {
            String text =
                    tie instanceof List<?> positions
                            ? positions.stream()
                                    .map(String::valueOf)
                                    .collect(Collectors.joining("="))
                            : text("tied", tie, rule);
            Positions.parseTie(text);
            ties.add(text);
        }
        return ties;
    }
}
