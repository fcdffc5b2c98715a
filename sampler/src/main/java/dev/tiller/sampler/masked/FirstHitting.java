package dev.tiller.sampler.masked;

import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.Denoiser;
import dev.tiller.sampler.Prediction;
import dev.tiller.sampler.Proposal;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.sampler.State;
import dev.tiller.sampler.constraint.CompiledConstraints;
import dev.tiller.sampler.schedule.NoiseSchedule;

/**
 * The first-hitting sampler of masked diffusion (Zheng et al. 2024, arXiv 2409.02908): continuous
 * time without discretisation error, one token per step and L steps in all.
 *
 * <p>With n masked tokens and move chance m, the next one is revealed where the move chance has
 * fallen to m u^(1/n), u uniform; its position is uniform among the masked ones and its letter
 * drawn from p(x0 | xt) at that time.
 */
public final class FirstHitting extends MaskedProcess {
    private final NoiseSchedule schedule;

    /**
     * Creates the process.
     *
     * @param denoiser p(x0 | xt)
     * @param schedule the schedule that the denoiser was trained for
     * @param length L, tokens per design and reverse steps
     * @param devices a manager of the denoiser's device, from which calls open sub-managers
     */
    public FirstHitting(Denoiser denoiser, NoiseSchedule schedule, int length, NDManager devices) {
        this(denoiser, schedule, length, devices, null);
    }

    /**
     * Creates the process of designs within constraints: each letter is drawn from the law of its
     * position in the product of p(x0 | xt) conditioned on them, so they hold with certainty. What
     * all designs have in common is revealed from the start and takes no step.
     *
     * @param denoiser p(x0 | xt)
     * @param schedule the schedule that the denoiser was trained for
     * @param length L, tokens per design
     * @param devices a manager of the denoiser's device, from which calls open sub-managers
     * @param constraints what the designs must satisfy, or null for nothing
     * @throws IllegalArgumentException if the constraints are for other designs
     */
    public FirstHitting(
            Denoiser denoiser,
            NoiseSchedule schedule,
            int length,
            NDManager devices,
            CompiledConstraints constraints) {
        super(denoiser, Layouts.free(length), devices, NoiseRemoval.MODE, constraints);
        this.schedule = schedule;
    }

    /**
     * Creates the process of designs that are given something each. A design with fewer free
     * letters than others is finished earlier; tied positions are revealed together.
     *
     * @param denoiser p(x0 | xt, condition)
     * @param schedule the schedule that the denoiser was trained for
     * @param layouts length, given letters and tied positions of each condition
     * @param devices a manager of the denoiser's device, from which calls open sub-managers
     */
    public FirstHitting(
            Denoiser denoiser, NoiseSchedule schedule, Layouts layouts, NDManager devices) {
        super(denoiser, layouts, devices, NoiseRemoval.MODE, null);
        this.schedule = schedule;
    }

    @Override
    public int steps() {
        return Math.max(1, freePositions());
    }

    /** Returns the time at which token {@code index + 1} of a particle is revealed. */
    @Override
    double time(int index, long sampleId, int chain, Randomness noise) {
        double logMasked = StrictMath.log(schedule.moveChance(1));
        int free = free(sampleId);
        for (int i = 0; i <= index && i < free; i++) {
            double u = noise.uniform(sampleId, i, Purpose.HITTING_TIME, chain);
            logMasked += StrictMath.log(u) / (free - i);
        }
        double sigma = -StrictMath.log1p(-StrictMath.exp(logMasked));
        return Math.max(0, Math.min(1, schedule.timeAt(sigma)));
    }

    @Override
    public Proposal propose(State x, Prediction prediction, int step) {
        Prediction letters =
                constraints() == null
                        ? prediction
                        : new Completions(constraints()).marginals(x, prediction);
        return new RevealOne(x, letters, step, this);
    }

    /** The share of free letters that are left masked after {@code index} reveals. */
    @Override
    public double maskedShare(int index) {
        return (double) (steps() - index) / steps();
    }

    /** Masks all but {@code index} free letters: as many as are masked after that many reveals. */
    @Override
    public State corrupt(State x0, int index, Randomness noise, NDManager manager) {
        return remask(x0, Math.min(freePositions(), steps() - index), noise, manager);
    }
}
