package dev.tiller.zoo.onnx;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.internal.NDArrayEx;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;

/** The operations of neural networks on an array while a forward call is traced. */
final class TracedInternal implements InvocationHandler {
    private final Trace trace;
    private final TracedArray array;

    TracedInternal(Trace trace, TracedArray array) {
        this.trace = trace;
        this.array = array;
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        Object[] given = arguments == null ? new Object[0] : arguments;
        if (array.isKnown() && trace.allKnown(given)) {
            return trace.callEngine(array.value().getNDArrayInternal(), method, given);
        }
        NDArray self = trace.symbolic(array.symbol());
        for (Object operations :
                new Object[] {new ActivationOperations(trace, self), new LayerOperations(trace)}) {
            Method recorded = Recorded.find(operations.getClass(), method);
            if (recorded != null) {
                return Trace.call(operations, recorded, given);
            }
        }
        if (method.isDefault() && method.getDeclaringClass() == NDArrayEx.class) {
            return InvocationHandler.invokeDefault(proxy, method, given);
        }
        throw Trace.unsupported(method);
    }
}
