package dev.tiller.zoo.onnx;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.util.List;

/** The behaviour of a manager while a forward call is traced: arrays live until the trace ends. */
final class TracedManager implements InvocationHandler {
    private final Trace trace;

    TracedManager(Trace trace) {
        this.trace = trace;
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        Object[] given = arguments == null ? new Object[0] : arguments;
        switch (method.getName()) {
            case "newSubManager", "getParentManager":
                return proxy;
            case "getDevice", "defaultDevice":
                return Trace.DEVICE;
            case "isOpen":
                return true;
            case "close", "cap", "attachInternal", "attachUncappedInternal", "detachInternal":
                return null;
            case "getEngine", "getName":
                return Trace.call(trace.engine(), method, given);
            case "hashCode":
                return System.identityHashCode(proxy);
            case "equals":
                return proxy == given[0];
            case "toString":
                return "the manager of a trace";
            default:
                return create(method, given);
        }
    }

    private Object create(Method method, Object[] arguments) throws Throwable {
        boolean free = false;
        for (Object argument : arguments) {
            free |= argument instanceof Shape shape && FreeDimensions.anyFree(shape);
            if (argument instanceof Number number && FreeDimensions.isFree(number.longValue())) {
                throw OnnxGraph.unsupported("a constant that depends on the size of an input");
            }
        }
        if (!free) {
            return trace.callEngine(trace.engine(), method, arguments);
        }
        return switch (method.getName()) {
            case "zeros" -> fill(arguments, 0);
            case "ones" -> fill(arguments, 1);
            case "full" -> fill(arguments, (Number) arguments[1]);
            default -> throw Trace.unsupported(method);
        };
    }

    private NDArray fill(Object[] arguments, Number value) {
        DataType type = DataType.FLOAT32;
        for (Object argument : arguments) {
            type = argument instanceof DataType given ? given : type;
        }
        OnnxGraph graph = trace.graph();
        Shape shape = (Shape) arguments[0];
        return trace.symbolic(
                graph.node(
                        "Expand",
                        type,
                        shape,
                        List.of(graph.scalar(value, type), graph.shapeVector(shape))));
    }
}
