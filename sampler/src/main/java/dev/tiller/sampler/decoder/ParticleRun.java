package dev.tiller.sampler.decoder;

import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.sampler.SoftValue;
import dev.tiller.sampler.State;
import dev.tiller.sampler.numerics.LogSpace;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The particles of one run: their weights, what is remembered of their past, and what becomes of
 * them in a step. Rows g * P + i are particle i of group g.
 */
final class ParticleRun {
    private final ParticleFilter.Options options;
    private final double temperature;
    private final SoftValue value;
    private final Trajectory.Run run;
    private final ParticleTrace trace;
    private final long[] sampleIds;

    /** Since the last resampling; a resampling that is skipped leaves them. */
    private double[] logWeights;

    /** What the potential remembers of the values. */
    private double[] remembered;

    /** The sum of the log potentials so far, to be made up for at the end. */
    private double[] logPotentials;

    private int[] ancestors;
    private final double[] logNormalisers;

    ParticleRun(
            ParticleFilter.Options options,
            double temperature,
            SoftValue value,
            Trajectory.Run run,
            ParticleTrace trace,
            long[] sampleIds) {
        this.options = options;
        this.temperature = temperature;
        this.value = value;
        this.run = run;
        this.trace = trace;
        this.sampleIds = sampleIds;
        int rows = sampleIds.length * options.particles();
        logWeights = new double[rows];
        remembered = new double[rows];
        logPotentials = new double[rows];
        ancestors = IntStream.range(0, rows).map(row -> row % options.particles()).toArray();
        logNormalisers = new double[sampleIds.length];
    }

    /** Starts from the prior. */
    void start(State prior) {
        Arrays.fill(remembered, options.potential().start());
        if (options.steers() && options.potential() == Potential.DIFFERENCE) {
            int first = options.startStep() + options.interval() - 1;
            if (first < run.process().steps()) {
                remembered = value.estimate(prior, 0, run.ledger(), run.noise()).clone();
                Candidates.requireFinite(remembered);
            }
        }
    }

    /** Draws the candidates of a step, keeps one for each particle, weights and resamples. */
    State next(Trajectory.Step step) {
        boolean scheduled = options.schedules(step.index());
        int count = scheduled ? options.candidates() : 1;
        NDManager scope = step.scope();
        State drawn = step.proposal().draw(count, run.noise(), scope);
        double[] local = logRatios(step, drawn, count);
        double[] known = null;
        if (scheduled && options.steers()) {
            known = remember(drawn, step.index() + 1, count);
            for (int i = 0; i < local.length; i++) {
                local[i] += known[i] / temperature;
            }
        }
        if (count == 1) {
            weight(local, known, 1, null);
            return scheduled ? resample(drawn, step) : drawn;
        }
        int[] winners = Candidates.draw(drawn, local, count, step.index(), run.noise());
        weight(local, known, count, winners);
        return resample(drawn.select(winners, scope), step);
    }

    /** Returns what would be remembered with each candidate's value. */
    private double[] remember(State drawn, int index, int count) {
        double[] values = value.estimate(drawn, index, run.ledger(), run.noise());
        Candidates.requireFinite(values);
        double[] known = new double[values.length];
        Arrays.setAll(known, i -> options.potential().remember(remembered[i / count], values[i]));
        return known;
    }

    /** Returns log p(x_s | x_t) - log p~(x_s | x_t) of each candidate. */
    private double[] logRatios(Trajectory.Step step, State drawn, int count) {
        double[] ratios = new double[drawn.rows()];
        if (step.proposal() == step.plain()) {
            return ratios;
        }
        double[] omitted = new double[ratios.length / count];
        if (!options.normalised()) {
            // of staying where one is the tilted weight is the plain one, but for the normaliser
            omitted = logRatio(step, step.x());
            requireStaying(omitted);
        }
        for (int m = 0; m < count; m++) {
            int candidate = m;
            int[] rows =
                    IntStream.range(0, omitted.length).map(b -> b * count + candidate).toArray();
            State next = count == 1 ? drawn : drawn.select(rows, step.scope());
            double[] some = logRatio(step, next);
            for (int b = 0; b < rows.length; b++) {
                ratios[rows[b]] = some[b] - omitted[b];
            }
        }
        return ratios;
    }

    private static void requireStaying(double[] omitted) {
        if (Arrays.stream(omitted).anyMatch(Double::isNaN)) {
            throw new IllegalArgumentException(
                    "weights without normalisers must have steps in which nothing may change, got"
                            + " one in which something must; use ancestral steps that end after"
                            + " time 0");
        }
    }

    private static double[] logRatio(Trajectory.Step step, State next) {
        double[] plain = step.plain().logProbability(next);
        double[] tilted = step.proposal().logProbability(next);
        Arrays.setAll(plain, row -> plain[row] - tilted[row]);
        return plain;
    }

    /** Adds the log of the mean of the candidates' weights to that of their particle. */
    private void weight(double[] local, double[] known, int count, int[] winners) {
        for (int row = 0; row < logWeights.length; row++) {
            double[] group = Arrays.copyOfRange(local, row * count, (row + 1) * count);
            double increment = LogSpace.logSumExp(group) - StrictMath.log(count);
            if (known != null) {
                double reference = options.potential().reference(remembered[row]) / temperature;
                increment -= reference;
                remembered[row] = known[winners == null ? row : winners[row]];
                logPotentials[row] += remembered[row] / temperature - reference;
            }
            logWeights[row] += increment;
        }
    }

    private State resample(State kept, Trajectory.Step step) {
        int particles = options.particles();
        int[] rows = IntStream.range(0, kept.rows()).toArray();
        boolean moved = false;
        double[] uniforms = new double[particles];
        for (int group = 0; group < sampleIds.length; group++) {
            double[] weights = groupWeights(group);
            double size = tell(group, step.index(), weights);
            if (options.resamples(size)) {
                long id = sampleIds[group];
                run.noise().fill(id, step.index(), Purpose.RESAMPLING, 0, uniforms);
                int[] chosen = options.resampling().ancestors(weights, uniforms);
                trace.resampled(id, step.index(), chosen.clone());
                logNormalisers[group] += LogSpace.logSumExp(weights) - StrictMath.log(particles);
                int first = group * particles;
                Arrays.fill(logWeights, first, first + particles, 0);
                for (int slot = 0; slot < particles; slot++) {
                    rows[first + slot] = first + chosen[slot];
                }
                moved = true;
            }
        }
        if (!moved) {
            return kept;
        }
        remembered = Arrays.stream(rows).mapToDouble(row -> remembered[row]).toArray();
        logPotentials = Arrays.stream(rows).mapToDouble(row -> logPotentials[row]).toArray();
        ancestors = Arrays.stream(rows).map(row -> ancestors[row]).toArray();
        // numbered anew, so that copies of one particle go different ways
        int[] numbers = IntStream.range(0, rows.length).map(row -> row % particles).toArray();
        return kept.select(rows, numbers, step.scope());
    }

    private double[] groupWeights(int group) {
        int first = group * options.particles();
        double[] weights = Arrays.copyOfRange(logWeights, first, first + options.particles());
        for (int slot = 0; slot < weights.length; slot++) {
            if (!Double.isFinite(weights[slot])) {
                throw new IllegalStateException(
                        "log-weights must be finite, got "
                                + weights[slot]
                                + " for particle "
                                + slot
                                + " of sample "
                                + sampleIds[group]);
            }
        }
        return weights;
    }

    /** Tells the listeners of a group's weights and returns its effective sample size. */
    private double tell(int group, int step, double[] weights) {
        double[] doubled = Arrays.stream(weights).map(w -> 2 * w).toArray();
        double logSize = 2 * LogSpace.logSumExp(weights) - LogSpace.logSumExp(doubled);
        double size = Math.max(1, Math.min(weights.length, StrictMath.exp(logSize)));
        int first = group * options.particles();
        long distinct = Arrays.stream(ancestors, first, first + weights.length).distinct().count();
        trace.weighted(sampleIds[group], step, weights.clone());
        run.listener().particlesWeighted(sampleIds[group], size, (int) distinct);
        return size;
    }

    /** Weights the clean designs, so that all weights of each make exp(r / tau). */
    ParticleSystem finish(State designs, SoftValue reward) {
        int steps = run.process().steps();
        double[] rewards = reward.estimate(designs, steps, run.ledger(), run.noise());
        Candidates.requireFinite(rewards);
        for (int row = 0; row < logWeights.length; row++) {
            logWeights[row] += rewards[row] / temperature - logPotentials[row];
        }
        for (int group = 0; group < sampleIds.length; group++) {
            double[] weights = groupWeights(group);
            tell(group, steps, weights);
            logNormalisers[group] +=
                    LogSpace.logSumExp(weights) - StrictMath.log(options.particles());
        }
        return new ParticleSystem(designs, rewards, logWeights, ancestors, logNormalisers);
    }
}
