package dev.tiller.sampler.masked;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.Denoiser;

/**
 * The masked model that knows nothing: p(x0 = k | xt) = 1 / K at each position, whatever the state
 * and the time. Its designs are uniform sequences, so a decoder that uses it is a plain optimiser
 * of the reward; and with a reward r its target 1 / Z exp(r(x0) / tau) is known without any data.
 */
public final class UniformDenoiser implements Denoiser {
    private final int cleanTokens;

    /**
     * Creates the model.
     *
     * @param cleanTokens K, at least 1
     */
    public UniformDenoiser(int cleanTokens) {
        if (cleanTokens < 1) {
            throw new IllegalArgumentException(
                    "cleanTokens must be at least 1, got " + cleanTokens);
        }
        this.cleanTokens = cleanTokens;
    }

    @Override
    public NDArray logPosterior(NDArray xt, double[] t) {
        Shape shape = new Shape(xt.getShape().get(0), xt.getShape().get(1), cleanTokens);
        return xt.getManager().full(shape, (float) -StrictMath.log(cleanTokens));
    }

    @Override
    public boolean dependsOnTime() {
        return false;
    }

    @Override
    public int cleanTokens() {
        return cleanTokens;
    }
}
