package dev.tiller.zoo.weights;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Names in state dicts, and what training code puts around a network's own. */
final class StateDicts {
    /** Copies of other networks, and statistics, that SVDD keeps beside its value networks. */
    private static final List<String> COPIES = List.of("ref_model.", "reward_model.", "pearsonr.");

    private static final List<String> PREFIXES =
            List.of("_orig_mod.", "module.", "backbone.", "model.");

    private StateDicts() {}

    /** Takes what a prefix names, or what is left without copies and common prefixes. */
    static <T> Map<String, T> select(Path file, Map<String, T> all, Optional<String> prefix) {
        if (prefix.isPresent()) {
            Map<String, T> chosen = under(all, prefix.get());
            if (chosen.isEmpty()) {
                throw new IllegalArgumentException(
                        "prefix must be one of the names in "
                                + file
                                + ", got '"
                                + prefix.get()
                                + "'; they start with "
                                + all.keySet().stream()
                                        .map(name -> name.substring(0, name.indexOf('.') + 1))
                                        .distinct()
                                        .limit(20)
                                        .toList());
            }
            return chosen;
        }
        Map<String, T> own = new LinkedHashMap<>();
        all.forEach(
                (name, value) -> {
                    if (COPIES.stream().noneMatch(name::startsWith)) {
                        own.put(name, value);
                    }
                });
        return strip(own.isEmpty() ? all : own);
    }

    /** Drops prefixes that all names carry, or all but those of a metric. */
    private static <T> Map<String, T> strip(Map<String, T> names) {
        for (String prefix : PREFIXES) {
            Map<String, T> inside = under(names, prefix);
            boolean rest =
                    names.keySet().stream()
                            .filter(name -> !name.startsWith(prefix))
                            .allMatch(name -> name.contains("metric"));
            if (!inside.isEmpty() && rest) {
                return strip(inside);
            }
        }
        return names;
    }

    private static <T> Map<String, T> under(Map<String, T> names, String prefix) {
        Map<String, T> inside = new LinkedHashMap<>();
        names.forEach(
                (name, value) -> {
                    if (name.startsWith(prefix)) {
                        inside.put(name.substring(prefix.length()), value);
                    }
                });
        return inside;
    }
}
