package dev.tiller.rewards;

import java.util.List;

/**
 * A reward that is also defined between the letters: on relaxed designs, which hold a number for
 * each letter at each position, and can be differentiated by them. On one-hot rows it equals {@link
 * #score} to within rounding.
 */
public interface DifferentiableReward extends Reward {

    /**
     * Scores relaxed designs and differentiates each score by its own design. Rows are independent,
     * as in {@link #score}.
     *
     * @param designs the relaxed designs; none is legal
     * @return for each design its score and gradient, in order
     * @throws IllegalArgumentException if the alphabet has a letter that is not in {@link
     *     #letters()}, or the length does not fit
     */
    List<ScoredGradient> differentiate(RelaxedDesigns designs);
}
