package dev.tiller.sampler.numerics;

import java.util.Arrays;

/**
 * Draws from categorical distributions given as unnormalised log weights, in float64.
 *
 * <p>By the Gumbel-max trick: argmax over k of w_k - log(-log(u_k)) has probability exp(w_k) /
 * sum(exp(w)). Float32 noise would cut the tail off and sharpen the distribution (Zheng et al.,
 * 2024, arXiv 2409.02908), so the noise is float64; {@link StrictMath} makes it the same on every
 * platform.
 */
public final class Categorical {
    private Categorical() {}

    /**
     * Draws one index.
     *
     * @param logWeights natural logs of non-negative weights, at least one of them finite
     * @param uniforms one uniform in (0, 1) for each weight, from {@code offset}
     * @param offset index of the first uniform
     * @return the drawn index, the first one on ties
     */
    public static int draw(double[] logWeights, double[] uniforms, int offset) {
        double[] gumbels = Arrays.copyOfRange(uniforms, offset, offset + logWeights.length);
        toGumbel(gumbels);
        return drawWithGumbel(logWeights, gumbels, 0);
    }

    /**
     * Turns uniforms into Gumbel noise, for several draws with the same noise.
     *
     * @param uniforms uniforms in (0, 1), each replaced by -log(-log(u))
     */
    public static void toGumbel(double[] uniforms) {
        for (int i = 0; i < uniforms.length; i++) {
            uniforms[i] = -StrictMath.log(-StrictMath.log(uniforms[i]));
        }
    }

    /**
     * Draws one index, as {@link #draw} does with the uniforms that the noise was made from.
     *
     * @param logWeights natural logs of non-negative weights, at least one of them finite
     * @param gumbels one number of {@link #toGumbel} for each weight, from {@code offset}
     * @param offset index of the first one
     * @return the drawn index, the first one on ties
     */
    public static int drawWithGumbel(double[] logWeights, double[] gumbels, int offset) {
        int best = -1;
        double bestScore = Double.NEGATIVE_INFINITY;
        for (int k = 0; k < logWeights.length; k++) {
            double score = logWeights[k] + gumbels[offset + k];
            if (logWeights[k] != Double.NEGATIVE_INFINITY && (score > bestScore || best < 0)) {
                best = k;
                bestScore = score;
            }
        }
        if (best < 0) {
            throw new IllegalArgumentException(
                    "log weights must have a finite entry, got none among " + logWeights.length);
        }
        return best;
    }

    /**
     * Returns the index of the largest value.
     *
     * @param values the values, from {@code offset}
     * @param offset index of the first one
     * @param count how many there are, at least 1
     * @return the index relative to {@code offset}, the first one on ties
     */
    public static int argMax(float[] values, int offset, int count) {
        int best = 0;
        for (int k = 1; k < count; k++) {
            if (values[offset + k] > values[offset + best]) {
                best = k;
            }
        }
        return best;
    }
}
