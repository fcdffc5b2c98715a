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
 * Soft value-based decoding (SVDD, Li et al. 2024, arXiv 2408.08252, algorithm 1): each step draws
 * M candidates from the model's own transition and keeps one with probability proportional to
 * exp(v(x_s) / tau), v being the soft value. At tau = 0, as in the published code, it keeps the
 * candidate of the highest value, the first on ties.
 *
 * <p>SVDD-PM and SVDD-MC are this decoder with a posterior-mean or a learned value. As M grows, the
 * designs follow p(x0) exp(r(x0) / tau), normalised, if v is the exact soft value.
 *
 * <p>With a guidance the candidates come from a tilted transition instead, and no weight makes up
 * for it; {@link ParticleFilter} does that.
 */
public final class Svdd implements Decoder {
    /**
     * How candidates are drawn and looked at. All but the first two are ways to ask for fewer
     * values; each is off by default, and none changes the addresses of the randomness.
     *
     * @param candidates M, at least 1
     * @param temperature tau, at least 0, in the unit of the value
     * @param interval k, at least 1: steps k, 2 k, ... look ahead, the others draw one candidate
     *     and take it
     * @param screened n in [1, M]: how many of the M candidates, the best by a cheap value, the
     *     value is asked for; M for no screening
     * @param first m0 in [1, M]: how many candidates the value is asked for at first; M for all
     * @param tolerance the other candidates are looked at only if the values of the first m0 differ
     *     by more than this (max - min), in the unit of the value; negative for always
     */
    public record Options(
            int candidates,
            double temperature,
            int interval,
            int screened,
            int first,
            double tolerance) {
        public Options {
            Candidates.require(candidates);
            if (!(temperature >= 0 && temperature < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "temperature must be at least 0 and finite, got " + temperature);
            }
            if (interval < 1) {
                throw new IllegalArgumentException("interval must be at least 1, got " + interval);
            }
            requireShare("screened", screened, candidates);
            requireShare("first", first, candidates);
            if (Double.isNaN(tolerance)) {
                throw new IllegalArgumentException("tolerance must be a number, got NaN");
            }
        }

        private static void requireShare(String name, int count, int candidates) {
            if (count < 1 || count > candidates) {
                throw new IllegalArgumentException(
                        name + " must be in [1, " + candidates + "], got " + count);
            }
        }

        /**
         * Returns plain SVDD: all candidates are looked at in each step.
         *
         * @param candidates M, at least 1
         * @param temperature tau, at least 0
         * @return the options
         */
        public static Options plain(int candidates, double temperature) {
            return new Options(candidates, temperature, 1, candidates, candidates, 0);
        }

        /**
         * Returns these options with another interval.
         *
         * @param steps k, at least 1
         * @return the options
         */
        public Options withInterval(int steps) {
            return new Options(candidates, temperature, steps, screened, first, tolerance);
        }

        /**
         * Returns these options with a cheap value that screens the candidates.
         *
         * @param count n in [1, M]
         * @return the options
         */
        public Options withScreened(int count) {
            return new Options(candidates, temperature, interval, count, first, tolerance);
        }

        /**
         * Returns these options with an adaptive number of candidates.
         *
         * @param count m0 in [1, M]
         * @param spread the tolerance
         * @return the options
         */
        public Options withAdaptive(int count, double spread) {
            return new Options(candidates, temperature, interval, screened, count, spread);
        }
    }

    private final Options options;
    private final CandidateValues values;
    private final Guidance guidance;

    /**
     * Creates the decoder.
     *
     * @param candidates M, at least 1
     * @param temperature tau, at least 0, in the unit of the value
     * @param value the soft value of noisy states
     */
    public Svdd(int candidates, double temperature, SoftValue value) {
        this(Options.plain(candidates, temperature), value, value, Guidance.NONE);
    }

    /**
     * Creates the decoder with all its options.
     *
     * @param options how candidates are drawn and looked at
     * @param value the soft value of noisy states
     * @param screen a cheaper value, asked first if {@link Options#screened()} is less than M
     * @param guidance tilts each step's proposal; {@link Guidance#NONE} for the model's own
     */
    public Svdd(Options options, SoftValue value, SoftValue screen, Guidance guidance) {
        this.options = options;
        this.values = new CandidateValues(options, value, screen);
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
        Trajectory.Run run = new Trajectory.Run(process, noise, ledger, listener);
        return Trajectory.walk(
                run,
                run.prior(sampleIds, 1, manager),
                guidance,
                manager,
                step -> keepOne(run, step));
    }

    /**
     * Decodes the rest of a trajectory.
     *
     * @param process the diffusion model
     * @param x states at time index {@code index}; closed on the way
     * @param index where to go on, in [0, T]
     * @param noise the only source of randomness
     * @param ledger where evaluations are counted, batched and saved
     * @param manager owner of the result
     * @param listener told after every step, by its number in the whole trajectory
     * @return clean designs with the rows of {@code x}
     */
    public State continueFrom(
            ReverseProcess process,
            State x,
            int index,
            Randomness noise,
            Ledger ledger,
            NDManager manager,
            StepListener listener) {
        Trajectory.Run run = new Trajectory.Run(process, noise, ledger, listener);
        return Trajectory.walk(
                run, new Trajectory.Point(x, index), guidance, manager, step -> keepOne(run, step));
    }

    /** Returns M. */
    int candidates() {
        return options.candidates();
    }

    private State keepOne(Trajectory.Run run, Trajectory.Step step) {
        if ((step.index() + 1) % options.interval() != 0) {
            return step.proposal().draw(1, run.noise(), step.scope());
        }
        int count = options.candidates();
        State drawn = step.proposal().draw(count, run.noise(), step.scope());
        if (count == 1) {
            return drawn; // nothing to choose, so no value is asked for
        }
        double[] known = values.of(drawn, step.index() + 1, run, step.scope());
        int[] winners =
                Candidates.choose(
                        drawn, known, count, options.temperature(), step.index(), run.noise());
        return drawn.select(winners, step.scope());
    }
}
