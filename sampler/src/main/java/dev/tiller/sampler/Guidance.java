package dev.tiller.sampler;

import java.util.List;

/**
 * Pulls a reverse step towards a reward: says how the log-probability of the next state is tilted,
 * linearly in the next state. Classifier guidance and DPS are guidances.
 */
@FunctionalInterface
public interface Guidance {
    /** Pulls nowhere. */
    Guidance NONE = (x, prediction, step, ledger, noise) -> null;

    /**
     * Computes the tilt of one step.
     *
     * @param x a state at time index {@code step}
     * @param prediction the denoiser's output at {@code x}
     * @param step the reverse step, in [0, T)
     * @param ledger where evaluations are counted, batched and saved
     * @param noise the only source of randomness
     * @return the rows of {@link Proposal#tilted}, a function of each row of {@code x} alone, or
     *     null to leave the step as it is
     */
    List<float[]> tilt(State x, Prediction prediction, int step, Ledger ledger, Randomness noise);
}
