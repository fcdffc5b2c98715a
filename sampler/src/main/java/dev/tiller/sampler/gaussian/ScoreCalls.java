package dev.tiller.sampler.gaussian;

import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.DifferentiablePrediction;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Prediction;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.State;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;

/** The network calls of a Gaussian diffusion, through the ledger. */
final class ScoreCalls implements DifferentiablePrediction {
    private final ScoreNetwork network;
    private final Geometry geometry;
    private final NDManager devices;
    private final IntToDoubleFunction times;

    /**
     * Creates the calls.
     *
     * @param times the time of each time index
     */
    ScoreCalls(
            ScoreNetwork network, Geometry geometry, NDManager devices, IntToDoubleFunction times) {
        this.network = network;
        this.geometry = geometry;
        this.devices = devices;
        this.times = times;
    }

    Optional<DifferentiablePrediction> differentiable() {
        return network instanceof DifferentiableScoreNetwork ? Optional.of(this) : Optional.empty();
    }

    Prediction predict(State x, int index, Ledger ledger) {
        StateRows rows = geometry.read(x);
        double t = times.applyAsDouble(index);
        List<Object> keys = x.rowKeys();
        if (network.dependsOnTime()) {
            keys.replaceAll(key -> List.of(key, t));
        }
        return new Prediction(
                ledger.evaluate(
                        Ledger.Account.DENOISER, network, keys, some -> evaluate(rows, t, some)));
    }

    private List<float[]> evaluate(StateRows rows, double t, int[] some) {
        try (NDManager scope = devices.newSubManager()) {
            double[] rowTimes = new double[some.length];
            Arrays.fill(rowTimes, t);
            List<float[]> outputs =
                    geometry.download(
                            network.evaluate(rows.upload(some, scope), rowTimes), some.length);
            requireFinite("outputs", outputs, t);
            return outputs;
        }
    }

    @Override
    public List<float[]> vectorJacobian(
            State x, int index, List<float[]> cotangents, Ledger ledger, Randomness noise) {
        StateRows rows = geometry.read(x);
        double t = times.applyAsDouble(index);
        List<Object> states = x.rowKeys();
        List<Object> keys = new ArrayList<>(states.size());
        for (int row = 0; row < states.size(); row++) {
            Object time = network.dependsOnTime() ? t : 0.0;
            keys.add(List.of(states.get(row), time, bytes(cotangents.get(row))));
        }
        return ledger.evaluate(
                Ledger.Account.GRADIENT,
                this,
                keys,
                some -> differentiate(rows, t, cotangents, some));
    }

    private static ByteBuffer bytes(float[] numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * numbers.length);
        bytes.asFloatBuffer().put(numbers);
        return bytes;
    }

    private List<float[]> differentiate(
            StateRows rows, double t, List<float[]> cotangents, int[] some) {
        try (NDManager scope = devices.newSubManager()) {
            double[] rowTimes = new double[some.length];
            Arrays.fill(rowTimes, t);
            List<float[]> own = Arrays.stream(some).mapToObj(cotangents::get).toList();
            List<float[]> gradients =
                    geometry.download(
                            ((DifferentiableScoreNetwork) network)
                                    .vectorJacobian(
                                            rows.upload(some, scope),
                                            rowTimes,
                                            geometry.upload(own, scope)),
                            some.length);
            requireFinite("gradients", gradients, t);
            return gradients;
        }
    }

    private static void requireFinite(String what, List<float[]> rows, double t) {
        for (float[] row : rows) {
            for (float value : row) {
                if (!Float.isFinite(value)) {
                    throw new IllegalStateException(
                            what
                                    + " of the score network must be finite, got "
                                    + value
                                    + " at t = "
                                    + t);
                }
            }
        }
    }
}
