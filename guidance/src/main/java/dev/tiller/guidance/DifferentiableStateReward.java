package dev.tiller.guidance;

import dev.tiller.rewards.ScoredGradient;
import java.util.List;

/**
 * A reward that is a smooth function of the numbers of a clean Gaussian state. Pure: the score of a
 * state does not depend on the others, and calls may be concurrent.
 */
@FunctionalInterface
public interface DifferentiableStateReward {
    /**
     * Scores clean states and differentiates the scores.
     *
     * @param states one float32 row for each state: its components in row-major order, one after
     *     the other; not to be modified
     * @return for each state its score and the derivatives by its row
     */
    List<ScoredGradient> differentiate(List<float[]> states);
}
