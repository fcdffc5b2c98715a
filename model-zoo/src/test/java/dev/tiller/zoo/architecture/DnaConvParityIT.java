package dev.tiller.zoo.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import dev.tiller.sampler.masked.Subs;
import dev.tiller.sampler.parity.ParityCase;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares with the reference's CNNModel. */
class DnaConvParityIT {
    private static final double FORWARD = 1e-5;
    private static final double GRADIENT = 5e-5;
    private static final String GRADIENT_PREFIX = "grad.";

    static List<ParityCase> cases() {
        return ParityCase.find("01_dnaconv");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void namesFollowTheReference(ParityCase parity) {
        DnaConv block = new DnaConv(ParityBlocks.dnaConv(parity));
        List<String> names = new ArrayList<>();
        parity.json().at("/models/main/parameters").fieldNames().forEachRemaining(names::add);
        assertEquals(names, block.getParameters().keys());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void outputsAndGradientsEqualTheReference(ParityCase parity) {
        DnaConv block = new DnaConv(ParityBlocks.dnaConv(parity));
        try (NDManager manager = NDManager.newBaseManager()) {
            ParityBlocks.load(parity, block, manager);
            NDArray tokens = ParityBlocks.longs(parity, "in.tokens", manager);
            NDArray soft = ParityBlocks.floats(parity, "in.soft", manager);
            boolean classifier = block.config().classifier();
            String hardName = classifier ? "out.cls" : "out.logits";
            String softName = classifier ? "out.cls_soft" : "out.logits_soft";

            NDList hard = forward(block, parity, tokens, manager);
            double worst = parity.requireClose(hardName, hard.head().toFloatArray(), FORWARD);
            if (classifier) {
                parity.requireClose("out.embedding", hard.get(1).toFloatArray(), FORWARD);
            }
            subs(parity, hard.head(), tokens, "out.subs");
            soft.setRequiresGradient(true);
            try (GradientCollector gradients = Engine.getInstance().newGradientCollector()) {
                NDArray logits = forward(block, parity, soft, manager).head();
                worst =
                        Math.max(
                                worst,
                                parity.requireClose(softName, logits.toFloatArray(), FORWARD));
                subs(parity, logits, soft.argMax(2), "out.subs_soft");
                gradients.backward(
                        logits.mul(ParityBlocks.floats(parity, "in.probe", manager)).sum());
            }
            double worstGradient = gradients(block, parity, soft);
            System.err.printf("%s: forward %.1e, gradients %.1e%n", parity, worst, worstGradient);
        }
    }

    /** The log-probabilities after SUBS; a soft input counts as its most likely token. */
    private static void subs(ParityCase parity, NDArray logits, NDArray tokens, String name) {
        if (parity.has(name)) {
            int letters = (int) parity.shape(name)[2] - 1;
            NDArray logPosterior = Subs.logPosterior(logits, letters);
            NDArray carried = Subs.carriedOver(logPosterior, tokens);
            parity.requireClose(name, carried.toFloatArray(), FORWARD);
        }
    }

    private static double gradients(DnaConv block, ParityCase parity, NDArray soft) {
        double worst =
                parity.requireClose("grad.soft", soft.getGradient().toFloatArray(), GRADIENT);
        for (String name : block.trainable()) {
            if (parity.has(GRADIENT_PREFIX + name)) {
                float[] actual = block.weights().get(name).getGradient().toFloatArray();
                worst =
                        Math.max(
                                worst,
                                parity.requireClose(GRADIENT_PREFIX + name, actual, GRADIENT));
            }
        }
        return worst;
    }

    private static NDList forward(DnaConv block, ParityCase parity, NDArray x, NDManager manager) {
        NDList inputs = new NDList(x, ParityBlocks.floats(parity, "in.t", manager));
        if (parity.has("in.cls")) {
            inputs.add(ParityBlocks.longs(parity, "in.cls", manager));
        }
        return block.forward(new ParameterStore(manager, false), inputs, false);
    }
}
