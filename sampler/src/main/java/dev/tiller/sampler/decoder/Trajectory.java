package dev.tiller.sampler.decoder;

import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Prediction;
import dev.tiller.sampler.Proposal;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.ReverseProcess;
import dev.tiller.sampler.State;
import dev.tiller.sampler.StepListener;

/** The loop that all decoders share: predict, propose, choose, and at last remove the noise. */
final class Trajectory {
    /** Chooses the next state of a step. */
    @FunctionalInterface
    interface Choice {
        /** Returns the next state, owned by {@code scope} (it is moved out of it). */
        State next(Proposal proposal, int step, NDManager scope);
    }

    /**
     * Where a walk begins.
     *
     * @param x the states, closed on the way
     * @param index their time index, in [0, T]
     */
    record Point(State x, int index) {}

    private Trajectory() {}

    /**
     * Walks from {@code x}, which is closed on the way, to clean designs owned by {@code manager}.
     */
    static State walk(
            ReverseProcess process,
            State x,
            Randomness noise,
            Ledger ledger,
            NDManager manager,
            StepListener listener,
            Choice choice) {
        return walk(process, new Point(x, 0), noise, ledger, manager, listener, choice);
    }

    /** Walks from any point of the trajectory to clean designs owned by {@code manager}. */
    static State walk(
            ReverseProcess process,
            Point from,
            Randomness noise,
            Ledger ledger,
            NDManager manager,
            StepListener listener,
            Choice choice) {
        try (NDManager run = manager.newSubManager()) { // frees the state of a run that is stopped
            State current = from.x().attach(run);
            for (int step = from.index(); step < process.steps(); step++) {
                try (NDManager scope = run.newSubManager()) {
                    Prediction prediction = process.predict(current, step, ledger, noise);
                    Proposal proposal = process.propose(current, prediction, step);
                    State next = choice.next(proposal, step, scope).attach(run);
                    current.close();
                    current = next;
                }
                listener.stepDone(step + 1, process.steps());
            }
            return process.finish(current, ledger, noise, manager);
        }
    }
}
