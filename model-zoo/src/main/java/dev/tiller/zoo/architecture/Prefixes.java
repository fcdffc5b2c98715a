package dev.tiller.zoo.architecture;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The prefixes that training code puts in front of a network's own names. */
final class Prefixes {
    private static final List<String> KNOWN = List.of("backbone.", "model.");

    private Prefixes() {}

    /** Drops what all names carry; the given map itself where there is nothing to drop. */
    static <T> Map<String, T> strip(Map<String, T> values) {
        Map<String, T> names = values;
        for (String prefix : KNOWN) {
            if (!names.isEmpty() && names.keySet().stream().allMatch(n -> n.startsWith(prefix))) {
                Map<String, T> shorter = new LinkedHashMap<>();
                names.forEach((name, value) -> shorter.put(name.substring(prefix.length()), value));
                names = shorter;
            }
        }
        return names;
    }
}
