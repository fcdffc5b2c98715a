package dev.tiller.cli.run;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.Map;

/** Records of settings as maps from component to value, and back. Null is: not set. */
public final class Settings {
    private Settings() {}

    /**
     * Returns the components that are set.
     *
     * @param settings a record
     * @return values by component, in the order of the record
     */
    public static Map<String, Object> of(Record settings) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (RecordComponent component : settings.getClass().getRecordComponents()) {
            try {
                component.getAccessor().trySetAccessible(); // of records that are not public
                Object value = component.getAccessor().invoke(settings);
                if (value != null) {
                    map.put(component.getName(), value);
                }
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }
        return map;
    }

    /**
     * Makes a record.
     *
     * @param <R> the record
     * @param type its class
     * @param values values by component; those that the map lacks are null
     * @return the record
     */
    public static <R extends Record> R create(Class<R> type, Map<String, ?> values) {
        RecordComponent[] components = type.getRecordComponents();
        Object[] arguments = new Object[components.length];
        Class<?>[] types = new Class<?>[components.length];
        for (int i = 0; i < components.length; i++) {
            arguments[i] = values.get(components[i].getName());
            types[i] = components[i].getType();
        }
        try {
            Constructor<R> constructor = type.getDeclaredConstructor(types);
            constructor.trySetAccessible();
            return constructor.newInstance(arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Returns the option that sets a component: {@code posteriorDraws} is --posterior-draws.
     *
     * @param component the name of a component
     * @return the option of the command line
     */
    public static String option(String component) {
        return "--" + component.replaceAll("([A-Z])", "-$1").toLowerCase(java.util.Locale.ROOT);
    }
}
