package dev.tiller.zoo.onnx;

import ai.djl.ndarray.NDArray;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;

/**
 * The behaviour of an array while a forward call is traced: exactly one of its two values is set.
 */
final class TracedArray implements InvocationHandler {
    private final Trace trace;
    private final NDArray value;
    private Symbol symbol;
    private String name;

    TracedArray(Trace trace, NDArray value, Symbol symbol) {
        this.trace = trace;
        this.value = value;
        this.symbol = symbol;
    }

    boolean isKnown() {
        return value != null;
    }

    NDArray value() {
        return value;
    }

    /** The value in the graph; a known array becomes a constant when it is first asked for. */
    Symbol symbol() {
        if (symbol == null) {
            symbol = trace.graph().constant(value);
        }
        return symbol;
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        NDArray self = (NDArray) proxy;
        Object[] given = arguments == null ? new Object[0] : arguments;
        switch (method.getName()) {
            case "getShape":
                return isKnown() ? value.getShape() : symbol.shape();
            case "getDataType":
                return isKnown() ? value.getDataType() : symbol.type();
            case "getDevice":
                return Trace.DEVICE;
            case "getManager":
                return trace.manager();
            case "getName":
                return name;
            case "setName":
                name = (String) given[0];
                return null;
            case "getNDArrayInternal":
                return trace.internal(this);
            case "toDevice", "stopGradient", "duplicate":
                return self;
            case "hasGradient", "isReleased":
                return false;
            case "attach", "tempAttach", "returnResource", "close", "setRequiresGradient":
                return null;
            case "toString":
                return isKnown() ? value.toDebugString() : symbol.toString();
            case "hashCode":
                return System.identityHashCode(proxy);
            case "equals":
                return proxy == given[0];
            default:
                return compute(self, method, given);
        }
    }

    private Object compute(NDArray self, Method method, Object[] arguments) throws Throwable {
        if (isKnown() && trace.allKnown(arguments)) {
            return trace.callEngine(value, method, arguments);
        }
        for (Object operations :
                new Object[] {
                    new ElementwiseOperations(trace, self),
                    new ShapeOperations(trace, self),
                    new ReductionOperations(trace, self)
                }) {
            Method recorded = Recorded.find(operations.getClass(), method);
            if (recorded != null) {
                return Trace.call(operations, recorded, arguments);
            }
        }
        if (method.isDefault()) {
            return InvocationHandler.invokeDefault(self, method, arguments);
        }
        throw Trace.unsupported(method);
    }
}
