package dev.tiller.zoo.onnx;

import java.lang.reflect.Method;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Finds the method that records an operation: the one with the same name and parameters. */
final class Recorded {
    private record Key(Class<?> operations, Method method) {}

    private static final Map<Key, Optional<Method>> FOUND = new ConcurrentHashMap<>();

    private Recorded() {}

    /** Returns null if the class does not record the operation. */
    static Method find(Class<?> operations, Method method) {
        return FOUND.computeIfAbsent(new Key(operations, method), Recorded::look).orElse(null);
    }

    private static Optional<Method> look(Key key) {
        try {
            return Optional.of(
                    key.operations()
                            .getDeclaredMethod(
                                    key.method().getName(), key.method().getParameterTypes()));
        } catch (NoSuchMethodException e) {
            return Optional.empty();
        }
    }
}
