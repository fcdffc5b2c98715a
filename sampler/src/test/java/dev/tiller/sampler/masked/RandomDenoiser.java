package dev.tiller.sampler.masked;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.Denoiser;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Randomness.Purpose;
import java.util.Arrays;

/**
 * A denoiser with an arbitrary p(x0 | xt) for each state of any length; some letters have
 * probability 0.
 *
 * @param letters K
 * @param seed which one
 * @param zeros the share of letters that have probability 0
 */
record RandomDenoiser(int letters, long seed, double zeros) implements Denoiser {
    @Override
    public NDArray logPosterior(NDArray xt, double[] t) {
        int length = (int) xt.getShape().get(1);
        long[] tokens = xt.toLongArray();
        float[] logs = new float[tokens.length * letters];
        double[] uniforms = new double[2 * length * letters];
        for (int row = 0; row < t.length; row++) {
            long[] own = Arrays.copyOfRange(tokens, row * length, (row + 1) * length);
            int address = Arrays.hashCode(own) & Integer.MAX_VALUE;
            new Philox(seed).fill(address, 0, Purpose.INITIALIZATION, 0, uniforms);
            for (int position = 0; position < length; position++) {
                double sum = 0;
                for (int k = 0; k < letters; k++) {
                    sum += Math.exp(-3 * uniforms[position * letters + k]);
                }
                for (int k = 0; k < letters; k++) {
                    int i = position * letters + k;
                    logs[row * length * letters + i] =
                            uniforms[length * letters + i] < zeros
                                    ? Float.NEGATIVE_INFINITY
                                    : (float) (-3 * uniforms[i] - Math.log(sum));
                }
            }
        }
        return xt.getManager().create(logs, new Shape(t.length, length, letters));
    }

    @Override
    public boolean dependsOnTime() {
        return false;
    }

    @Override
    public int cleanTokens() {
        return letters;
    }
}
