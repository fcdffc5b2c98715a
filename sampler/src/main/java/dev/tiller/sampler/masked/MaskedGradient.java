package dev.tiller.sampler.masked;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.DifferentiableDenoiser;
import dev.tiller.sampler.DifferentiablePrediction;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.State;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The derivative of a masked process's denoiser call by the one-hot tokens. */
final class MaskedGradient implements DifferentiablePrediction {
    private final DifferentiableDenoiser denoiser;
    private final Layouts layouts;
    private final int length;
    private final NDManager devices;
    private final Times times;

    /** The times at which the network calls of the rows are made. */
    @FunctionalInterface
    interface Times {
        double[] of(State x, int index, Randomness noise);
    }

    MaskedGradient(
            DifferentiableDenoiser denoiser, Layouts layouts, NDManager devices, Times times) {
        this.denoiser = denoiser;
        this.layouts = layouts;
        this.length = layouts.length();
        this.devices = devices;
        this.times = times;
    }

    @Override
    public List<float[]> vectorJacobian(
            State x, int index, List<float[]> cotangents, Ledger ledger, Randomness noise) {
        long[] tokens = TokenRows.of(x);
        double[] rowTimes = times.of(x, index, noise);
        int[] conditions = layouts.conditions(x);
        List<Object> states = x.rowKeys();
        List<Object> keys = new ArrayList<>(states.size());
        for (int row = 0; row < rowTimes.length; row++) {
            Object time = denoiser.dependsOnTime() ? rowTimes[row] : 0.0;
            keys.add(List.of(states.get(row), conditions[row], time, bytes(cotangents.get(row))));
        }
        return ledger.evaluate(
                Ledger.Account.GRADIENT,
                this,
                keys,
                rows -> evaluate(tokens, conditions, rowTimes, cotangents, rows));
    }

    private static ByteBuffer bytes(float[] numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * numbers.length);
        bytes.asFloatBuffer().put(numbers);
        return bytes;
    }

    private List<float[]> evaluate(
            long[] tokens,
            int[] conditions,
            double[] allTimes,
            List<float[]> cotangents,
            int[] rows) {
        int letters = denoiser.cleanTokens();
        int width = length * (letters + 1);
        float[] relaxed = new float[rows.length * width];
        float[] cotangent = new float[rows.length * length * letters];
        double[] t = new double[rows.length];
        for (int i = 0; i < rows.length; i++) {
            t[i] = allTimes[rows[i]];
            float[] own = cotangents.get(rows[i]);
            System.arraycopy(own, 0, cotangent, i * length * letters, length * letters);
            for (int position = 0; position < length; position++) {
                int token = (int) tokens[rows[i] * length + position];
                relaxed[i * width + position * (letters + 1) + token] = 1;
            }
        }
        try (NDManager scope = devices.newSubManager()) {
            NDArray x = scope.create(relaxed, new Shape(rows.length, length, letters + 1));
            NDArray c = scope.create(cotangent, new Shape(rows.length, length, letters));
            int[] given = Arrays.stream(rows).map(row -> conditions[row]).toArray();
            float[] all = denoiser.given(given).vectorJacobian(x, t, c).toFloatArray();
            List<float[]> gradients = new ArrayList<>(rows.length);
            for (int i = 0; i < rows.length; i++) {
                float[] gradient = Arrays.copyOfRange(all, i * width, (i + 1) * width);
                requireFinite(gradient, t[i]);
                gradients.add(gradient);
            }
            return gradients;
        }
    }

    private static void requireFinite(float[] gradient, double t) {
        for (float value : gradient) {
            if (!Float.isFinite(value)) {
                throw new IllegalStateException(
                        "gradients of the denoiser must be finite, got " + value + " at t = " + t);
            }
        }
    }
}
