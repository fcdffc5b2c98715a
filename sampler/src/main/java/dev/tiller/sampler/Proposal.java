package dev.tiller.sampler;

import ai.djl.ndarray.NDManager;
import java.util.List;

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
     * Tilts this transition by a function that is linear in the next state: p~(x_s) is proportional
     * to p(x_s | x_t) exp(g . x_s), normalised. A categorical position gets weights p_k exp(g_k), a
     * Gaussian the mean mu + sigma^2 g.
     *
     * @param tilt g, one float32 row for each particle in the coordinates of a relaxed state (for
     *     tokens: row-major [L, K + 1], one-hot, the mask last); may be kept
     * @return the tilted transition; its draws use the addresses of this one
     */
    Proposal tilted(List<float[]> tilt);

    /**
     * Returns the natural log of the probability that this proposal gives to a next state.
     *
     * @param next one next state for each particle, in the same order
     * @return float64 [rows]; negative infinity where the transition is impossible
     */
    double[] logProbability(State next);
}
