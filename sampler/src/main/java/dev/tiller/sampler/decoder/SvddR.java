package dev.tiller.sampler.decoder;

import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.Decoder;
import dev.tiller.sampler.Guidance;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.sampler.ReverseProcess;
import dev.tiller.sampler.SoftValue;
import dev.tiller.sampler.State;
import dev.tiller.sampler.StepListener;
import dev.tiller.sampler.numerics.Categorical;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * SVDD with global resampling (SVDD-R, Li et al. 2024, arXiv 2408.08252, algorithm 2): P particles
 * for each design walk as in {@link Svdd}, and after each step the worst of the group, by value,
 * are replaced by draws from the group in proportion to exp(v / tau), or at tau = 0 by copies of
 * its best.
 *
 * <p>A heuristic: no weights make up for the replacement, so the designs follow no known
 * distribution. {@link ParticleFilter} with several candidates is the form that does. Here the
 * groups are independent, where the paper resamples the whole batch; it replaces the worst 3 to 5
 * per cent.
 */
public final class SvddR implements Decoder {
    /**
     * Sizes and shares.
     *
     * @param particles P, particles for each design, at least 1
     * @param candidates M, candidates for each particle, at least 1; P M is at most 65536
     * @param temperature tau, at least 0, in the unit of the value
     * @param replaced rho in [0, 1]: the share of the group that is replaced, rounded down but at
     *     least one particle; 0 for none
     * @param keep which particle is the design; {@link Keep#DRAW} draws each with equal chance
     */
    public record Options(
            int particles, int candidates, double temperature, double replaced, Keep keep) {
        public Options {
            Groups.requireSize(particles, candidates);
            if (!(temperature >= 0 && temperature < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "temperature must be at least 0 and finite, got " + temperature);
            }
            if (!(replaced >= 0 && replaced <= 1)) {
                throw new IllegalArgumentException("replaced must be in [0, 1], got " + replaced);
            }
            Objects.requireNonNull(keep);
        }

        /** Returns how many particles of a group are replaced. */
        int replacedCount() {
            return replaced == 0 ? 0 : Math.max(1, (int) (replaced * particles));
        }
    }

    private final Options options;
    private final SoftValue value;
    private final SoftValue reward;

    /**
     * Creates the decoder.
     *
     * @param options sizes and shares
     * @param value the soft value of noisy states
     * @param reward scores clean designs; asked only to keep the best of several
     */
    public SvddR(Options options, SoftValue value, SoftValue reward) {
        this.options = options;
        this.value = Objects.requireNonNull(value);
        this.reward = Objects.requireNonNull(reward);
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
                            run.prior(sampleIds, options.particles(), inner),
                            Guidance.NONE,
                            inner,
                            step -> next(run, step));
            double[] scores = new double[designs.rows()];
            if (options.keep() == Keep.BEST && options.particles() > 1) {
                scores = reward.estimate(designs, process.steps(), ledger, noise);
                Candidates.requireFinite(scores);
            }
            int[] kept =
                    Groups.keep(options.keep(), scores, scores, sampleIds, process.steps(), noise);
            return designs.select(kept, manager);
        }
    }

    private State next(Trajectory.Run run, Trajectory.Step step) {
        int count = options.candidates();
        State drawn = step.proposal().draw(count, run.noise(), step.scope());
        double[] values = value.estimate(drawn, step.index() + 1, run.ledger(), run.noise());
        Candidates.requireFinite(values);
        int[] winners =
                Candidates.choose(
                        drawn, values, count, options.temperature(), step.index(), run.noise());
        int[] chains = new int[winners.length];
        Arrays.setAll(chains, row -> row % options.particles());
        if (options.replacedCount() > 0) {
            double[] won = Arrays.stream(winners).mapToDouble(row -> values[row]).toArray();
            int[] old = winners.clone();
            for (int first = 0; first < won.length; first += options.particles()) {
                double[] group = Arrays.copyOfRange(won, first, first + options.particles());
                long id = drawn.sampleId(first * count);
                int[] sources = sources(group, id, step.index(), run.noise());
                for (int slot = 0; slot < sources.length; slot++) {
                    winners[first + slot] = old[first + sources[slot]];
                }
            }
        }
        return drawn.select(winners, chains, step.scope());
    }

    /**
     * Returns the particle that each slot goes on with: itself, or a draw in place of a bad one.
     */
    private int[] sources(double[] values, long id, int step, Randomness noise) {
        int count = values.length;
        int[] sources = IntStream.range(0, count).toArray();
        int[] worst =
                IntStream.range(0, count)
                        .boxed()
                        .sorted(Comparator.comparingDouble(slot -> values[slot]))
                        .limit(options.replacedCount())
                        .mapToInt(Integer::intValue)
                        .toArray();
        double[] uniforms = new double[count];
        double tau = options.temperature();
        double[] logWeights = Arrays.stream(values).map(v -> v / tau).toArray();
        for (int slot : worst) {
            if (tau == 0) {
                sources[slot] = Candidates.best(values, count)[0];
            } else {
                noise.fill(id, step, Purpose.RESAMPLING, slot, uniforms);
                sources[slot] = Categorical.draw(logWeights, uniforms, 0);
            }
        }
        return sources;
    }
}
