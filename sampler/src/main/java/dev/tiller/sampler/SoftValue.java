package dev.tiller.sampler;

/**
 * How promising a noisy state is: an estimate of v(x_t) = tau log E[exp(r(x0) / tau) | x_t], in the
 * unit of the reward. Higher is better.
 */
public interface SoftValue {
    /**
     * Estimates the value of each particle.
     *
     * @param x a state at time index {@code index}; a clean state at the last index
     * @param index the time index, in [0, T]
     * @param ledger where evaluations are counted, batched and saved
     * @param noise the only source of randomness
     * @return float64 [rows], finite
     */
    double[] estimate(State x, int index, Ledger ledger, Randomness noise);
}
