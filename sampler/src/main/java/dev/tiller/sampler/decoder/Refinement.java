package dev.tiller.sampler.decoder;

import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.Decoder;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.sampler.ReverseProcess;
import dev.tiller.sampler.SoftValue;
import dev.tiller.sampler.State;
import dev.tiller.sampler.StepListener;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Iterative refinement (RERD, Uehara et al. 2025, arXiv 2502.14944): designs are noised again in
 * part, decoded again by SVDD, and kept or replaced; round after round. What one guided decoding
 * has got wrong, a later round can mend.
 *
 * <p>Each sample has one or more lineages. After a round the lineages of a sample may be resampled
 * in proportion to exp(r / tau), the paper's global selection, within the sample; at the end the
 * lineage of the highest reward is the design, the first on ties. A sample whose best lineage has
 * reached the target is left alone, and costs nothing more.
 *
 * <p>The start has the randomness of the run, so without rounds its designs are those of the start
 * alone; round r has branch r. So a refinement is no good start of another one.
 */
public final class Refinement implements Decoder {
    /**
     * How designs are refined.
     *
     * @param rounds R, at least 0
     * @param renoising how far designs are noised in each round
     * @param acceptance whether a new design replaces the old one
     * @param lineages P, designs that are refined for each sample, in [1, 2^10]
     * @param resampling tau of the resampling between rounds, above 0; infinite for none
     * @param target reward at which a sample is done; infinite to go on to the last round
     */
    public record Options(
            int rounds,
            Renoising renoising,
            Acceptance acceptance,
            int lineages,
            double resampling,
            double target) {
        public Options {
            if (rounds < 0) {
                throw new IllegalArgumentException("rounds must be at least 0, got " + rounds);
            }
            if (lineages < 1 || lineages > 1 << 10) {
                throw new IllegalArgumentException(
                        "lineages must be in [1, 1024], got " + lineages);
            }
            if (!(resampling > 0)) {
                throw new IllegalArgumentException("resampling must be above 0, got " + resampling);
            }
            if (Double.isNaN(target)) {
                throw new IllegalArgumentException("target must be a number, got NaN");
            }
        }

        /**
         * Returns one lineage that takes what is not worse, without a target: on rewards of few
         * levels the best rule of those tried.
         *
         * @param rounds R, at least 0
         * @param renoising how far designs are noised in each round
         * @return the options
         */
        public static Options of(int rounds, Renoising renoising) {
            double never = Double.POSITIVE_INFINITY;
            return new Options(rounds, renoising, Acceptance.notWorse(), 1, never, never);
        }

        /**
         * Returns these options with a target.
         *
         * @param reward at which a sample is done
         * @return the options
         */
        public Options until(double reward) {
            return new Options(rounds, renoising, acceptance, lineages, resampling, reward);
        }
    }

    private final Decoder start;
    private final Svdd svdd;
    private final SoftValue reward;
    private final Options options;

    /**
     * Creates the decoder.
     *
     * @param start makes the designs that are refined; given ones come from {@link Start#decoder}
     * @param svdd decodes what was noised; one candidate is unguided decoding
     * @param reward scores clean designs
     * @param options how designs are refined
     */
    public Refinement(Decoder start, Svdd svdd, SoftValue reward, Options options) {
        if ((long) options.lineages() * svdd.candidates() > Candidates.LARGEST) {
            throw new IllegalArgumentException(
                    "lineages * candidates must be at most "
                            + Candidates.LARGEST
                            + ", got "
                            + options.lineages()
                            + " * "
                            + svdd.candidates());
        }
        this.start = start;
        this.svdd = svdd;
        this.reward = reward;
        this.options = options;
    }

    @Override
    public State decode(
            ReverseProcess process,
            long[] sampleIds,
            Randomness noise,
            Ledger ledger,
            NDManager manager,
            StepListener listener) {
        int index = options.renoising().index(process);
        Progress progress = new Progress(listener, options, process.steps() - index);
        try (NDManager run = manager.newSubManager()) {
            Run work = new Run(process, noise, ledger, progress);
            Lineages lineages = work.begin(sampleIds, run);
            for (int round = 1; round <= options.rounds(); round++) {
                int[] rows = lineages.below(options.target());
                if (rows.length > 0) {
                    lineages = work.refine(lineages, rows, round, index, run);
                }
            }
            progress.end();
            return lineages.best(manager);
        }
    }

    /** What the rounds of one decoding have in common. */
    private final class Run {
        private final ReverseProcess process;
        private final Randomness noise;
        private final Ledger ledger;
        private final Progress progress;

        Run(ReverseProcess process, Randomness noise, Ledger ledger, Progress progress) {
            this.process = process;
            this.noise = noise;
            this.ledger = ledger;
            this.progress = progress;
        }

        private double[] score(State designs, Randomness numbers) {
            double[] scores = reward.estimate(designs, process.steps(), ledger, numbers);
            Candidates.requireFinite(scores);
            return scores;
        }

        /** Returns the designs of the start, owned by {@code run}. */
        Lineages begin(long[] sampleIds, NDManager run) {
            int count = options.lineages();
            try (NDManager scope = run.newSubManager()) {
                List<State> starts = new ArrayList<>(count);
                for (int lineage = 0; lineage < count; lineage++) {
                    Randomness own = lineage == 0 ? noise : noise.branch(0).branch(lineage);
                    StepListener told = progress.start(lineage);
                    starts.add(start.decode(process, sampleIds, own, ledger, scope, told));
                }
                int samples = sampleIds.length;
                int[] rows =
                        IntStream.range(0, samples * count)
                                .map(row -> row % count * samples + row / count)
                                .toArray();
                int[] numbers = IntStream.range(0, rows.length).map(i -> i % count).toArray();
                State all = State.concat(starts, scope).select(rows, numbers, run);
                return new Lineages(all, score(all, noise), count);
            }
        }

        /** Makes one round of some rows; closes the lineages it is given. */
        Lineages refine(Lineages old, int[] rows, int round, int index, NDManager run) {
            Randomness numbers = noise.branch(round);
            double[] rewards = old.rewards().clone();
            try (NDManager scope = run.newSubManager()) {
                State current = old.designs().select(rows, scope);
                State noisy = options.renoising().apply(process, current, numbers, scope);
                State drawn =
                        svdd.continueFrom(
                                process,
                                noisy,
                                index,
                                numbers,
                                ledger,
                                scope,
                                progress.round(round, index));
                double[] proposed = score(drawn, numbers);
                // the step after the last one: no other draw has this address
                int step = process.steps();
                int[] taken = IntStream.range(0, rewards.length).toArray();
                for (int i = 0; i < rows.length; i++) {
                    double uniform =
                            numbers.uniform(
                                    drawn.sampleId(i), step, Purpose.SELECTION, drawn.chain(i));
                    int row = rows[i];
                    if (options.acceptance().accepts(rewards[row], proposed[i], uniform)) {
                        taken[row] = rewards.length + i;
                        rewards[row] = proposed[i];
                    }
                }
                int[] parents = parents(old, rows, rewards, numbers);
                State both = State.concat(List.of(old.designs(), drawn), scope);
                int[] next = Arrays.stream(parents).map(parent -> taken[parent]).toArray();
                double[] scores = Arrays.stream(parents).mapToDouble(p -> rewards[p]).toArray();
                State designs = both.select(next, old.designs().chains(), run);
                old.designs().close();
                return new Lineages(designs, scores, options.lineages());
            }
        }

        /** Returns the row that each row comes from: itself, unless its sample is resampled. */
        private int[] parents(Lineages old, int[] rows, double[] rewards, Randomness numbers) {
            int count = options.lineages();
            int[] parents = IntStream.range(0, rewards.length).toArray();
            if (count == 1 || options.resampling() == Double.POSITIVE_INFINITY) {
                return parents;
            }
            for (int i = 0; i < rows.length; i += count) {
                int first = rows[i];
                long id = old.designs().sampleId(first);
                double u = numbers.uniform(id, 0, Purpose.RESAMPLING, 0);
                double[] own = Arrays.copyOfRange(rewards, first, first + count);
                int[] kept = Lineages.resample(own, options.resampling(), u);
                for (int k = 0; k < count; k++) {
                    parents[first + k] = first + kept[k];
                }
            }
            return parents;
        }
    }

    /** Counts the steps of the start and of all rounds as those of one run. */
    private static final class Progress {
        private final StepListener listener;
        private final Options options;
        private final int stepsOfRound;
        private int stepsOfStart;
        private int done;

        Progress(StepListener listener, Options options, int stepsOfRound) {
            this.listener = listener;
            this.options = options;
            this.stepsOfRound = stepsOfRound;
        }

        private int total() {
            return stepsOfStart * options.lineages() + options.rounds() * stepsOfRound;
        }

        StepListener start(int lineage) {
            return new StepListener() {
                @Override
                public void stepDone(int step, int total) {
                    stepsOfStart = total;
                    tell(lineage * total + step);
                }

                @Override
                public void particlesWeighted(long sampleId, double size, int ancestors) {
                    listener.particlesWeighted(sampleId, size, ancestors);
                }
            };
        }

        StepListener round(int round, int index) {
            int before = stepsOfStart * options.lineages() + (round - 1) * stepsOfRound;
            return (step, total) -> tell(before + step - index);
        }

        private void tell(int steps) {
            done = steps;
            listener.stepDone(done, total());
        }

        /** What was not needed any more is done too. */
        void end() {
            if (done < total()) {
                tell(total());
            }
        }
    }
}
