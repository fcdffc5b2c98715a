package dev.tiller.zoo.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import dev.tiller.sampler.parity.ParityCase;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares with gReLU's and SVDD's Enformer models. */
class EnformerParityIT {
    private static final double FORWARD = 1e-5;
    private static final double GRADIENT = 5e-5;

    static List<ParityCase> cases() {
        return ParityCase.find("07_enformer");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void namesFollowTheReference(ParityCase parity) {
        Enformer block = new Enformer(ParityBlocks.enformer(parity));
        List<String> names = new ArrayList<>();
        parity.json().at("/models/main/parameters").fieldNames().forEachRemaining(names::add);
        names.removeIf(block::ignores);
        assertEquals(names, block.getParameters().keys());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void outputsAndInputGradientEqualTheReference(ParityCase parity) {
        for (boolean folded : new boolean[] {false, true}) {
            Enformer block = new Enformer(ParityBlocks.enformer(parity));
            try (NDManager manager = NDManager.newBaseManager()) {
                ParityBlocks.load(parity, block, manager);
                if (folded) {
                    block.freezeParameters(true);
                    block.fold(manager);
                }
                compare(parity, block, manager, folded ? "folded" : "as loaded");
            }
        }
    }

    private static void compare(
            ParityCase parity, Enformer block, NDManager manager, String state) {
        NDArray letters = ParityBlocks.floats(parity, "in.onehot", manager);
        NDArray hard = ParityBlocks.forward(block, ParityBlocks.positionsFirst(letters)).head();
        double worst = parity.requireClose("out.y_onehot", hard.toFloatArray(), FORWARD);
        NDArray soft = ParityBlocks.floats(parity, "in.soft", manager);
        soft.setRequiresGradient(true);
        try (GradientCollector gradients = Engine.getInstance().newGradientCollector()) {
            NDArray y = ParityBlocks.forward(block, ParityBlocks.positionsFirst(soft)).head();
            worst = Math.max(worst, parity.requireClose("out.y_soft", y.toFloatArray(), FORWARD));
            gradients.backward(y.mul(ParityBlocks.floats(parity, "in.probe", manager)).sum());
        }
        double gradient =
                parity.requireClose("grad.soft", soft.getGradient().toFloatArray(), GRADIENT);
        System.err.printf("%s, %s: forward %.1e, gradient %.1e%n", parity, state, worst, gradient);
    }

    @Test
    void spacesTheChannelsAsPublished() {
        assertEquals(
                List.of(768, 768, 896, 1024, 1152, 1280, 1536),
                Enformer.Config.defaults().channels());
    }
}
