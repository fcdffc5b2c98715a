package dev.tiller.rewards.composition;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;

/** Reads specifications of rewards. */
final class SpecReader {
    private static final List<String> NAMED = List.of("reward", "name", "options");
    private static final List<String> COMPOSED =
            List.of("aggregate", "components", "filters", "penalties", "floor");
    private static final List<String> COMPONENT =
            List.of("reward", "name", "options", "as", "transform", "weight");
    private static final List<String> FILTER =
            List.of("reward", "name", "options", "as", "at-least", "at-most");

    private static final JsonMapper JSON = new JsonMapper();

    private SpecReader() {}

    static String json(Map<String, Object> map) {
        try {
            return JSON.writeValueAsString(map);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("every specification can be written as JSON", e);
        }
    }

    static RewardSpec read(Object value) {
        if (value instanceof String name) {
            return new NamedReward(name);
        }
        if (!(value instanceof Map<?, ?>)) {
            throw new IllegalArgumentException(
                    "reward must be a name, a map with reward and options, or a map with"
                            + " components, got "
                            + SpecMap.show(value));
        }
        SpecMap map = SpecMap.of("reward", value);
        if (COMPOSED.stream().anyMatch(map::has)) {
            return composition(map.requireKnown(COMPOSED));
        }
        if (!map.has("reward") && !map.has("name")) {
            List<String> all = new ArrayList<>(NAMED);
            all.addAll(COMPOSED);
            map.requireKnown(all);
        }
        return named(map.requireKnown(NAMED));
    }

    private static NamedReward named(SpecMap map) {
        if (map.has("reward") && map.has("name")) {
            throw new IllegalArgumentException(
                    map.place() + ": reward and name are one key, got both; leave one out");
        }
        String name = map.text(map.has("name") ? "name" : "reward");
        Map<String, Object> options = new TreeMap<>();
        if (map.get("options") != null) {
            SpecMap given = SpecMap.of(map.place() + ": options", map.get("options"));
            given.keys().forEach(key -> options.put(key, given.get(key)));
        }
        return at(map, () -> new NamedReward(name, options));
    }

    private static Composition composition(SpecMap map) {
        String name = map.text("aggregate", Aggregate.ARITHMETIC.toString());
        Aggregate aggregate = at(map, () -> Aggregate.parse(name));
        List<Component> components = each(map, "components", SpecReader::component);
        List<Filter> filters = each(map, "filters", SpecReader::filter);
        List<Component> penalties = each(map, "penalties", SpecReader::component);
        double floor = map.number("floor", 0);
        return at(map, () -> new Composition(aggregate, components, filters, penalties, floor));
    }

    private static <T> List<T> each(SpecMap map, String key, Function<SpecMap, T> reader) {
        String one = key.equals("penalties") ? "penalty" : key.substring(0, key.length() - 1);
        List<T> read = new ArrayList<>();
        for (Object entry : map.list(key)) {
            String place = one + " " + (read.size() + 1);
            Object value = entry instanceof String name ? Map.of("reward", name) : entry;
            read.add(reader.apply(SpecMap.of(place, value)));
        }
        return read;
    }

    private static Component component(SpecMap map) {
        map.requireKnown(COMPONENT);
        NamedReward reward = named(map);
        String column = map.text("as", reward.name());
        Transform transform =
                map.has("transform")
                        ? TransformReader.read(map.place() + ": transform", map.get("transform"))
                        : new Identity();
        double weight = map.number("weight", 1);
        return at(map, () -> new Component(column, reward, transform, weight));
    }

    private static Filter filter(SpecMap map) {
        map.requireKnown(FILTER);
        NamedReward reward = named(map);
        String column = map.text("as", reward.name());
        double atLeast = map.number("at-least", Double.NEGATIVE_INFINITY);
        double atMost = map.number("at-most", Double.POSITIVE_INFINITY);
        return at(map, () -> new Filter(column, reward, atLeast, atMost));
    }

    /** Says where a part stands whose own checks fail. */
    private static <T> T at(SpecMap map, Supplier<T> part) {
        try {
            return part.get();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(map.place() + ": " + e.getMessage(), e);
        }
    }
}
