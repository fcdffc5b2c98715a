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
import java.util.Arrays;
import java.util.List;

/** The loop that all decoders share: predict, propose, choose, and at last remove the noise. */
final class Trajectory {
    /** What a decoder is called with. */
    record Run(ReverseProcess process, Randomness noise, Ledger ledger, StepListener listener) {
        /** Draws {@code particles} particles of the prior for each sample, numbered within it. */
        State prior(long[] sampleIds, int particles, NDManager manager) {
            long[] ids = new long[sampleIds.length * particles];
            int[] chains = new int[ids.length];
            Arrays.setAll(ids, i -> sampleIds[i / particles]);
            Arrays.setAll(chains, i -> i % particles);
            return process.prior(ids, chains, noise, manager);
        }
    }

    /**
     * One reverse step.
     *
     * @param x the state at time index {@code index}
     * @param plain the model's own transition
     * @param proposal the transition to draw from; {@code plain} itself unless it was tilted
     * @param index the number of the step
     * @param scope owner of what is made in the step
     */
    record Step(State x, Proposal plain, Proposal proposal, int index, NDManager scope) {}

    /** Chooses the next state of a step. */
    @FunctionalInterface
    interface Choice {
        /** Returns the next state, owned by the step's scope (it is moved out of it). */
        State next(Step step);
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
    static State walk(Run run, State x, Guidance guidance, NDManager manager, Choice choice) {
        return walk(run, new Point(x, 0), guidance, manager, choice);
    }

    /** Walks from any point of the trajectory to clean designs owned by {@code manager}. */
    static State walk(Run run, Point from, Guidance guidance, NDManager manager, Choice choice) {
        ReverseProcess process = run.process();
        try (NDManager inner =
                manager.newSubManager()) { // frees the state of a run that is stopped
            State current = from.x().attach(inner);
            for (int step = from.index(); step < process.steps(); step++) {
                try (NDManager scope = inner.newSubManager()) {
                    State next = choice.next(step(run, current, guidance, step, scope));
                    next.attach(inner);
                    current.close();
                    current = next;
                }
                run.listener().stepDone(step + 1, process.steps());
            }
            return process.finish(current, run.ledger(), run.noise(), manager);
        }
    }

    private static Step step(Run run, State x, Guidance guidance, int index, NDManager scope) {
        Prediction prediction = run.process().predict(x, index, run.ledger(), run.noise());
        Proposal plain = run.process().propose(x, prediction, index);
        List<float[]> tilt = guidance.tilt(x, prediction, index, run.ledger(), run.noise());
        return new Step(x, plain, tilt == null ? plain : plain.tilted(tilt), index, scope);
    }
}
