package dev.tiller.zoo.architecture;

import ai.djl.ndarray.NDArray;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.Randomness.Purpose;
import java.util.Objects;

/**
 * The dropout masks of one training step: a function of the noise, the step and the number of the
 * layer that asks.
 *
 * <p>Pass it to a block's forward call under the key {@link #KEY}; make a new one for each forward
 * call. Not safe for concurrent use.
 */
public final class DropoutMasks {
    /** The key under which a forward call looks for its masks. */
    public static final String KEY = "dropout";

    private final Randomness noise;
    private final int step;
    private int layer;

    /**
     * Starts at the first layer.
     *
     * @param noise the only source of randomness
     * @param step the training step, part of every address
     */
    public DropoutMasks(Randomness noise, int step) {
        this.noise = Objects.requireNonNull(noise);
        this.step = step;
    }

    /**
     * Drops elements for the next layer.
     *
     * @param x float32, any shape
     * @param rate the chance of dropping an element, in [0, 1)
     * @return {@code x} with dropped elements 0 and the others divided by 1 - {@code rate}, of the
     *     same shape, owned by the manager of {@code x}
     */
    public NDArray apply(NDArray x, double rate) {
        double[] uniforms = new double[Math.toIntExact(x.size())];
        noise.fill(layer++, step, Purpose.TRAINING_DROPOUT, 0, uniforms);
        float kept = (float) (1 / (1 - rate));
        float[] mask = new float[uniforms.length];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = uniforms[i] < rate ? 0 : kept;
        }
        // An array made from numbers of the JVM lies in memory that the JVM frees with it, which
        // may
        // be before the gradient, that reads the mask once more; a copy lies in the engine's
        // memory.
        try (NDArray numbers = x.getManager().create(mask, x.getShape())) {
            return x.mul(numbers.duplicate());
        }
    }
}
