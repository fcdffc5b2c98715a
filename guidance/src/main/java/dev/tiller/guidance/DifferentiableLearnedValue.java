package dev.tiller.guidance;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.DifferentiableValueNetwork;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.State;
import dev.tiller.sampler.ValueNetwork;
import dev.tiller.sampler.numerics.Gradients;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The value of {@link LearnedValue} with its gradient: one forward and backward pass of the value
 * network for each state, and no denoiser call.
 */
public final class DifferentiableLearnedValue implements DifferentiableValue {
    private final LearnedValue value;
    private final DifferentiableValueNetwork network;
    private final NDManager devices;

    /**
     * Creates the value.
     *
     * @param network the trained network
     * @param devices a manager of the network's device, from which sub-managers are opened
     * @throws IllegalArgumentException if the network has no gradient
     */
    public DifferentiableLearnedValue(ValueNetwork network, NDManager devices) {
        this.network =
                network.differentiable()
                        .orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                "value network must have a gradient, got one"
                                                        + " without; "
                                                        + Gradients.ALTERNATIVES));
        this.value = new LearnedValue(network, devices);
        this.devices = devices;
    }

    @Override
    public double[] estimate(State x, int index, Ledger ledger, Randomness noise) {
        return value.estimate(x, index, ledger, noise);
    }

    @Override
    public List<float[]> gradient(State x, int index, Ledger ledger, Randomness noise) {
        long[] tokens = x.array(0).toLongArray();
        int length = x.rows() == 0 ? 0 : tokens.length / x.rows();
        return ledger.evaluate(
                Ledger.Account.GRADIENT, this, x.rowKeys(), rows -> evaluate(tokens, length, rows));
    }

    private List<float[]> evaluate(long[] tokens, int length, int[] rows) {
        int columns = network.cleanTokens() + 1;
        int width = length * columns;
        float[] relaxed = new float[rows.length * width];
        for (int i = 0; i < rows.length; i++) {
            for (int position = 0; position < length; position++) {
                int token = (int) tokens[rows[i] * length + position];
                relaxed[i * width + position * columns + token] = 1;
            }
        }
        try (NDManager scope = devices.newSubManager()) {
            NDArray x = scope.create(relaxed, new Shape(rows.length, length, columns));
            float[] all = network.gradients(x).toFloatArray();
            List<float[]> gradients = new ArrayList<>(rows.length);
            for (int i = 0; i < rows.length; i++) {
                float[] gradient = Arrays.copyOfRange(all, i * width, (i + 1) * width);
                requireFinite(gradient);
                gradients.add(gradient);
            }
            return gradients;
        }
    }

    private static void requireFinite(float[] gradient) {
        for (float derivative : gradient) {
            if (!Float.isFinite(derivative)) {
                throw new IllegalStateException(
                        "gradients of the value network must be finite, got " + derivative);
            }
        }
    }
}
