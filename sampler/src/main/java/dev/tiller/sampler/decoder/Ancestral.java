package dev.tiller.sampler.decoder;

import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.Decoder;
import dev.tiller.sampler.Guidance;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.ReverseProcess;
import dev.tiller.sampler.State;
import dev.tiller.sampler.StepListener;
import java.util.Objects;

/** Sampling without a choice: each step draws one candidate and takes it. */
public final class Ancestral implements Decoder {
    private final Guidance guidance;

    /** Creates the unguided decoder. */
    public Ancestral() {
        this(Guidance.NONE);
    }

    /**
     * Creates the decoder.
     *
     * @param guidance tilts each step's proposal; classifier guidance is ancestral sampling with it
     */
    public Ancestral(Guidance guidance) {
        this.guidance = Objects.requireNonNull(guidance);
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
                guidance,
                (proposal, step, scope) -> proposal.draw(1, noise, scope));
    }
}
