package dev.tiller.zoo.onnx;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.tiller.zoo.Backend;
import dev.tiller.zoo.InferenceSession;
import dev.tiller.zoo.architecture.Input;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A network on ONNX Runtime. Tensors go in and out as direct buffers.
 *
 * <p>Each call runs on the threads that the options give it, so that rows do not depend on how many
 * calls run side by side.
 */
public final class OnnxSession implements InferenceSession {
    private final String name;
    private final OrtEnvironment environment;
    private final OrtSession session;
    private final List<String> inputs;
    private final List<String> outputs;
    private final Map<String, TensorInfo> inputInfo;
    private final int gpu;

    /**
     * How a session runs.
     *
     * @param threadsPerCall threads within one call, at least 1
     * @param gpu the number of the CUDA device, or -1 for the CPU
     */
    public record Options(int threadsPerCall, int gpu) {
        /** One thread on the CPU: parallelism is between calls. */
        public static final Options CPU = new Options(1, -1);
    }

    /**
     * Opens a graph.
     *
     * @param name what to call the graph in errors
     * @param model the contents of an ONNX file
     * @param options how to run it
     * @throws IllegalArgumentException if ONNX Runtime cannot run the graph, or cannot use the
     *     device
     */
    public OnnxSession(String name, byte[] model, Options options) {
        this.name = name;
        gpu = options.gpu();
        environment = OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
        try (OrtSession.SessionOptions settings = new OrtSession.SessionOptions()) {
            environment.setTelemetry(false);
            settings.setIntraOpNumThreads(options.threadsPerCall());
            settings.setInterOpNumThreads(1);
            settings.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
            settings.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
            if (options.gpu() >= 0) {
                addCuda(settings, options.gpu());
            }
            session = open(name, model, settings);
            inputInfo = tensors(name, "inputs", session.getInputInfo());
            inputs = List.copyOf(inputInfo.keySet());
            outputs = List.copyOf(tensors(name, "outputs", session.getOutputInfo()).keySet());
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime failed: " + oneLine(e), e);
        }
    }

    private OrtSession open(String name, byte[] model, OrtSession.SessionOptions settings) {
        try {
            return environment.createSession(model, settings);
        } catch (OrtException e) {
            throw new IllegalArgumentException(
                    name + " cannot be run by ONNX Runtime: " + oneLine(e), e);
        }
    }

    private static void addCuda(OrtSession.SessionOptions settings, int gpu) {
        requireCuda("gpu:" + gpu);
        try {
            settings.addCUDA(gpu);
        } catch (OrtException e) {
            throw new IllegalArgumentException(
                    "device must be one that ONNX Runtime can use, got gpu:"
                            + gpu
                            + ", of which it says: "
                            + oneLine(e),
                    e);
        }
    }

    /**
     * Checks that ONNX Runtime was built for GPUs.
     *
     * @param device the GPU that was asked for
     * @throws IllegalArgumentException if it was not
     */
    public static void requireCuda(String device) {
        if (!OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA)) {
            throw new IllegalArgumentException(
                    "device must be one that ONNX Runtime can use, got "
                            + device
                            + " where it has the providers "
                            + OrtEnvironment.getAvailableProviders()
                            + "; choose --device cpu, or put onnxruntime_gpu on the class path");
        }
    }

    /**
     * Returns the version of ONNX Runtime.
     *
     * @return such as 1.24.1
     */
    public static String version() {
        return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR).getVersion();
    }

    private static Map<String, TensorInfo> tensors(
            String name, String what, Map<String, NodeInfo> infos) {
        Map<String, TensorInfo> tensors = new LinkedHashMap<>();
        infos.forEach(
                (key, info) -> {
                    if (!(info.getInfo() instanceof TensorInfo tensor)) {
                        throw new IllegalArgumentException(
                                what + " of " + name + " must be tensors, got " + info);
                    }
                    tensors.put(key, tensor);
                });
        return tensors;
    }

    /** The first line of a message, without the paths of the machine that built the library. */
    static String oneLine(OrtException e) {
        String message = e.getMessage() == null ? e.toString() : e.getMessage();
        return message.replaceAll("\\s+", " ").replaceAll("/\\S*/onnxruntime/", "").strip();
    }

    /**
     * Returns the inputs.
     *
     * @return names, element types and shapes, -1 where the size is free
     */
    public List<Input> inputs() {
        List<Input> list = new ArrayList<>();
        inputInfo.forEach(
                (key, info) ->
                        list.add(
                                new Input(
                                        key,
                                        ElementTypes.djl(info.type),
                                        new Shape(info.getShape()))));
        return list;
    }

    @Override
    public NDList run(NDList arrays) {
        if (arrays.size() != inputs.size()) {
            throw new IllegalArgumentException(
                    name + " takes the inputs " + inputs + ", got " + arrays.size() + " arrays");
        }
        Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
        try {
            for (int i = 0; i < inputs.size(); i++) {
                tensors.put(inputs.get(i), tensor(arrays.get(i)));
            }
            try (OrtSession.Result result = session.run(tensors)) {
                NDList results = new NDList(outputs.size());
                for (String output : outputs) {
                    results.add(
                            array(result.get(output).orElseThrow(), arrays.head().getManager()));
                }
                return results;
            }
        } catch (OrtException e) {
            throw new IllegalArgumentException(name + " refuses its inputs: " + oneLine(e), e);
        } finally {
            tensors.values().forEach(OnnxTensor::close);
        }
    }

    private OnnxTensor tensor(NDArray array) throws OrtException {
        // a view of the array's memory where its elements lie in the order of its axes
        ByteBuffer bytes = array.toByteBuffer(true);
        if (!bytes.isDirect()) {
            bytes =
                    ByteBuffer.allocateDirect(bytes.remaining())
                            .order(ByteOrder.nativeOrder())
                            .put(bytes)
                            .flip();
        }
        return OnnxTensor.createTensor(
                environment,
                bytes.order(ByteOrder.nativeOrder()),
                array.getShape().getShape(),
                ElementTypes.runtime(array.getDataType()));
    }

    private static NDArray array(OnnxValue value, NDManager manager) {
        OnnxTensor tensor = (OnnxTensor) value;
        DataType type = ElementTypes.djl(tensor.getInfo().type);
        Shape shape = new Shape(tensor.getInfo().getShape());
        return manager.create(tensor.getByteBuffer(), shape, type);
    }

    @Override
    public Device device() {
        return Device.cpu();
    }

    @Override
    public boolean onGpu() {
        return gpu >= 0;
    }

    @Override
    public Backend backend() {
        return Backend.ONNX;
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime failed: " + oneLine(e), e);
        }
    }
}
