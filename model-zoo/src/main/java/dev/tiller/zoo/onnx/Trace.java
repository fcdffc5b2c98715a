package dev.tiller.zoo.onnx;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.internal.NDArrayEx;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;

/**
 * One forward call under observation: its graph so far, and the proxies that the call computes
 * with.
 *
 * <p>An array is either known (it depends on weights and numbers alone, and is computed at once) or
 * a {@link Symbol} of the graph.
 */
final class Trace implements AutoCloseable {
    /** Where traced arrays claim to be, so that no layer works around a real device. */
    static final Device DEVICE = Device.of("onnx", 0);

    private final NDManager engine = NDManager.newBaseManager(Device.cpu());
    private final OnnxGraph graph = new OnnxGraph();
    private final NDManager manager = proxy(NDManager.class, new TracedManager(this));

    OnnxGraph graph() {
        return graph;
    }

    /** The manager that traced arrays claim to belong to. */
    NDManager manager() {
        return manager;
    }

    /** The owner of known arrays. */
    NDManager engine() {
        return engine;
    }

    NDArray known(NDArray value) {
        return proxy(NDArray.class, new TracedArray(this, value, null));
    }

    NDArray symbolic(Symbol symbol) {
        return proxy(NDArray.class, new TracedArray(this, null, symbol));
    }

    NDArrayEx internal(TracedArray array) {
        return proxy(NDArrayEx.class, new TracedInternal(this, array));
    }

    /** The array behind a proxy. */
    TracedArray of(NDArray array) {
        if (Proxy.isProxyClass(array.getClass())
                && Proxy.getInvocationHandler(array) instanceof TracedArray traced) {
            return traced;
        }
        throw new IllegalStateException(
                "a traced call must compute with arrays of its inputs and parameters, got "
                        + array.getShape()
                        + " from elsewhere");
    }

    /** An operand as a value of the graph. */
    Symbol symbol(NDArray array) {
        return of(array).symbol();
    }

    boolean allKnown(Object[] arguments) {
        return arguments == null || Arrays.stream(arguments).allMatch(this::isKnown);
    }

    private boolean isKnown(Object argument) {
        if (argument instanceof NDArray array) {
            return of(array).isKnown();
        }
        return !(argument instanceof NDList list) || list.stream().allMatch(this::isKnown);
    }

    /** Calls a method of the engine with the known arrays behind the proxies. */
    Object callEngine(Object receiver, Method method, Object[] arguments) throws Throwable {
        Object[] plain =
                arguments == null
                        ? new Object[0]
                        : Arrays.stream(arguments).map(this::unwrap).toArray();
        return wrap(call(receiver, method, plain));
    }

    static Object call(Object receiver, Method method, Object... arguments) throws Throwable {
        try {
            return method.invoke(receiver, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private Object unwrap(Object argument) {
        if (argument instanceof NDArray array) {
            return of(array).value();
        }
        if (argument instanceof NDList list) {
            NDList plain = new NDList(list.size());
            list.forEach(array -> plain.add(of(array).value()));
            return plain;
        }
        return argument instanceof NDManager ? engine : argument;
    }

    private Object wrap(Object result) {
        if (result instanceof NDArray array) {
            return known(array);
        }
        if (result instanceof NDList list) {
            NDList wrapped = new NDList(list.size());
            list.forEach(array -> wrapped.add(known(array)));
            return wrapped;
        }
        return result;
    }

    /** Names an operation that has no counterpart here. */
    static UnsupportedOperationException unsupported(Method method) {
        String types =
                String.join(
                        ", ",
                        Arrays.stream(method.getParameterTypes())
                                .map(Class::getSimpleName)
                                .toList());
        return OnnxGraph.unsupported(
                "operation "
                        + method.getDeclaringClass().getSimpleName()
                        + "."
                        + method.getName()
                        + "("
                        + types
                        + ")");
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(
                Proxy.newProxyInstance(
                        NDArray.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    /** Frees the known arrays. */
    @Override
    public void close() {
        engine.close();
    }
}
