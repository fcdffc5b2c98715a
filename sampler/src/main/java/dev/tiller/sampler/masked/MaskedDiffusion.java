package dev.tiller.sampler.masked;

import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.Denoiser;
import dev.tiller.sampler.Prediction;
import dev.tiller.sampler.Proposal;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.State;
import dev.tiller.sampler.constraint.CompiledConstraints;
import dev.tiller.sampler.schedule.NoiseSchedule;

/**
 * Ancestral sampling of masked diffusion (MDLM, Sahoo et al. 2024, arXiv 2406.07524, with the SUBS
 * parameterisation): in a step from t to s each masked token is revealed with probability (m(t) -
 * m(s)) / m(t), m being the schedule's move chance, as a letter drawn from p(x0 | xt).
 *
 * <p>The times are T + 1 equally spaced points from 1 to {@link Options#endTime()}, as in the
 * published code; what is still masked then is removed by {@link NoiseRemoval}.
 */
public final class MaskedDiffusion extends MaskedProcess {
    /**
     * How the trajectory is cut into steps.
     *
     * @param steps T, at least 1
     * @param endTime the last time, in [0, 1)
     * @param noiseRemoval how masks left at that time are replaced
     */
    public record Options(int steps, double endTime, NoiseRemoval noiseRemoval) {
        public Options {
            if (steps < 1) {
                throw new IllegalArgumentException("steps must be at least 1, got " + steps);
            }
            if (!(endTime >= 0 && endTime < 1)) {
                throw new IllegalArgumentException("endTime must be in [0, 1), got " + endTime);
            }
        }

        /**
         * Returns the published settings: last time 1e-5, then the mode.
         *
         * @param steps T, at least 1
         * @return the options
         */
        public static Options published(int steps) {
            return new Options(steps, 1e-5, NoiseRemoval.MODE);
        }
    }

    private final NoiseSchedule schedule;
    private final Options options;

    /**
     * Creates the process.
     *
     * @param denoiser p(x0 | xt)
     * @param schedule the schedule that the denoiser was trained for
     * @param length L, tokens per design
     * @param devices a manager of the denoiser's device, from which calls open sub-managers
     * @param options the steps
     */
    public MaskedDiffusion(
            Denoiser denoiser,
            NoiseSchedule schedule,
            int length,
            NDManager devices,
            Options options) {
        this(denoiser, schedule, length, devices, options, null);
    }

    /**
     * Creates the process of designs within constraints. Each step draws a clean design from the
     * product of p(x0 | xt) conditioned on them and reveals some of its letters, so they hold with
     * certainty. What all designs have in common is revealed from the start.
     *
     * <p>That is the exact conditional law of each step's p(x0 | xt), but not of the model: the
     * designs do not follow the law of unconstrained designs that happen to satisfy the
     * constraints, since p(x0 | xt) knows no dependence between positions and cannot tell how
     * likely the constraints are to be met later.
     *
     * @param denoiser p(x0 | xt)
     * @param schedule the schedule that the denoiser was trained for
     * @param length L, tokens per design
     * @param devices a manager of the denoiser's device, from which calls open sub-managers
     * @param options the steps
     * @param constraints what the designs must satisfy, or null for nothing
     * @throws IllegalArgumentException if the constraints are for other designs
     */
    public MaskedDiffusion(
            Denoiser denoiser,
            NoiseSchedule schedule,
            int length,
            NDManager devices,
            Options options,
            CompiledConstraints constraints) {
        super(denoiser, Layouts.free(length), devices, options.noiseRemoval(), constraints);
        this.schedule = schedule;
        this.options = options;
    }

    /**
     * Creates the process of designs that are given something each: a condition of the denoiser,
     * letters, or positions that must agree.
     *
     * @param denoiser p(x0 | xt, condition)
     * @param schedule the schedule that the denoiser was trained for
     * @param layouts length, given letters and tied positions of each condition
     * @param devices a manager of the denoiser's device, from which calls open sub-managers
     * @param options the steps
     */
    public MaskedDiffusion(
            Denoiser denoiser,
            NoiseSchedule schedule,
            Layouts layouts,
            NDManager devices,
            Options options) {
        super(denoiser, layouts, devices, options.noiseRemoval(), null);
        this.schedule = schedule;
        this.options = options;
    }

    @Override
    public int steps() {
        return options.steps();
    }

    /**
     * Returns a time of the grid.
     *
     * @param index in [0, T]
     * @return 1 at index 0, the end time at index T
     */
    public double time(int index) {
        return 1 - index * (1 - options.endTime()) / options.steps();
    }

    @Override
    double time(int index, long sampleId, int chain, Randomness noise) {
        return time(index);
    }

    @Override
    public double maskedShare(int index) {
        return index == 0 ? 1 : schedule.moveChance(time(index));
    }

    @Override
    public Proposal propose(State x, Prediction prediction, int step) {
        return transition(x, prediction, time(step), time(step + 1), step);
    }

    /**
     * Forms the transition between any two times.
     *
     * @param x a state at time {@code t}
     * @param prediction the denoiser's output at {@code x}
     * @param t where the state is, in (0, 1]
     * @param s where it goes, in [0, t)
     * @param step the number of the step in the addresses of its randomness
     * @return the proposal p(x_s | x_t)
     */
    public Proposal transition(State x, Prediction prediction, double t, double s, int step) {
        double maskedAtT = schedule.moveChance(t);
        double maskedAtS = schedule.moveChance(s);
        if (constraints() != null) {
            return new ConstrainedProposal(
                    x,
                    prediction,
                    step,
                    constraints(),
                    StrictMath.log(maskedAtT - maskedAtS),
                    StrictMath.log(maskedAtS));
        }
        return new MaskedProposal(
                x,
                prediction,
                step,
                this,
                StrictMath.log(maskedAtT - maskedAtS),
                StrictMath.log(maskedAtS));
    }
}
