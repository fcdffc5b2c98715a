package dev.tiller.finetune.objective;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import dev.tiller.finetune.objective.MaskedNelbo.TimeSampling;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.numerics.Gradients;
import dev.tiller.sampler.parity.ParityCase;
import dev.tiller.sampler.schedule.LogLinear;
import dev.tiller.zoo.architecture.DnaConv;
import dev.tiller.zoo.architecture.NamedBlock;
import dev.tiller.zoo.weights.SafeTensors;
import dev.tiller.zoo.weights.WeightFile;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The masked NELBO and its gradients against the published code, for stored times and masks. */
class MaskedNelboParityIT {
    private static final int LETTERS = 4;

    static Stream<ParityCase> cases() {
        return ParityCase.find("02_nelbo").stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void equalsTheReferencesLoss(ParityCase parity) throws Exception {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            NamedBlock network = network(parity, manager);
            long[] xt = loss(parity, network, manager, TimeSampling.ANTITHETIC, 0, "out.loss");
            assertArrayEquals(parity.longs("out.xt"), xt);
            gradients(parity, network);
            loss(parity, network, manager, TimeSampling.IMPORTANCE, 2, "out.is.loss");
            loss(parity, network, manager, TimeSampling.CHANGE_OF_VARIABLES, 4, "out.cov.loss");
        }
    }

    private static NamedBlock network(ParityCase parity, NDManager manager) throws Exception {
        NamedBlock network =
                new DnaConv(
                        new DnaConv.Config(
                                parity.config().get("hidden").asInt(), 1, LETTERS, 0, false, 0.0));
        try (WeightFile weights = SafeTensors.read(parity.file("weights.safetensors"), manager)) {
            network.load(weights.tensors(), manager);
        }
        network.freezeParameters(false);
        return network;
    }

    /** Computes the loss of recorded draws and its gradients; returns xt. */
    private static long[] loss(
            ParityCase parity,
            NamedBlock network,
            NDManager manager,
            TimeSampling sampling,
            int firstDraw,
            String name) {
        int rows = parity.config().get("B").asInt();
        int length = parity.config().get("L").asInt();
        long[] flat = parity.longs("in.x0");
        long[][] x0 = new long[rows][];
        Arrays.setAll(x0, row -> Arrays.copyOfRange(flat, row * length, (row + 1) * length));
        MaskedNelbo objective =
                new MaskedNelbo(
                        x0, x0, LETTERS, new LogLinear(1e-3), sampling, false, new Philox(0));
        MaskedNelbo.Corrupted corrupted =
                objective.corrupt(x0, doubles(parity, firstDraw), doubles(parity, firstDraw + 1));
        Shape shape = new Shape(rows, length);
        NDArray attention = manager.create(parity.floats("in.attention"), shape);
        NDArray xt = manager.create(corrupted.tokens(), shape);
        NDArray sigma = manager.zeros(new Shape(rows));
        ParameterStore store = new ParameterStore(manager, false);
        NDArray clean = manager.create(flat, shape);
        double value =
                Gradients.backward(
                        manager,
                        () -> {
                            NDArray logits =
                                    network.forward(store, new NDList(xt, sigma), true).head();
                            NDArray nlls =
                                    MaskedNelbo.weightedCrossEntropy(
                                            logits, clean, xt, corrupted.weights(), LETTERS);
                            NDArray counted = nlls.mul(attention);
                            if (sampling == TimeSampling.ANTITHETIC) {
                                parity.requireClose("out.nlls", counted.toFloatArray(), 1e-5);
                            }
                            return counted.sum().div(attention.sum());
                        });
        double worst = parity.requireClose(name, new float[] {(float) value}, 1e-5);
        System.err.printf("%s %s: %.1e%n", parity, name, worst);
        return corrupted.tokens();
    }

    private static void gradients(ParityCase parity, NamedBlock network) {
        double worst = 0;
        for (String parameter : network.trainable()) {
            try (NDArray gradient = network.weights().get(parameter).getGradient()) {
                String name = "grad.backbone." + parameter;
                worst = Math.max(worst, parity.requireClose(name, gradient.toFloatArray(), 5e-5));
            }
        }
        System.err.printf("%s gradients: %.1e%n", parity, worst);
    }

    private static double[] doubles(ParityCase parity, int draw) {
        float[] values = parity.floats(String.format("noise.%03d", draw));
        double[] uniforms = new double[values.length];
        Arrays.setAll(uniforms, i -> values[i]);
        return uniforms;
    }
}
