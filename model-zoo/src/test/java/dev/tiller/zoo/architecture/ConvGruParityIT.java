package dev.tiller.zoo.architecture;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import com.fasterxml.jackson.databind.JsonNode;
import dev.tiller.sampler.parity.ParityCase;
import dev.tiller.zoo.weights.SafeTensors;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares with SVDD's and gReLU's ConvGRU models. */
class ConvGruParityIT {
    private static final double FORWARD = 1e-5;
    private static final double GRADIENT = 5e-5;
    private static final int LETTERS = 4;
    private static final int KERNEL = 5;

    static List<ParityCase> cases() {
        return ParityCase.find("07_convgru");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void outputsAndInputGradientEqualTheReference(ParityCase parity) throws IOException {
        ConvGru block = new ConvGru(config(parity));
        try (NDManager manager = NDManager.newBaseManager()) {
            try (NDManager scope = manager.newSubManager()) {
                block.load(
                        SafeTensors.read(parity.file("weights.safetensors"), scope).tensors(),
                        manager);
            }
            NDArray hard = forward(block, positionsFirst(floats(parity, "in.onehot", manager)));
            double worst = parity.requireClose("out.y_onehot", hard.toFloatArray(), FORWARD);
            NDArray soft = floats(parity, "in.soft", manager);
            soft.setRequiresGradient(true);
            try (GradientCollector gradients = Engine.getInstance().newGradientCollector()) {
                NDArray y = forward(block, positionsFirst(soft));
                worst =
                        Math.max(
                                worst,
                                parity.requireClose("out.y_soft", y.toFloatArray(), FORWARD));
                gradients.backward(y.mul(floats(parity, "in.probe", manager)).sum());
            }
            double gradient =
                    parity.requireClose("grad.soft", soft.getGradient().toFloatArray(), GRADIENT);
            System.err.printf("%s: forward %.1e, gradient %.1e%n", parity, worst, gradient);
        }
    }

    private static NDArray forward(ConvGru block, NDArray x) {
        return block.forward(new ParameterStore(x.getManager(), false), new NDList(x), false)
                .singletonOrThrow();
    }

    private static ConvGru.Config config(ParityCase parity) {
        JsonNode config = parity.config();
        // the two references switch batch norm and residual connections on or off together
        boolean norm = config.path("norm").asBoolean();
        return new ConvGru.Config(
                config.get("ch").asInt(),
                config.get("stem_k").asInt(),
                KERNEL,
                config.get("n_conv").asInt(),
                config.get("tasks").asInt(),
                norm,
                norm,
                0);
    }

    /** gReLU takes [B, 4, L], SVDD [B, L, 4]. */
    private static NDArray positionsFirst(NDArray x) {
        return x.getShape().get(2) == LETTERS ? x : x.transpose(0, 2, 1);
    }

    private static NDArray floats(ParityCase parity, String name, NDManager manager) {
        return manager.create(parity.floats(name), new Shape(parity.shape(name)));
    }
}
