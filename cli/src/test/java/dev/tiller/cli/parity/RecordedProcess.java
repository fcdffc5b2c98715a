package dev.tiller.cli.parity;

import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Prediction;
import dev.tiller.sampler.Proposal;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.ReverseProcess;
import dev.tiller.sampler.State;
import dev.tiller.sampler.masked.MaskedDiffusion;
import dev.tiller.sampler.parity.ParityCase;
import java.util.ArrayList;
import java.util.List;

/**
 * Masked diffusion that remembers the states it was at: a whole trajectory, or the single step of a
 * case, from its partly masked batch at time t to t - dt and no further.
 */
final class RecordedProcess implements ReverseProcess {
    private final MaskedDiffusion process;
    private final ParityCase parity;
    private final boolean oneStep;
    private final List<long[]> states = new ArrayList<>();

    RecordedProcess(MaskedDiffusion process, ParityCase parity, boolean oneStep) {
        this.process = process;
        this.parity = parity;
        this.oneStep = oneStep;
    }

    /** Returns the tokens at the start of each step and after the last one. */
    List<long[]> states() {
        return states;
    }

    @Override
    public int steps() {
        return oneStep ? 1 : process.steps();
    }

    @Override
    public State prior(long[] sampleIds, int[] chains, Randomness noise, NDManager manager) {
        State prior = process.prior(sampleIds, chains, noise, manager);
        if (oneStep) {
            prior.array(0).set(parity.longs("in.x"));
        }
        return prior;
    }

    @Override
    public Prediction predict(State x, int index, Ledger ledger, Randomness noise) {
        return process.predict(x, index, ledger, noise);
    }

    @Override
    public Proposal propose(State x, Prediction prediction, int step) {
        states.add(x.array(0).toLongArray());
        if (!oneStep) {
            return process.propose(x, prediction, step);
        }
        double t = parity.config().get("t").asDouble();
        return process.transition(x, prediction, t, t - parity.config().get("dt").asDouble(), step);
    }

    @Override
    public State posteriorMode(State x, Prediction prediction, int index, NDManager manager) {
        return process.posteriorMode(x, prediction, index, manager);
    }

    @Override
    public State posteriorDraw(
            State x,
            Prediction prediction,
            int index,
            int draw,
            Randomness noise,
            NDManager manager) {
        return process.posteriorDraw(x, prediction, index, draw, noise, manager);
    }

    @Override
    public State corrupt(State x0, int index, Randomness noise, NDManager manager) {
        return process.corrupt(x0, index, noise, manager);
    }

    @Override
    public State finish(State x, Ledger ledger, Randomness noise, NDManager manager) {
        states.add(x.array(0).toLongArray());
        return process.finish(x, ledger, noise, manager);
    }
}
