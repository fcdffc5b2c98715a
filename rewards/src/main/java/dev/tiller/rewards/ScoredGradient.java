package dev.tiller.rewards;

/**
 * A score and its gradient.
 *
 * @param score the reward of one relaxed design
 * @param gradient its derivatives, float32 row-major [L, V] as in {@link RelaxedDesigns}; not to be
 *     modified
 */
public record ScoredGradient(double score, float[] gradient) {}
