package dev.tiller.zoo.architecture;

import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Low-rank adapters (LoRA; Hu et al., "LoRA: Low-rank adaptation of large language models", 2022,
 * arXiv 2106.09685, equation 3): a matrix W [out, in] of the network counts as
 *
 * <pre>W + alpha / r * B A,   B [out, r],   A [r, in],</pre>
 *
 * <p>of which A and B alone are trained. A convolution W [out, in, k] is a matrix [out, in k].
 *
 * @param rank r, at least 1
 * @param alpha above 0; adapters count alpha / r
 * @param layers regular expressions; a layer gets an adapter if one of them is found in its name
 *     ({@code ^} and {@code $} bind them to its ends); with an empty list every layer gets one
 */
public record LowRank(int rank, double alpha, List<String> layers) {

    /** Copies the expressions and checks all values. */
    public LowRank {
        Architectures.require(rank >= 1, "rank", ">= 1", rank);
        Architectures.require(
                alpha > 0 && alpha < Double.POSITIVE_INFINITY, "alpha", "> 0 and finite", alpha);
        layers = List.copyOf(layers);
        layers.forEach(LowRank::pattern);
    }

    /**
     * Returns adapters of all layers that count as they are.
     *
     * @param rank r, at least 1
     * @return r, alpha = r and no expressions
     */
    public static LowRank ofRank(int rank) {
        return new LowRank(rank, rank, List.of());
    }

    /** Tells whether a layer gets an adapter. */
    boolean chooses(String layer) {
        return layers.isEmpty()
                || layers.stream()
                        .anyMatch(expression -> pattern(expression).matcher(layer).find());
    }

    private static Pattern pattern(String expression) {
        try {
            return Pattern.compile(expression);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "layers must be regular expressions, got '"
                            + expression
                            + "': "
                            + e.getDescription(),
                    e);
        }
    }
}
