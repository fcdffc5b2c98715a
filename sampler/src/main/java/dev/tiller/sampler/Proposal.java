package dev.tiller.sampler;

import ai.djl.ndarray.NDManager;

/** The transition p(x_s | x_t) of one reverse step, for each particle of a batch. */
public interface Proposal {
    /**
     * Draws candidates for each particle.
     *
     * @param candidates M, how many for each particle, at least 1
     * @param noise the only source of randomness
     * @param manager owner of the new state
     * @return a state with rows b * M + m: candidate m of particle b; its address is chain * M + m
     */
    State draw(int candidates, Randomness noise, NDManager manager);

    /**
     * Returns the natural log of the probability that this proposal gives to a next state.
     *
     * @param next one next state for each particle, in the same order
     * @return float64 [rows]; negative infinity where the transition is impossible
     */
    double[] logProbability(State next);
}
