package dev.tiller.finetune.objective;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import dev.tiller.finetune.objective.DiscreteTimeBound.Parameterization;
import dev.tiller.finetune.objective.MaskedNelbo.TimeSampling;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.numerics.Gradients;
import dev.tiller.sampler.parity.ParityCase;
import dev.tiller.sampler.schedule.LogLinear;
import dev.tiller.sampler.schedule.NoiseSchedule;
import dev.tiller.zoo.architecture.Dit;
import dev.tiller.zoo.architecture.NamedBlock;
import dev.tiller.zoo.weights.SafeTensors;
import dev.tiller.zoo.weights.WeightFile;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The losses of MDLM's training code on its transformer, with time conditioning, and all their
 * gradients: score entropy, SUBS in continuous and in discrete time, D3PM in discrete time.
 */
class DenoisingParityIT {
    private static final double LOSS = 1e-5;
    private static final double GRADIENT = 5e-5;
    private static final NoiseSchedule SCHEDULE = new LogLinear(1e-3);

    /** The published bound takes t itself for the masked share, in spite of its schedule's eps. */
    private static final NoiseSchedule OF_BOUND = new LogLinear(0);

    static Stream<ParityCase> cases() {
        return ParityCase.find("08_dit").stream().filter(c -> c.has("out.nlls"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void equalsTheReferencesLossAndGradients(ParityCase parity) throws Exception {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            NamedBlock network = network(parity, manager);
            ParameterStore store = new ParameterStore(manager, false);
            Objective.Forward forward =
                    (inputs, step) -> network.forward(store, inputs, true).head();
            long[][] x0 = rows(parity);
            NDArray attention =
                    manager.create(
                            parity.floats("in.attention"), new Shape(x0.length, x0[0].length));
            Supplier<NDArray> losses = losses(parity, forward, x0, manager);
            double value =
                    Gradients.backward(
                            manager,
                            () -> {
                                NDArray counted = losses.get().mul(attention);
                                parity.requireClose("out.nlls", counted.toFloatArray(), LOSS);
                                return counted.sum().div(attention.sum());
                            });
            double worst = parity.requireClose("out.loss", new float[] {(float) value}, LOSS);
            System.err.printf(
                    "%s: loss %.1e, gradients %.1e%n", parity, worst, gradients(parity, network));
        }
    }

    /** Corrupts by the recorded draws; the losses are computed when asked for. */
    private static Supplier<NDArray> losses(
            ParityCase parity, Objective.Forward forward, long[][] x0, NDManager manager) {
        int letters = parity.config().get("V").asInt();
        boolean discrete = parity.config().has("T");
        String parameterization = parity.config().get("parameterization").asText();
        if (parameterization.equals("subs") && !discrete) {
            return nelbo(parity, forward, x0, letters, manager);
        }
        TokenLoss loss =
                discrete
                        ? new DiscreteTimeBound(
                                OF_BOUND,
                                parity.config().get("T").asInt(),
                                parameterization.equals("subs")
                                        ? Parameterization.SUBS
                                        : Parameterization.D3PM)
                        : new DenoisingScoreEntropy(SCHEDULE);
        MaskedDenoising objective =
                new MaskedDenoising(
                        x0,
                        x0,
                        loss,
                        new MaskedDenoising.Options(letters, SCHEDULE, true),
                        new Philox(0));
        MaskedDenoising.Corrupted corrupted =
                objective.corrupt(x0, doubles(parity, 0), doubles(parity, 1));
        assertArrayEquals(parity.longs("out.xt"), corrupted.tokens());
        return () -> objective.losses(forward, x0, corrupted, 0, manager);
    }

    private static Supplier<NDArray> nelbo(
            ParityCase parity,
            Objective.Forward forward,
            long[][] x0,
            int letters,
            NDManager manager) {
        MaskedNelbo objective =
                new MaskedNelbo(
                        x0, x0, letters, SCHEDULE, TimeSampling.ANTITHETIC, true, new Philox(0));
        MaskedNelbo.Corrupted corrupted =
                objective.corrupt(x0, doubles(parity, 0), doubles(parity, 1));
        assertArrayEquals(parity.longs("out.xt"), corrupted.tokens());
        Shape shape = new Shape(x0.length, x0[0].length);
        NDArray xt = manager.create(corrupted.tokens(), shape);
        NDArray clean = manager.create(parity.longs("in.x0"), shape);
        float[] sigma = new float[x0.length];
        for (int i = 0; i < sigma.length; i++) {
            sigma[i] = (float) SCHEDULE.sigma(corrupted.times()[i]);
        }
        NDArray noise = manager.create(sigma);
        return () ->
                MaskedNelbo.weightedCrossEntropy(
                        forward.run(new NDList(xt, noise), 0),
                        clean,
                        xt,
                        corrupted.weights(),
                        letters);
    }

    private static NamedBlock network(ParityCase parity, NDManager manager) throws Exception {
        NamedBlock network =
                new Dit(
                        new Dit.Config(
                                parity.config().get("hidden").asInt(),
                                parity.config().get("cond").asInt(),
                                parity.config().get("blocks").asInt(),
                                parity.config().get("heads").asInt(),
                                4,
                                parity.config().get("V").asInt(),
                                0));
        try (WeightFile weights = SafeTensors.read(parity.file("weights.safetensors"), manager)) {
            network.load(weights.tensors(), manager);
        }
        network.freezeParameters(false);
        return network;
    }

    private static double gradients(ParityCase parity, NamedBlock network) {
        double worst = 0;
        List<String> trained = network.trainable();
        for (String parameter : trained) {
            try (NDArray gradient = network.weights().get(parameter).getGradient()) {
                String name = "grad.backbone." + parameter;
                worst =
                        Math.max(
                                worst,
                                parity.requireClose(name, gradient.toFloatArray(), GRADIENT));
            }
        }
        assertEquals(30, trained.size());
        return worst;
    }

    private static long[][] rows(ParityCase parity) {
        int length = parity.config().get("L").asInt();
        long[] flat = parity.longs("in.x0");
        long[][] x0 = new long[parity.config().get("B").asInt()][];
        Arrays.setAll(x0, row -> Arrays.copyOfRange(flat, row * length, (row + 1) * length));
        return x0;
    }

    private static double[] doubles(ParityCase parity, int draw) {
        float[] values = parity.floats(String.format("noise.%03d", draw));
        double[] uniforms = new double[values.length];
        Arrays.setAll(uniforms, i -> values[i]);
        return uniforms;
    }
}
