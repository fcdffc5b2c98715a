package dev.tiller.zoo.architecture;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import dev.tiller.sampler.parity.ParityCase;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares with SVDD's and gReLU's ConvGRU models. */
class ConvGruParityIT {
    private static final double FORWARD = 1e-5;
    private static final double GRADIENT = 5e-5;

    static List<ParityCase> cases() {
        return ParityCase.find("07_convgru");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void outputsAndInputGradientEqualTheReference(ParityCase parity) {
        ConvGru block = new ConvGru(ParityBlocks.convGru(parity));
        try (NDManager manager = NDManager.newBaseManager()) {
            ParityBlocks.load(parity, block, manager);
            NDArray letters = ParityBlocks.floats(parity, "in.onehot", manager);
            NDArray hard = ParityBlocks.forward(block, ParityBlocks.positionsFirst(letters)).head();
            double worst = parity.requireClose("out.y_onehot", hard.toFloatArray(), FORWARD);
            NDArray soft = ParityBlocks.floats(parity, "in.soft", manager);
            soft.setRequiresGradient(true);
            try (GradientCollector gradients = Engine.getInstance().newGradientCollector()) {
                NDArray y = ParityBlocks.forward(block, ParityBlocks.positionsFirst(soft)).head();
                worst =
                        Math.max(
                                worst,
                                parity.requireClose("out.y_soft", y.toFloatArray(), FORWARD));
                gradients.backward(y.mul(ParityBlocks.floats(parity, "in.probe", manager)).sum());
            }
            double gradient =
                    parity.requireClose("grad.soft", soft.getGradient().toFloatArray(), GRADIENT);
            System.err.printf("%s: forward %.1e, gradient %.1e%n", parity, worst, gradient);
        }
    }
}
