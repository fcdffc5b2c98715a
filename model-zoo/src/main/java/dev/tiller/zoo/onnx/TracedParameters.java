package dev.tiller.zoo.onnx;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.util.HashMap;
import java.util.Map;

/** Gives a traced forward call its parameters, each always as the same known array. */
final class TracedParameters extends ParameterStore {
    private final Trace trace;
    private final Map<String, NDArray> known = new HashMap<>();

    TracedParameters(Trace trace) {
        super(trace.engine(), false);
        this.trace = trace;
    }

    @Override
    public NDArray getValue(Parameter parameter, Device device, boolean training) {
        if (training) {
            throw OnnxGraph.unsupported("a forward call in training mode");
        }
        return known.computeIfAbsent(
                parameter.getName(),
                name -> {
                    NDArray view = parameter.getArray().reshape(parameter.getArray().getShape());
                    view.attach(trace.engine());
                    view.setName(name);
                    return trace.known(view);
                });
    }
}
