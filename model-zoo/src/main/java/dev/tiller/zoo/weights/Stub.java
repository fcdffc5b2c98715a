package dev.tiller.zoo.weights;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An object of a pickle that is not data: what it is called is known, but nothing of it is ever
 * made or run.
 */
final class Stub {
    private final String name;
    private final Map<Object, Object> items = new LinkedHashMap<>();

    Stub(String name) {
        this.name = name;
    }

    /** The name of its class or function, such as {@code omegaconf.dictconfig.DictConfig}. */
    String name() {
        return name;
    }

    /** What was set on it by key, for objects that behave as dictionaries. */
    Map<Object, Object> items() {
        return items;
    }

    @Override
    public String toString() {
        return "<" + name + ">";
    }
}
