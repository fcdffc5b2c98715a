package dev.tiller.rewards;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Binds configuration to the options record of one provider. Each given value is converted by
 * itself and the defaults are passed on untouched, so every error can name its key.
 */
final class OptionBinder<O extends Record> {
    private static final ObjectMapper MAPPER = OptionTypes.mapper();

    private final String reward;
    private final Class<O> type;
    private final O defaults;
    private final Map<String, RecordComponent> components = new LinkedHashMap<>();

    OptionBinder(RewardProvider<O> provider) {
        this.reward = provider.name();
        this.type = provider.optionsType();
        this.defaults = provider.defaults();
        for (RecordComponent component : type.getRecordComponents()) {
            components.put(component.getName(), component);
        }
    }

    /** Returns the defaults with the given values put over them. */
    O bind(Map<String, ?> values) {
        for (String key : values.keySet()) {
            if (!components.containsKey(key)) {
                throw unknown(key);
            }
        }
        List<Object> arguments = new ArrayList<>();
        for (RecordComponent component : components.values()) {
            String key = component.getName();
            arguments.add(
                    values.containsKey(key)
                            ? convert(component, values.get(key))
                            : defaultOf(component));
        }
        return construct(arguments);
    }

    /** Lists the options in the order of the record. */
    List<RewardOption> describe() {
        return components.values().stream()
                .map(c -> new RewardOption(c.getName(), typeOf(c), show(defaultOf(c))))
                .toList();
    }

    private Object convert(RecordComponent component, Object value) {
        JavaType target = MAPPER.constructType(component.getGenericType());
        try {
            Object converted = MAPPER.convertValue(OptionTypes.split(value, target), target);
            if (converted != null) {
                return converted;
            }
        } catch (IllegalArgumentException e) {
            throw mistyped(component, value, e);
        }
        throw mistyped(component, value, null);
    }

    private IllegalArgumentException mistyped(
            RecordComponent component, Object value, Throwable cause) {
        String got = value instanceof CharSequence ? "'" + value + "'" : show(value);
        return new IllegalArgumentException(
                "option '"
                        + component.getName()
                        + "' of reward '"
                        + reward
                        + "' must be of type "
                        + typeOf(component)
                        + ", got "
                        + got
                        + "; its default is "
                        + show(defaultOf(component)),
                cause);
    }

    private IllegalArgumentException unknown(String key) {
        String text = "unknown option '" + key + "' of reward '" + reward + "'; ";
        if (components.isEmpty()) {
            return new IllegalArgumentException(text + "it has no options");
        }
        String known =
                components.values().stream()
                        .map(c -> c.getName() + " (" + typeOf(c) + ")")
                        .collect(Collectors.joining(", "));
        String near = Spelling.suggestion(String.valueOf(key), components.keySet());
        return new IllegalArgumentException(text + "known options: " + known + near);
    }

    private O construct(List<Object> arguments) {
        Class<?>[] types =
                components.values().stream().map(RecordComponent::getType).toArray(Class[]::new);
        try {
            Constructor<O> constructor = type.getDeclaredConstructor(types);
            constructor.trySetAccessible();
            return constructor.newInstance(arguments.toArray());
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException rule) {
                String text = "reward '" + reward + "': " + rule.getMessage();
                throw new IllegalArgumentException(text, rule);
            }
            throw broken(e);
        } catch (ReflectiveOperationException e) {
            throw broken(e);
        }
    }

    private Object defaultOf(RecordComponent component) {
        try {
            Method accessor = component.getAccessor();
            accessor.trySetAccessible();
            return accessor.invoke(defaults);
        } catch (ReflectiveOperationException e) {
            throw broken(e);
        }
    }

    private IllegalStateException broken(ReflectiveOperationException e) {
        Throwable reason = e instanceof InvocationTargetException ? e.getCause() : e;
        return new IllegalStateException(
                "plug-in of reward '"
                        + reward
                        + "' must have a public options record that can be made, got "
                        + type.getName()
                        + " and "
                        + reason,
                e);
    }

    private String typeOf(RecordComponent component) {
        return OptionTypes.describe(MAPPER.constructType(component.getGenericType()));
    }

    private static String show(Object value) {
        if (value == null) {
            return "none";
        }
        if (value instanceof Enum<?> constant) {
            return Spelling.kebabCase(constant);
        }
        if (value instanceof Collection<?> elements) {
            return elements.stream().map(OptionBinder::show).collect(Collectors.joining(","));
        }
        return value instanceof Object[] array ? show(Arrays.asList(array)) : value.toString();
    }
}
