package dev.tiller.zoo.weights;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The object of a PyTorch file: a state dict itself, or one of the dictionaries that Lightning,
 * SVDD, DRAKES and GDSS put around theirs.
 */
final class TorchContainer {
    private static final List<String> USUAL = List.of("state_dict", "model_state_dict");
    private static final List<String> AVERAGES =
            List.of("ema", "ema_state_dict", "state_dict_ema", "model_ema");
    private static final String SHADOW = "shadow_params";
    private static final int MOST_TEXT = 200;
    private static final int DEEPEST = 8;

    private final Path file;
    private final Object root;

    TorchContainer(Path file, Object root) {
        this.file = file;
        this.root = root;
    }

    /** The keys whose values are state dicts, one level deep. */
    List<String> sections() {
        List<String> sections = new ArrayList<>();
        if (root instanceof Map<?, ?> map && !isStateDict(root)) {
            map.forEach(
                    (key, value) -> {
                        if (key instanceof String name && isStateDict(value)) {
                            sections.add(name);
                        }
                    });
        }
        return sections;
    }

    Map<String, String> metadata() {
        Map<String, String> metadata = new TreeMap<>();
        if (root instanceof Map<?, ?> map) {
            scalars("", map, metadata);
            if (map.get("ema") instanceof Map<?, ?> ema) {
                scalars("ema.", ema, metadata);
            }
        }
        return metadata;
    }

    private static void scalars(String prefix, Map<?, ?> map, Map<String, String> metadata) {
        map.forEach(
                (key, value) -> {
                    if (key instanceof String name && isScalar(value)) {
                        metadata.put(
                                prefix + name.replaceAll("\\p{Cntrl}", "?"),
                                value.toString().replaceAll("\\p{Cntrl}", "?"));
                    }
                });
    }

    /** Words and numbers in dictionaries, with dots between nested keys. */
    Map<String, Object> settings() {
        Map<String, Object> settings = new TreeMap<>();
        if (root instanceof Map<?, ?> map) {
            settings("", map, 0, settings);
        }
        return settings;
    }

    private static void settings(
            String prefix, Map<?, ?> map, int depth, Map<String, Object> settings) {
        map.forEach(
                (key, value) -> {
                    if (!(key instanceof String name)) {
                        return;
                    }
                    if (value instanceof Map<?, ?> inner && depth < DEEPEST) {
                        settings(prefix + name + ".", inner, depth + 1, settings);
                    } else if (isScalar(value)) {
                        settings.put(prefix + name, value);
                    }
                });
    }

    private static boolean isScalar(Object value) {
        return value instanceof Long
                || value instanceof Double
                || value instanceof Boolean
                || (value instanceof String text && text.length() < MOST_TEXT);
    }

    Map<String, TorchTensor> select(Selection selection) {
        Map<String, TorchTensor> all = tensors(stateDict(selection.section()));
        return StateDicts.select(file, all, selection.prefix());
    }

    /** {@code trainable} gives averages their names. */
    Map<String, TorchTensor> select(Selection selection, List<String> trainable) {
        Map<String, TorchTensor> raw = select(selection);
        return selection.source() == Selection.Source.RAW
                ? raw
                : averaged(raw, selection, trainable);
    }

    private Map<String, TorchTensor> averaged(
            Map<String, TorchTensor> raw, Selection selection, List<String> trainable) {
        Object average = null;
        if (root instanceof Map<?, ?> map) {
            for (String key : AVERAGES) {
                average = average == null ? map.get(key) : average;
            }
        }
        Map<String, TorchTensor> result = new LinkedHashMap<>(raw);
        if (isStateDict(average)) {
            StateDicts.select(file, tensors(average), selection.prefix())
                    .forEach((name, tensor) -> replace(result, name, tensor));
            return result;
        }
        Object shadow = average instanceof Map<?, ?> map ? map.get(SHADOW) : null;
        if (isStateDict(shadow)) {
            StateDicts.select(file, tensors(shadow), selection.prefix())
                    .forEach((name, tensor) -> replace(result, name, tensor));
            return result;
        }
        if (!(shadow instanceof List<?> list)) {
            throw new IllegalArgumentException(
                    file + " must hold a moving average, got none; take the raw weights");
        }
        if (list.size() != trainable.size()) {
            throw new IllegalArgumentException(
                    "moving average in "
                            + file
                            + " must have one tensor for each of the "
                            + trainable.size()
                            + " trained parameters, got "
                            + list.size());
        }
        for (int i = 0; i < list.size(); i++) {
            if (!(list.get(i) instanceof TorchTensor tensor)) {
                throw new IllegalArgumentException(
                        "moving average in "
                                + file
                                + " must hold tensors alone, got another object"
                                + " at "
                                + i);
            }
            replace(result, trainable.get(i), tensor);
        }
        return result;
    }

    private void replace(Map<String, TorchTensor> weights, String name, TorchTensor average) {
        TorchTensor raw = weights.get(name);
        if (raw == null || !Arrays.equals(raw.sizes(), average.sizes())) {
            throw new IllegalArgumentException(
                    "moving average of '"
                            + name
                            + "' in "
                            + file
                            + " must have shape "
                            + (raw == null ? "of a weight that is missing" : raw.shape())
                            + ", got "
                            + average.shape());
        }
        weights.put(name, average);
    }

    private Object stateDict(Optional<String> section) {
        if (section.isPresent()) {
            return section(section.get());
        }
        if (isStateDict(root)) {
            return root;
        }
        List<String> sections = sections();
        for (String usual : USUAL) {
            if (sections.contains(usual)) {
                return ((Map<?, ?>) root).get(usual);
            }
        }
        if (sections.size() == 1) {
            return ((Map<?, ?>) root).get(sections.get(0));
        }
        if (sections.isEmpty()) {
            throw new IllegalArgumentException(
                    file
                            + " must hold a state dict, got "
                            + describe(root)
                            + "; save model.state_dict()");
        }
        throw new IllegalArgumentException(
                "section of " + file + " must be chosen, one of " + sections + "; add --section");
    }

    private Object section(String path) {
        Object value = root;
        for (String key : path.split("\\.", -1)) {
            value = value instanceof Map<?, ?> map ? map.get(key) : null;
        }
        if (!isStateDict(value)) {
            throw new IllegalArgumentException(
                    "section of "
                            + file
                            + " must be one of "
                            + sections()
                            + ", got '"
                            + path
                            + "'");
        }
        return value;
    }

    private static boolean isStateDict(Object value) {
        return value instanceof Map<?, ?> map
                && !map.isEmpty()
                && map.entrySet().stream()
                        .allMatch(
                                entry ->
                                        entry.getKey() instanceof String
                                                && entry.getValue() instanceof TorchTensor);
    }

    private static Map<String, TorchTensor> tensors(Object stateDict) {
        Map<String, TorchTensor> tensors = new LinkedHashMap<>();
        ((Map<?, ?>) stateDict)
                .forEach((name, tensor) -> tensors.put((String) name, (TorchTensor) tensor));
        return tensors;
    }

    private static String describe(Object value) {
        if (value instanceof Stub stub) {
            return "an object of " + stub.name().replaceAll("\\p{Cntrl}", "?");
        }
        if (value instanceof Map<?, ?> map) {
            return "a dictionary of "
                    + map.keySet().stream()
                            .filter(String.class::isInstance)
                            .map(key -> ((String) key).replaceAll("\\p{Cntrl}", "?"))
                            .limit(10)
                            .toList();
        }
        return value == null ? "nothing" : "a " + value.getClass().getSimpleName();
    }
}
