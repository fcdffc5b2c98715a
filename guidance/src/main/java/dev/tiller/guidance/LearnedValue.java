package dev.tiller.guidance;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.SoftValue;
import dev.tiller.sampler.State;
import dev.tiller.sampler.ValueNetwork;
import java.util.ArrayList;
import java.util.List;

/**
 * SVDD-MC: the value of a noisy state by a network that was trained on roll-outs of the model (Li
 * et al. 2024, arXiv 2408.08252, algorithm 3). One network call per candidate and no denoiser call,
 * but a training run before.
 */
public final class LearnedValue implements SoftValue {
    private final ValueNetwork network;
    private final NDManager devices;

    /**
     * Creates the value.
     *
     * @param network the trained network
     * @param devices a manager of the network's device, from which sub-managers are opened
     */
    public LearnedValue(ValueNetwork network, NDManager devices) {
        this.network = network;
        this.devices = devices;
    }

    @Override
    public double[] estimate(State x, int index, Ledger ledger, Randomness noise) {
        long[] tokens = x.array(0).toLongArray();
        int length = x.rows() == 0 ? 0 : tokens.length / x.rows();
        List<Float> values =
                ledger.evaluate(
                        Ledger.Account.VALUE,
                        network,
                        x.rowKeys(),
                        rows -> evaluate(tokens, length, rows));
        return values.stream().mapToDouble(Float::doubleValue).toArray();
    }

    private List<Float> evaluate(long[] tokens, int length, int[] rows) {
        long[] part = new long[rows.length * length];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(tokens, rows[i] * length, part, i * length, length);
        }
        try (NDManager scope = devices.newSubManager()) {
            NDArray xt = scope.create(part, new Shape(rows.length, length));
            List<Float> values = new ArrayList<>(rows.length);
            for (float value : network.values(xt).toFloatArray()) {
                values.add(value);
            }
            return values;
        }
    }
}
