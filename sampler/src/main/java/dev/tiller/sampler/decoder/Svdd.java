package dev.tiller.sampler.decoder;

import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.Decoder;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Proposal;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.ReverseProcess;
import dev.tiller.sampler.SoftValue;
import dev.tiller.sampler.State;
import dev.tiller.sampler.StepListener;

/**
 * Soft value-based decoding (SVDD, Li et al. 2024, arXiv 2408.08252, algorithm 1): each step draws
 * M candidates from the model's own transition and keeps one with probability proportional to
 * exp(v(x_s) / tau), v being the soft value. At tau = 0, as in the published code, it keeps the
 * candidate of the highest value, the first on ties.
 *
 * <p>SVDD-PM and SVDD-MC are this decoder with a posterior-mean or a learned value. As M grows, the
 * designs follow p(x0) exp(r(x0) / tau), normalised, if v is the exact soft value.
 */
public final class Svdd implements Decoder {
    private final int candidates;
    private final double temperature;
    private final SoftValue value;

    /**
     * Creates the decoder.
     *
     * @param candidates M, at least 1
     * @param temperature tau, at least 0, in the unit of the value
     * @param value the soft value of noisy states
     */
    public Svdd(int candidates, double temperature, SoftValue value) {
        if (!(temperature >= 0 && temperature < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "temperature must be at least 0 and finite, got " + temperature);
        }
        this.candidates = Candidates.require(candidates);
        this.temperature = temperature;
        this.value = value;
    }

    @Override
    public State decode(
            ReverseProcess process,
            long[] sampleIds,
            Randomness noise,
            Ledger ledger,
            NDManager manager,
            StepListener listener) {
        return Trajectory.walk(
                process,
                process.prior(sampleIds, new int[sampleIds.length], noise, manager),
                noise,
                ledger,
                manager,
                listener,
                (proposal, step, scope) -> keepOne(proposal, step, noise, ledger, scope));
    }

    /**
     * Decodes the rest of a trajectory.
     *
     * @param process the diffusion model
     * @param x states at time index {@code index}; closed on the way
     * @param index where to go on, in [0, T]
     * @param noise the only source of randomness
     * @param ledger where evaluations are counted, batched and saved
     * @param manager owner of the result
     * @param listener told after every step, by its number in the whole trajectory
     * @return clean designs with the rows of {@code x}
     */
    public State continueFrom(
            ReverseProcess process,
            State x,
            int index,
            Randomness noise,
            Ledger ledger,
            NDManager manager,
            StepListener listener) {
        return Trajectory.walk(
                process,
                new Trajectory.Point(x, index),
                noise,
                ledger,
                manager,
                listener,
                (proposal, step, scope) -> keepOne(proposal, step, noise, ledger, scope));
    }

    private State keepOne(
            Proposal proposal, int step, Randomness noise, Ledger ledger, NDManager scope) {
        State drawn = proposal.draw(candidates, noise, scope);
        if (candidates == 1) {
            return drawn; // nothing to choose, so no value is asked for
        }
        double[] values = value.estimate(drawn, step + 1, ledger, noise);
        int[] winners =
                temperature == 0
                        ? Candidates.best(values, candidates)
                        : Candidates.draw(drawn, values, candidates, temperature, step, noise);
        return drawn.select(winners, scope);
    }
}
