package dev.tiller.sampler.decoder;

import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.Guidance;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Prediction;
import dev.tiller.sampler.Proposal;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.ReverseProcess;
import dev.tiller.sampler.State;
import dev.tiller.sampler.StepListener;
import java.util.List;

/** The loop that all decoders share: predict, propose, choose, and at last remove the noise. */
final class Trajectory {
    /** Chooses the next state of a step. */
    @FunctionalInterface
    interface Choice {
        /** Returns the next state, owned by {@code scope} (it is moved out of it). */
        State next(Proposal proposal, int step, NDManager scope);
    }

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
        return walk(process, x, noise, ledger, manager, listener, Guidance.NONE, choice);
    }

    /** The same with proposals that are tilted by a guidance. */
    @SuppressWarnings("checkstyle:parameternumber") // what a decoder is given, and its choices
    static State walk(
            ReverseProcess process,
            State x,
            Randomness noise,
            Ledger ledger,
            NDManager manager,
            StepListener listener,
            Guidance guidance,
            Choice choice) {
        try (NDManager run = manager.newSubManager()) { // frees the state of a run that is stopped
            State current = x.attach(run);
            for (int step = 0; step < process.steps(); step++) {
                try (NDManager scope = run.newSubManager()) {
                    Prediction prediction = process.predict(current, step, ledger, noise);
                    Proposal proposal = process.propose(current, prediction, step);
                    List<float[]> tilt = guidance.tilt(current, prediction, step, ledger, noise);
                    proposal = tilt == null ? proposal : proposal.tilted(tilt);
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
