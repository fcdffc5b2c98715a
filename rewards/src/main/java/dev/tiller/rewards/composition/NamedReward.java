package dev.tiller.rewards.composition;

import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.Rewards;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A registered reward and the options that were given for it.
 *
 * @param name the registered name
 * @param options values by option name: text, numbers, truth values, null, lists or maps of these;
 *     copied and sorted by name
 */
public record NamedReward(String name, Map<String, Object> options) implements RewardSpec {

    /** Copies the options. */
    public NamedReward {
        if (name == null || name.isBlank()) {
            throw new IllegalArgumentException("reward must be a name, got " + SpecMap.show(name));
        }
        Map<String, Object> copy = new TreeMap<>();
        options.forEach((key, value) -> copy.put(key, plain(key, value)));
        options = Collections.unmodifiableMap(copy);
    }

    /**
     * Names a reward with all its defaults.
     *
     * @param name the registered name
     */
    public NamedReward(String name) {
        this(name, Map.of());
    }

    /** One Java type for each kind of value, so that equal options are equal objects. */
    private static Object plain(String option, Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> copy = new TreeMap<>();
            map.forEach((key, v) -> copy.put(String.valueOf(key), plain(option, v)));
            return Collections.unmodifiableMap(copy);
        }
        if (value instanceof List<?> list) {
            List<Object> copy = new ArrayList<>();
            list.forEach(v -> copy.add(plain(option, v)));
            return Collections.unmodifiableList(copy);
        }
        if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return ((Number) value).longValue();
        }
        if (value instanceof Float single) {
            return single.doubleValue();
        }
        boolean scalar =
                value == null
                        || value instanceof CharSequence
                        || value instanceof Number
                        || value instanceof Boolean;
        if (!scalar) {
            throw new IllegalArgumentException(
                    "option '"
                            + option
                            + "' must be text, a number, true, false, a list or a map, got "
                            + value.getClass().getName());
        }
        return value instanceof CharSequence text ? text.toString() : value;
    }

    @Override
    public Reward create(Rewards rewards, RewardContext context) {
        return rewards.create(name, options, context);
    }

    @Override
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("reward", name);
        map.put("options", options);
        return map;
    }
}
