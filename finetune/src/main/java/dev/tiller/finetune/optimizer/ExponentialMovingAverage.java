package dev.tiller.finetune.optimizer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.numerics.Tensors;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The exponential moving average of weights, with MDLM's warm-up of the decay: d = min(decay, (1 +
 * n) / (10 + n)) after n updates; shadow = shadow - (1 - d) (shadow - p).
 */
public final class ExponentialMovingAverage implements AutoCloseable {
    private final double decay;
    private final NDManager manager;
    private final Map<String, NDArray> parameters;
    private final Map<String, NDArray> shadow = new LinkedHashMap<>();
    private long updates;

    /**
     * Starts at the current weights.
     *
     * @param parameters what is averaged, by name
     * @param decay the largest decay, in [0, 1)
     * @param manager parent of the manager that holds the averages
     */
    public ExponentialMovingAverage(
            Map<String, NDArray> parameters, double decay, NDManager manager) {
        if (!(decay >= 0 && decay < 1)) {
            throw new IllegalArgumentException("ema_decay must be in [0, 1), got " + decay);
        }
        this.decay = decay;
        this.manager = manager.newSubManager();
        this.parameters = new LinkedHashMap<>(parameters);
        this.parameters.forEach(
                (name, array) -> {
                    NDArray start = this.manager.zeros(array.getShape());
                    Tensors.assign(array, start);
                    shadow.put(name, start);
                });
    }

    /** Moves the average towards the current weights. */
    public void update() {
        updates++;
        double current = Math.min(decay, (1.0 + updates) / (10.0 + updates));
        parameters.forEach(
                (name, array) -> {
                    NDArray average = shadow.get(name);
                    try (NDArray values = array.stopGradient();
                            NDArray difference = average.sub(values)) {
                        average.subi(difference.muli(1 - current));
                    }
                });
    }

    /**
     * Returns the averages.
     *
     * @return by parameter name; the arrays themselves
     */
    public Map<String, NDArray> shadow() {
        return new LinkedHashMap<>(shadow);
    }

    /**
     * Takes the averages of a checkpoint.
     *
     * @param saved by parameter name; the values are copied
     * @param updatesMade the number of updates they are the result of
     */
    public void restore(Map<String, NDArray> saved, long updatesMade) {
        shadow.forEach((name, array) -> Tensors.assign(saved.get(name), array));
        updates = updatesMade;
    }

    /** Frees the averages. */
    @Override
    public void close() {
        manager.close();
    }
}
