package dev.tiller.finetune;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import dev.tiller.finetune.objective.MaskedNelbo;
import dev.tiller.finetune.optimizer.AdamW;
import dev.tiller.finetune.optimizer.ExponentialMovingAverage;
import dev.tiller.finetune.optimizer.GradientClipping;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.numerics.Gradients;
import dev.tiller.sampler.parity.ParityCase;
import dev.tiller.sampler.schedule.LogLinear;
import dev.tiller.zoo.architecture.DnaConv;
import dev.tiller.zoo.architecture.NamedBlock;
import dev.tiller.zoo.weights.SafeTensors;
import dev.tiller.zoo.weights.WeightFile;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Two steps of loss, clipping, AdamW and moving average against the published code. */
class TrainingStepParityIT {
    private static final int LETTERS = 4;

    /** Absolute, as Adam's first steps have the size of the learning rate whatever the gradient. */
    private static final double PARAMETER_TOLERANCE = 1e-5;

    static Stream<ParityCase> cases() {
        return ParityCase.find("02_train2").stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void equalsTheReferencesSteps(ParityCase parity) throws Exception {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu());
                WeightFile file = SafeTensors.read(parity.file("weights.safetensors"), manager)) {
            int hidden = parity.config().get("hidden").asInt();
            NamedBlock network = new DnaConv(new DnaConv.Config(hidden, 1, LETTERS, 0, false, 0.0));
            network.load(file.tensors(), manager);
            network.freezeParameters(false);
            Map<String, NDArray> trained = new LinkedHashMap<>();
            network.trainable().forEach(n -> trained.put(n, network.weights().get(n)));
            AdamW.Options options = new AdamW.Options(0.9, 0.999, 1e-8, 0);
            try (AdamW optimizer = new AdamW(trained, options, manager);
                    ExponentialMovingAverage average =
                            new ExponentialMovingAverage(trained, 0.9999, manager)) {
                for (int step = 0; step < 2; step++) {
                    step(parity, network, trained, optimizer, manager, step);
                    average.update();
                }
                double worst = 0;
                int number = 0;
                for (String name : network.trainable()) {
                    float[] after = parity.floats("param.backbone." + name);
                    worst = Math.max(worst, distance(after, trained.get(name)));
                    float[] shadow = parity.floats("ema." + number++);
                    worst = Math.max(worst, distance(shadow, average.shadow().get(name)));
                }
                System.err.printf("%s parameters and averages: %.1e%n", parity, worst);
            }
        }
    }

    private static void step(
            ParityCase parity,
            NamedBlock network,
            Map<String, NDArray> trained,
            AdamW optimizer,
            NDManager manager,
            int step) {
        int rows = parity.config().get("B").asInt();
        int length = parity.config().get("L").asInt();
        long[] batch =
                Arrays.copyOfRange(
                        parity.longs("in.x0"), step * rows * length, (step + 1) * rows * length);
        long[][] x0 = new long[rows][];
        Arrays.setAll(x0, row -> Arrays.copyOfRange(batch, row * length, (row + 1) * length));
        MaskedNelbo objective =
                new MaskedNelbo(
                        x0,
                        x0,
                        LETTERS,
                        new LogLinear(1e-3),
                        MaskedNelbo.TimeSampling.ANTITHETIC,
                        false,
                        new Philox(0));
        MaskedNelbo.Corrupted corrupted =
                objective.corrupt(x0, doubles(parity, 2 * step), doubles(parity, 2 * step + 1));
        Shape shape = new Shape(rows, length);
        NDArray xt = manager.create(corrupted.tokens(), shape);
        NDArray clean = manager.create(batch, shape);
        NDArray sigma = manager.zeros(new Shape(rows));
        ParameterStore store = new ParameterStore(manager, false);
        double loss =
                Gradients.backward(
                        manager,
                        () ->
                                MaskedNelbo.weightedCrossEntropy(
                                                network.forward(store, new NDList(xt, sigma), true)
                                                        .head(),
                                                clean,
                                                xt,
                                                corrupted.weights(),
                                                LETTERS)
                                        .mean());
        parity.requireClose("out.loss" + step, new float[] {(float) loss}, 1e-5);
        Map<String, NDArray> gradients = new LinkedHashMap<>();
        trained.forEach((name, array) -> gradients.put(name, array.getGradient()));
        double norm = GradientClipping.byGlobalNorm(gradients, 1.0);
        parity.requireClose("out.norm" + step, new float[] {(float) norm}, 1e-5);
        optimizer.step(gradients, parity.floats("out.lr" + step)[0]);
        gradients.values().forEach(gradient -> gradient.subi(gradient));
    }

    private static double distance(float[] expected, NDArray actual) {
        float[] values = actual.toFloatArray();
        Assertions.assertEquals(expected.length, values.length);
        double worst = 0;
        for (int i = 0; i < values.length; i++) {
            double distance = Math.abs(values[i] - expected[i]);
            Assertions.assertTrue(distance <= PARAMETER_TOLERANCE, "off by " + distance);
            worst = Math.max(worst, distance);
        }
        return worst;
    }

    private static double[] doubles(ParityCase parity, int draw) {
        float[] values = parity.floats(String.format("noise.%03d", draw));
        double[] uniforms = new double[values.length];
        Arrays.setAll(uniforms, i -> values[i]);
        return uniforms;
    }
}
