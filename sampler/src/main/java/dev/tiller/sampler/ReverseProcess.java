package dev.tiller.sampler;

import ai.djl.ndarray.NDManager;
import java.util.Optional;

/**
 * How noise is removed: the reverse-time Markov chain of a diffusion model, from the prior at step
 * 0 to clean designs after {@link #steps()} steps.
 *
 * <p>Holds no run state; one instance serves many runs and threads.
 */
public interface ReverseProcess {
    /**
     * Returns the number of reverse steps.
     *
     * @return T, at least 1; step i goes from time index i to i + 1
     */
    int steps();

    /**
     * Draws the prior.
     *
     * @param sampleIds the sample id of each particle
     * @param chains the number of each particle within its sample
     * @param noise the only source of randomness
     * @param manager owner of the state
     * @return the state at time index 0
     */
    State prior(long[] sampleIds, int[] chains, Randomness noise, NDManager manager);

    /**
     * Evaluates the denoiser.
     *
     * @param x a state at time index {@code index}
     * @param index a time index in [0, T]
     * @param ledger where the evaluation is counted, batched and saved
     * @param noise the randomness of the run (some processes draw their times from it)
     * @return the denoiser's output for each particle
     */
    Prediction predict(State x, int index, Ledger ledger, Randomness noise);

    /**
     * Returns the derivative of {@link #predict}, for methods that need gradients.
     *
     * @return the derivative, or empty if the denoiser has none
     */
    default Optional<DifferentiablePrediction> differentiable() {
        return Optional.empty();
    }

    /**
     * Forms the transition of one step.
     *
     * @param x a state at time index {@code step}
     * @param prediction the denoiser's output at {@code x}
     * @param step the reverse step, in [0, T)
     * @return the proposal p(x_s | x_t)
     */
    Proposal propose(State x, Prediction prediction, int step);

    /**
     * Returns the clean design that each particle is expected to become. For tokens it is the most
     * likely letter at each position, the mode of p(x0 | xt), what is already clean kept; for a
     * Gaussian process the mean of p(x0 | xt).
     *
     * @param x any state
     * @param prediction the denoiser's output at {@code x}
     * @param index the time index of {@code x}
     * @param manager owner of the new state
     * @return a clean state with the same rows
     */
    State posteriorMode(State x, Prediction prediction, int index, NDManager manager);

    /**
     * Draws a clean design from p(x0 | xt) for each particle, what is already clean kept.
     *
     * @param x any state
     * @param prediction the denoiser's output at {@code x}
     * @param index the time index of {@code x}, part of the address
     * @param draw which of several draws, part of the address
     * @param noise the only source of randomness
     * @param manager owner of the new state
     * @return a clean state with the same rows; rows that are equal and have the same sample id get
     *     equal draws
     */
    State posteriorDraw(
            State x,
            Prediction prediction,
            int index,
            int draw,
            Randomness noise,
            NDManager manager);

    /**
     * Draws q(x_t | x0): noises finished designs again, as far as a time of the grid.
     *
     * @param x0 clean states
     * @param index a time index in [0, T]; 0 gives the prior, as far as the process forgets x0
     * @param noise the only source of randomness
     * @param manager owner of the new state
     * @return states at that time index, with the same rows
     */
    State corrupt(State x0, int index, Randomness noise, NDManager manager);

    /**
     * Removes the noise that is left after the last step.
     *
     * @param x the state at time index T
     * @param ledger where evaluations are counted
     * @param noise the only source of randomness
     * @param manager owner of the new state
     * @return clean designs
     */
    State finish(State x, Ledger ledger, Randomness noise, NDManager manager);
}
