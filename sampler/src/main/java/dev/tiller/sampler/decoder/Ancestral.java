package dev.tiller.sampler.decoder;

import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.Decoder;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.ReverseProcess;
import dev.tiller.sampler.State;
import dev.tiller.sampler.StepListener;

/** Unguided sampling: each step draws one candidate and takes it. */
public final class Ancestral implements Decoder {
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
                (proposal, step, scope) -> proposal.draw(1, noise, scope));
    }
}
