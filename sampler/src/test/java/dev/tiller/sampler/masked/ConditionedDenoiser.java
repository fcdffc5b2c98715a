package dev.tiller.sampler.masked;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.Denoiser;
import java.util.Arrays;

/**
 * An arbitrary p(x0 | xt, condition) that never looks beyond the end of its designs.
 *
 * @param letters K
 * @param lengths the length of the designs of each condition
 * @param conditions those of the rows
 */
record ConditionedDenoiser(int letters, int[] lengths, int[] conditions) implements Denoiser {
    @Override
    public Denoiser given(int[] conditions) {
        return new ConditionedDenoiser(letters, lengths, conditions);
    }

    @Override
    public NDArray logPosterior(NDArray xt, double[] t) {
        int length = (int) xt.getShape().get(1);
        long[] tokens = xt.toLongArray();
        float[] logs = new float[tokens.length * letters];
        Arrays.fill(logs, (float) -Math.log(letters));
        for (int row = 0; row < t.length; row++) {
            int condition = conditions[row];
            int own = lengths[condition];
            long[] part = Arrays.copyOfRange(tokens, row * length, row * length + own);
            NDArray one = xt.getManager().create(part, new Shape(1, own));
            float[] known =
                    new RandomDenoiser(letters, 17 + condition, 0)
                            .logPosterior(one, new double[] {t[row]})
                            .toFloatArray();
            System.arraycopy(known, 0, logs, row * length * letters, known.length);
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
