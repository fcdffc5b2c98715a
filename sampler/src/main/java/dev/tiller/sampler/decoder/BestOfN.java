package dev.tiller.sampler.decoder;

import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.Decoder;
import dev.tiller.sampler.Guidance;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.ReverseProcess;
import dev.tiller.sampler.SoftValue;
import dev.tiller.sampler.State;
import dev.tiller.sampler.StepListener;

/**
 * Best-of-N: N independent unguided chains for each design, of which the one of the highest reward
 * is kept, the first on ties. The groups are independent, as in the evaluation of SVDD (Li et al.
 * 2024, arXiv 2408.08252); its code takes the best of the whole pool instead.
 */
public final class BestOfN implements Decoder {
    private final int candidates;
    private final SoftValue reward;

    /**
     * Creates the decoder.
     *
     * @param candidates N, at least 1
     * @param reward scores clean designs
     */
    public BestOfN(int candidates, SoftValue reward) {
        this.candidates = Candidates.require(candidates);
        this.reward = reward;
    }

    @Override
    public State decode(
            ReverseProcess process,
            long[] sampleIds,
            Randomness noise,
            Ledger ledger,
            NDManager manager,
            StepListener listener) {
        Trajectory.Run run = new Trajectory.Run(process, noise, ledger, listener);
        try (NDManager inner = manager.newSubManager()) {
            State designs =
                    Trajectory.walk(
                            run,
                            run.prior(sampleIds, candidates, inner),
                            Guidance.NONE,
                            inner,
                            step -> step.proposal().draw(1, noise, step.scope()));
            double[] scores = reward.estimate(designs, process.steps(), ledger, noise);
            Candidates.requireFinite(scores);
            return designs.select(Candidates.best(scores, candidates), manager);
        }
    }
}
