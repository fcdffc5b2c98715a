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
import java.util.Objects;

/**
 * Sequential Monte Carlo: a group of P particles for each design, weighted by what their values
 * promise and resampled, aims at p(x0) exp(r(x0) / tau), normalised, and reaches it as P grows,
 * whatever the value is. The groups are independent of each other and of the batch.
 *
 * <p>One algorithm, several names:
 *
 * <ul>
 *   <li>with {@link Potential#DIFFERENCE}, SMC with soft values (Chopin and Papaspiliopoulos, "An
 *       Introduction to Sequential Monte Carlo", 2020, chapter 10);
 *   <li>with {@link Potential#MAX} and {@link Potential#SUM} as well, Feynman-Kac steering (Singhal
 *       et al. 2025, arXiv 2501.06848), with its interval and start step;
 *   <li>with a guidance, the twisted diffusion sampler (TDS, Wu et al. 2023, arXiv 2306.17775): the
 *       weights make up for the tilt by p(x_s | x_t) / p~(x_s | x_t), both normalised;
 *   <li>with M candidates for each particle, nested importance sampling (Naesseth et al. 2015,
 *       arXiv 1502.02536; Uehara et al. 2025, arXiv 2501.09685): one is kept in proportion to its
 *       weight, and their mean weighs the particle; with P = 1 that is {@link Svdd};
 *   <li>with {@link Potential#NONE} and no resampling, importance sampling, and with {@link
 *       Keep#BEST} best-of-N.
 * </ul>
 *
 * <p>A copy gets the chain number of its slot, and with it the slot's randomness from there on. (A
 * first-hitting process with a denoiser that depends on time draws its times from it too; copies
 * then go on at the times of their slot, which is an approximation.)
 *
 * <p>Log-weights are kept between resamplings: one that is skipped drops nothing. Each value is
 * asked once; copies take that of their parent with them. Costs, for each design: P denoiser rows a
 * step, P M values a scheduled step, P rewards.
 */
public final class ParticleFilter implements Decoder {
    /**
     * How particles are weighted and resampled.
     *
     * @param particles P, at least 1
     * @param candidates M for each particle in a scheduled step, at least 1; P M is at most 65536
     * @param potential how values weigh a particle before the end
     * @param resampling how survivors are chosen
     * @param essThreshold in [0, 1]: a group is resampled where its effective sample size is below
     *     this share of P; 1 for each scheduled step, 0 for never
     * @param interval k, at least 1: steps startStep + k - 1, startStep + 2 k - 1, ..., counted
     *     from 0, are scheduled, that is, ask for values and may resample
     * @param startStep how many steps at the start are never scheduled, at least 0
     * @param keep which particle is the design
     * @param normalised true; false leaves the normalisers of tilted proposals out of the weights,
     *     as the published code of DRAKES does, which is wrong and there to be compared with
     */
    public record Options(
            int particles,
            int candidates,
            Potential potential,
            Resampling resampling,
            double essThreshold,
            int interval,
            int startStep,
            Keep keep,
            boolean normalised) {
        public Options {
            Groups.requireSize(particles, candidates);
            Objects.requireNonNull(potential);
            Objects.requireNonNull(resampling);
            Objects.requireNonNull(keep);
            if (!(essThreshold >= 0 && essThreshold <= 1)) {
                throw new IllegalArgumentException(
                        "essThreshold must be in [0, 1], got " + essThreshold);
            }
            if (interval < 1) {
                throw new IllegalArgumentException("interval must be at least 1, got " + interval);
            }
            if (startStep < 0) {
                throw new IllegalArgumentException(
                        "startStep must be at least 0, got " + startStep);
            }
        }

        /**
         * Returns SMC with soft values: systematic resampling where the effective sample size falls
         * below P / 2, one candidate, each step scheduled, the design drawn by weight.
         *
         * @param particles P, at least 1
         * @return the options
         */
        public static Options defaults(int particles) {
            return new Options(
                    particles,
                    1,
                    Potential.DIFFERENCE,
                    Resampling.SYSTEMATIC,
                    0.5,
                    1,
                    0,
                    Keep.DRAW,
                    true);
        }

        /**
         * Returns these options with nested importance sampling.
         *
         * @param count M, at least 1
         * @return the options
         */
        public Options withCandidates(int count) {
            return new Options(
                    particles,
                    count,
                    potential,
                    resampling,
                    essThreshold,
                    interval,
                    startStep,
                    keep,
                    normalised);
        }

        /**
         * Returns these options with another potential.
         *
         * @param other how values weigh a particle before the end
         * @return the options
         */
        public Options withPotential(Potential other) {
            return new Options(
                    particles,
                    candidates,
                    other,
                    resampling,
                    essThreshold,
                    interval,
                    startStep,
                    keep,
                    normalised);
        }

        /**
         * Returns these options with another resampling.
         *
         * @param scheme how survivors are chosen
         * @param threshold when, in [0, 1]: 1 for each scheduled step, 0 for never
         * @return the options
         */
        public Options withResampling(Resampling scheme, double threshold) {
            return new Options(
                    particles,
                    candidates,
                    potential,
                    scheme,
                    threshold,
                    interval,
                    startStep,
                    keep,
                    normalised);
        }

        /**
         * Returns these options with another schedule.
         *
         * @param every k, at least 1
         * @param start the steps at the start that are never scheduled, at least 0
         * @return the options
         */
        public Options withSchedule(int every, int start) {
            return new Options(
                    particles,
                    candidates,
                    potential,
                    resampling,
                    essThreshold,
                    every,
                    start,
                    keep,
                    normalised);
        }

        /**
         * Returns these options with another choice of the design.
         *
         * @param other which particle is the design
         * @return the options
         */
        public Options withKeep(Keep other) {
            return new Options(
                    particles,
                    candidates,
                    potential,
                    resampling,
                    essThreshold,
                    interval,
                    startStep,
                    other,
                    normalised);
        }

        /**
         * Returns these options with or without the normalisers of tilted proposals.
         *
         * @param correct false for the published form, to compare with
         * @return the options
         */
        public Options withNormalised(boolean correct) {
            return new Options(
                    particles,
                    candidates,
                    potential,
                    resampling,
                    essThreshold,
                    interval,
                    startStep,
                    keep,
                    correct);
        }

        /** Whether values change anything: weights that are never used to choose need none. */
        boolean steers() {
            boolean chooses = candidates > 1 || (particles > 1 && essThreshold > 0);
            return potential != Potential.NONE && chooses;
        }

        boolean schedules(int step) {
            return step >= startStep && (step - startStep + 1) % interval == 0;
        }

        boolean resamples(double effectiveSampleSize) {
            return essThreshold == 1 || effectiveSampleSize < essThreshold * particles;
        }
    }

    private final Options options;
    private final double temperature;
    private final SoftValue value;
    private final SoftValue reward;
    private final Guidance guidance;

    /**
     * Creates the filter.
     *
     * @param options how particles are weighted and resampled
     * @param temperature tau, above 0, in the unit of value and reward
     * @param value promises of noisy states; the nearer to the soft value the less the weights vary
     * @param reward r, scores clean designs
     * @param guidance tilts each step's proposal; {@link Guidance#NONE} for the model's own
     */
    public ParticleFilter(
            Options options,
            double temperature,
            SoftValue value,
            SoftValue reward,
            Guidance guidance) {
        if (!(temperature > 0 && temperature < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "temperature must be above 0 and finite, got " + temperature);
        }
        this.options = options;
        this.temperature = temperature;
        this.value = Objects.requireNonNull(value);
        this.reward = Objects.requireNonNull(reward);
        this.guidance = Objects.requireNonNull(guidance);
    }

    /** With a single particle the reward is not asked. */
    @Override
    public State decode(
            ReverseProcess process,
            long[] sampleIds,
            Randomness noise,
            Ledger ledger,
            NDManager manager,
            StepListener listener) {
        Trajectory.Run run = new Trajectory.Run(process, noise, ledger, listener);
        ParticleRun particles = particles(run, ParticleTrace.NONE, sampleIds);
        if (options.particles() == 1) {
            return walk(run, particles, sampleIds, manager);
        }
        try (NDManager inner = manager.newSubManager()) {
            State designs = walk(run, particles, sampleIds, inner);
            ParticleSystem all = particles.finish(designs, reward);
            int[] kept =
                    Groups.keep(
                            options.keep(),
                            all.rewards(),
                            all.logWeights(),
                            sampleIds,
                            process.steps(),
                            noise);
            return designs.select(kept, manager);
        }
    }

    /**
     * Runs as {@link #decode} does and returns all particles instead of one for each design.
     *
     * @param process the diffusion model
     * @param sampleIds the groups; each depends on its own id alone
     * @param noise the only source of randomness
     * @param ledger where evaluations are counted, batched and saved
     * @param manager owner of the result
     * @param listener told after every step
     * @param trace told of all weights and ancestors
     * @return the weighted particles, in order of the groups
     */
    public ParticleSystem sample(
            ReverseProcess process,
            long[] sampleIds,
            Randomness noise,
            Ledger ledger,
            NDManager manager,
            StepListener listener,
            ParticleTrace trace) {
        Trajectory.Run run = new Trajectory.Run(process, noise, ledger, listener);
        ParticleRun particles = particles(run, trace, sampleIds);
        try (NDManager inner = manager.newSubManager()) {
            State designs = walk(run, particles, sampleIds, inner);
            ParticleSystem all = particles.finish(designs, reward);
            designs.attach(manager);
            return all;
        }
    }

    private ParticleRun particles(Trajectory.Run run, ParticleTrace trace, long[] sampleIds) {
        return new ParticleRun(options, temperature, value, run, trace, sampleIds.clone());
    }

    private State walk(
            Trajectory.Run run, ParticleRun particles, long[] sampleIds, NDManager manager) {
        try (NDManager inner = manager.newSubManager()) { // frees the prior if its value fails
            State prior = run.prior(sampleIds, options.particles(), inner);
            particles.start(prior);
            return Trajectory.walk(run, prior, guidance, manager, particles::next);
        }
    }
}
