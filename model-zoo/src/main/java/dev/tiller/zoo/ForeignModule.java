package dev.tiller.zoo;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tiller.sampler.numerics.Scope;
import java.util.Objects;

/**
 * A network that another program wrote down as code, a TorchScript module or an ONNX graph: brings
 * inputs and outputs to the form that the architectures of this package have.
 */
final class ForeignModule implements InferenceSession {
    /** The name of the architecture of TorchScript modules. */
    static final String TORCHSCRIPT = "torchscript";

    /** The name of the architecture of ONNX graphs. */
    static final String ONNX = "onnx";

    private static final ObjectMapper JSON =
            JsonMapper.builder()
                    .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                    .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .build();

    private final InferenceSession module;
    private final ModelConfig.Kind kind;
    private final Config config;

    /**
     * What config.json says of a module.
     *
     * @param channelsFirst whether one-hot letters go in as [B, K, L] instead of [B, L, K]
     * @param sigma whether a denoiser takes sigma though it was trained without, and is given 0
     */
    record Config(boolean channelsFirst, boolean sigma) {
        static Config of(JsonNode json) {
            try {
                return JSON.treeToValue(json, Config.class);
            } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
                throw new IllegalArgumentException(
                        "architecture_config must have channels_first and sigma, true or false,"
                                + " got "
                                + json,
                        e);
            }
        }
    }

    ForeignModule(InferenceSession module, ModelConfig config) {
        this.module = Objects.requireNonNull(module);
        this.kind = config.kind();
        this.config = Config.of(config.architectureConfig());
    }

    static boolean isForeign(ModelConfig config) {
        return config.architecture().equals(TORCHSCRIPT) || config.architecture().equals(ONNX);
    }

    @Override
    public NDList run(NDList inputs) {
        try (Scope scope = Scope.of(inputs.head())) {
            NDList given = new NDList(inputs.size() + 1);
            for (NDArray input : inputs) {
                given.add(scope.borrow(input));
            }
            boolean letters = given.head().getDataType() != DataType.INT64;
            if (letters && config.channelsFirst()) {
                NDArray turned = given.head().transpose(0, 2, 1);
                Shape shape = turned.getShape();
                given.set(0, turned.flatten().reshape(shape));
            }
            if (kind == ModelConfig.Kind.DENOISER && config.sigma() && !hasSigma(given)) {
                long rows = inputs.head().getShape().get(0);
                given.add(1, scope.manager().zeros(new Shape(rows)));
            }
            NDList outputs = module.run(given);
            NDList results = new NDList(outputs.size());
            for (NDArray output : outputs) {
                boolean flat = kind == ModelConfig.Kind.DENOISER;
                long rows = output.getShape().get(0);
                results.add(flat ? output : output.reshape(rows, output.size() / rows));
            }
            return scope.give(results);
        }
    }

    private static boolean hasSigma(NDList inputs) {
        return inputs.size() > 1 && inputs.get(1).getDataType() == DataType.FLOAT32;
    }

    @Override
    public Device device() {
        return module.device();
    }

    @Override
    public boolean onGpu() {
        return module.onGpu();
    }

    /** Denoisers of other programs read whole tokens, which nothing can be differentiated by. */
    @Override
    public boolean carriesGradients() {
        return kind != ModelConfig.Kind.DENOISER && module.carriesGradients();
    }

    @Override
    public Backend backend() {
        return module.backend();
    }

    @Override
    public void close() {
        module.close();
    }
}
