package dev.tiller.sampler.decoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.Guidance;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.sampler.ReverseProcess;
import dev.tiller.sampler.SoftValue;
import dev.tiller.sampler.StepListener;
import dev.tiller.sampler.decoder.ParticleFilter.Options;
import dev.tiller.sampler.exact.ChiSquare;
import dev.tiller.sampler.exact.ExactLaw;
import dev.tiller.sampler.exact.ExactValue;
import dev.tiller.sampler.exact.TableChain;
import dev.tiller.sampler.exact.TableDenoiser;
import dev.tiller.sampler.exact.TableGuidance;
import dev.tiller.sampler.exact.TableRuns;
import dev.tiller.sampler.masked.FirstHitting;
import dev.tiller.sampler.masked.MaskedDiffusion;
import dev.tiller.sampler.schedule.LogLinear;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Particle methods against p(x0) exp(r(x0) / tau), normalised. The value is wrong on purpose: half
 * of the exact one plus an arbitrary function of state and time; the target may not depend on it.
 */
class ParticleFilterExactIT {
    private static final int STEPS = 4;
    private static final long SEED = 41;
    private static final double END = 1e-5;
    private static final double TAU = 0.4;
    private static final int BATCH = 500;
    private static final double[] REWARDS = table(98);
    private static final TableChain CHAIN = new TableChain(2024, false);
    private static final TableGuidance GUIDANCE = new TableGuidance(7, 1.2);

    private static NDManager manager;

    private enum Walk {
        ANCESTRAL,
        HITTING;

        List<double[][]> kernels() {
            List<double[][]> kernels =
                    new ArrayList<>(
                            this == ANCESTRAL
                                    ? CHAIN.ancestral(STEPS, END)
                                    : Collections.nCopies(STEPS, CHAIN.firstHit()));
            kernels.add(CHAIN.mode(END));
            return kernels;
        }

        ReverseProcess process() {
            TableDenoiser denoiser = new TableDenoiser(CHAIN);
            LogLinear schedule = new LogLinear(1e-3);
            MaskedDiffusion.Options steps = MaskedDiffusion.Options.published(STEPS);
            return this == ANCESTRAL
                    ? new MaskedDiffusion(denoiser, schedule, STEPS, manager, steps)
                    : new FirstHitting(denoiser, schedule, STEPS, manager);
        }

        double[] law() {
            return ExactLaw.forward(kernels());
        }

        double[] target() {
            return ExactLaw.tilted(law(), REWARDS, TAU);
        }

        /** Z = E[exp(r / tau)]. */
        double normaliser() {
            double[] law = law();
            return IntStream.range(0, law.length)
                    .mapToDouble(x -> law[x] * Math.exp(REWARDS[x] / TAU))
                    .sum();
        }

        SoftValue roughValue() {
            ExactValue exact = ExactValue.of(kernels(), REWARDS, TAU);
            double[] other = table(99);
            return (x, index, ledger, noise) -> {
                int[] states = TableRuns.numbers(x);
                double[] values = exact.estimate(x, index, ledger, noise);
                double swing = 0.1 * (index % 3);
                Arrays.setAll(values, i -> 0.5 * values[i] + swing * other[states[i]]);
                return values;
            };
        }

        ParticleFilter filter(Options options, Guidance guidance) {
            SoftValue reward = ExactValue.ofTable(REWARDS);
            return new ParticleFilter(options, TAU, roughValue(), reward, guidance);
        }
    }

    private static double[] table(long seed) {
        double[] table = new double[TableChain.STATES];
        Philox noise = new Philox(seed);
        Arrays.setAll(table, x -> noise.uniform(x, 0, Purpose.TRAINING_INPUT, 0));
        return table;
    }

    @BeforeAll
    static void open() {
        manager = NDManager.newBaseManager();
    }

    @AfterAll
    static void close() {
        manager.close();
    }

    /** One group: its estimate of Z, and its weights summed for each design. */
    private record Group(double normaliser, double[] shares) {}

    private static List<Group> groups(ParticleFilter filter, Walk walk, int n) {
        ReverseProcess process = walk.process();
        return IntStream.range(0, (n + BATCH - 1) / BATCH)
                .parallel()
                .mapToObj(i -> LongStream.range((long) i * BATCH, Math.min(n, (i + 1) * BATCH)))
                .map(ids -> groups(filter, process, ids.toArray()))
                .flatMap(List::stream)
                .toList();
    }

    private static List<Group> groups(ParticleFilter filter, ReverseProcess process, long[] ids) {
        List<Group> groups = new ArrayList<>();
        try (Ledger ledger = new Ledger(TableRuns.ORDINARY);
                ParticleSystem all =
                        filter.sample(
                                process,
                                ids,
                                new Philox(SEED),
                                ledger,
                                manager,
                                StepListener.NONE,
                                ParticleTrace.NONE)) {
            int[] designs = TableRuns.numbers(all.designs());
            int particles = designs.length / ids.length;
            for (int g = 0; g < ids.length; g++) {
                double[] shares = new double[TableChain.STATES];
                double sum = 0;
                for (int row = g * particles; row < (g + 1) * particles; row++) {
                    double weight = Math.exp(all.logWeights()[row]);
                    shares[designs[row]] += weight;
                    sum += weight;
                }
                double total = sum;
                Arrays.setAll(shares, x -> shares[x] / total);
                groups.add(new Group(Math.exp(all.logNormalisers()[g]), shares));
            }
        }
        return groups;
    }

    /**
     * For any P, the mean over groups of Z' f' is Z E[f] without bias, Z' being the group's
     * estimate of Z and f' its weighted mean of f. Here for 14 functions f: 1, the reward, and each
     * letter at each position. Returns the largest |z|; 14 of a correct sampler are all below 5.5
     * but with a chance of 6e-7.
     */
    private static double largestDeviation(String what, Options options, Walk walk, Guidance pull) {
        int n = 1000;
        List<Group> groups = groups(walk.filter(options, pull), walk, n);
        double largest = 0;
        for (double[] f : functions()) {
            double expected = walk.normaliser() * dot(f, walk.target());
            double[] all =
                    groups.stream().mapToDouble(g -> g.normaliser() * dot(f, g.shares())).toArray();
            double mean = Arrays.stream(all).average().orElseThrow();
            double variance = Arrays.stream(all).map(x -> (x - mean) * (x - mean)).sum() / (n - 1);
            largest = Math.max(largest, Math.abs(mean - expected) / Math.sqrt(variance / n));
        }
        System.err.printf("%s: largest |z| %.2f%n", what, largest);
        return largest;
    }

    private static List<double[]> functions() {
        List<double[]> functions = new ArrayList<>();
        double[] one = new double[TableChain.STATES];
        Arrays.fill(one, 1);
        functions.add(one);
        functions.add(REWARDS);
        for (int position = 0; position < TableChain.LENGTH; position++) {
            for (int letter = 0; letter < TableChain.LETTERS; letter++) {
                double[] f = new double[TableChain.STATES];
                for (int x = 0; x < f.length; x++) {
                    f[x] = TableChain.token(x, position) == letter ? 1 : 0;
                }
                functions.add(f);
            }
        }
        return functions;
    }

    private static double dot(double[] a, double[] b) {
        return IntStream.range(0, a.length).mapToDouble(i -> a[i] * b[i]).sum();
    }

    private static void requireUnbiased(String what, Options options, Walk walk, Guidance pull) {
        double z = largestDeviation(what + ", " + walk, options, walk, pull);
        assertTrue(z < 5.5, what + " is biased: z = " + z);
    }

    /** Some resamplings are skipped and some are not, so weights have to be carried over. */
    private static final Options THREE =
            Options.defaults(3).withResampling(Resampling.SYSTEMATIC, 0.9);

    @ParameterizedTest
    @EnumSource
    void isUnbiasedWithEachPotential(Potential potential) {
        for (Walk walk : Walk.values()) {
            Options options = THREE.withPotential(potential);
            requireUnbiased("SMC " + potential, options, walk, Guidance.NONE);
        }
    }

    @ParameterizedTest
    @EnumSource
    void isUnbiasedWithEachResampling(Resampling scheme) {
        Options options = THREE.withResampling(scheme, 1);
        requireUnbiased("SMC " + scheme, options, Walk.ANCESTRAL, Guidance.NONE);
    }

    @Test
    void isUnbiasedWithOtherSchedules() {
        Options every = Options.defaults(3).withResampling(Resampling.SYSTEMATIC, 1);
        Options second = every.withSchedule(2, 0);
        requireUnbiased("SMC, k = 2", second, Walk.HITTING, Guidance.NONE);
        Options late = every.withPotential(Potential.MAX).withSchedule(2, 1);
        requireUnbiased("FK MAX, k = 2 from 1", late, Walk.ANCESTRAL, Guidance.NONE);
        Options never = THREE.withResampling(Resampling.RESIDUAL, 0);
        requireUnbiased("importance sampling", never, Walk.ANCESTRAL, Guidance.NONE);
    }

    @Test
    void isUnbiasedWithCandidates() {
        Options nested = THREE.withCandidates(3);
        requireUnbiased("nested, M = 3", nested, Walk.ANCESTRAL, Guidance.NONE);
        Options one = Options.defaults(1).withCandidates(3);
        requireUnbiased("nested, P = 1", one, Walk.HITTING, Guidance.NONE);
        Options sum = THREE.withCandidates(2).withPotential(Potential.SUM).withSchedule(2, 0);
        requireUnbiased("nested, SUM", sum, Walk.ANCESTRAL, Guidance.NONE);
        requireUnbiased("nested TDS, M = 2", THREE.withCandidates(2), Walk.HITTING, GUIDANCE);
        requireUnbiased("nested TDS, M = 2", THREE.withCandidates(2), Walk.ANCESTRAL, GUIDANCE);
    }

    @Test
    void isUnbiasedWithGuidance() {
        requireUnbiased("TDS", THREE, Walk.ANCESTRAL, GUIDANCE);
        requireUnbiased("TDS", THREE, Walk.HITTING, GUIDANCE);
        requireUnbiased("TDS, k = 2", THREE.withSchedule(2, 0), Walk.ANCESTRAL, GUIDANCE);
        Options none = THREE.withPotential(Potential.NONE);
        requireUnbiased("TDS, no potential", none, Walk.ANCESTRAL, GUIDANCE);
    }

    /** The published form of TDS leaves out the normaliser of the tilt, and it shows. */
    @Test
    void withoutTheNormaliserItIsBiased() {
        Options published = THREE.withNormalised(false);
        double z = largestDeviation("TDS, no normaliser", published, Walk.ANCESTRAL, GUIDANCE);
        assertTrue(z > 7, "z = " + z);
        ParticleFilter filter = Walk.HITTING.filter(published, GUIDANCE);
        assertEquals(
                "weights without normalisers must have steps in which nothing may change, got one"
                        + " in which something must; use ancestral steps that end after time 0",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> groups(filter, Walk.HITTING.process(), new long[] {0}))
                        .getMessage());
    }

    /**
     * n = 1200 groups of P = 32, one design of each; chi-square, false alarm 1e-6 each. The bias of
     * order 1 / P is far below what n designs can tell.
     */
    @ParameterizedTest
    @ValueSource(strings = {"SMC", "FK MAX", "FK SUM", "TDS", "nested", "TDS without normaliser"})
    void designsOfManyParticlesFollowTheTarget(String name) {
        Options options = Options.defaults(32);
        Guidance guidance = Guidance.NONE;
        switch (name) {
            case "FK MAX" -> options = options.withPotential(Potential.MAX);
            case "FK SUM" -> options = options.withPotential(Potential.SUM).withSchedule(2, 0);
            case "nested" -> options = Options.defaults(16).withCandidates(2);
            case "TDS" -> guidance = GUIDANCE;
            case "TDS without normaliser" -> {
                guidance = GUIDANCE;
                options = options.withNormalised(false);
            }
            default -> assertEquals("SMC", name);
        }
        Walk walk = Walk.ANCESTRAL;
        long[] counts =
                TableRuns.histogram(
                        walk.filter(options, guidance), walk.process(), 1200, SEED, manager);
        if (options.normalised()) {
            ChiSquare.assertFits(name, counts, walk.target());
            ChiSquare.assertRejects(name + ", against the model", counts, walk.law());
        } else {
            ChiSquare.assertRejects(name, counts, walk.target());
        }
    }

    /**
     * The bias of a design is of order 1 / P. The law of a design is the mean of its group's
     * weighted particles, here over 24,000 / P groups.
     */
    @Test
    void theDistanceToTheTargetFallsAsOneOverP() {
        Walk walk = Walk.ANCESTRAL;
        double[] distances = new double[4];
        for (int i = 0; i < distances.length; i++) {
            int particles = 1 << i;
            Options options = Options.defaults(particles);
            List<Group> groups =
                    groups(walk.filter(options, Guidance.NONE), walk, 24_000 / particles);
            double[] shares = new double[TableChain.STATES];
            for (Group group : groups) {
                for (int x = 0; x < shares.length; x++) {
                    shares[x] += group.shares()[x] / groups.size();
                }
            }
            distances[i] = ExactLaw.totalVariation(shares, walk.target());
            System.err.printf("TV to the target, P = %d: %.4f%n", particles, distances[i]);
        }
        assertEquals(ExactLaw.totalVariation(walk.law(), walk.target()), distances[0], 0.02);
        for (int i = 1; i < distances.length; i++) {
            assertTrue(distances[i] < 0.75 * distances[i - 1]);
        }
    }

    /** Weights that are kept but never used add up to exp(r / tau), whatever the potential. */
    @ParameterizedTest
    @EnumSource
    void theLastWeightMakesUpForThePotentials(Potential potential) {
        Options options =
                Options.defaults(5)
                        .withPotential(potential)
                        .withResampling(Resampling.SYSTEMATIC, 1e-9);
        Walk walk = Walk.ANCESTRAL;
        try (Ledger ledger = new Ledger(TableRuns.ORDINARY);
                ParticleSystem all =
                        walk.filter(options, Guidance.NONE)
                                .sample(
                                        walk.process(),
                                        new long[] {3, 4},
                                        new Philox(SEED),
                                        ledger,
                                        manager,
                                        StepListener.NONE,
                                        ParticleTrace.NONE)) {
            int[] designs = TableRuns.numbers(all.designs());
            double[] expected = Arrays.stream(designs).mapToDouble(x -> REWARDS[x]).toArray();
            assertArrayEquals(expected, all.rewards());
            Arrays.setAll(expected, row -> expected[row] / TAU);
            assertArrayEquals(expected, all.logWeights(), 1e-12);
            assertArrayEquals(new int[] {0, 1, 2, 3, 4, 0, 1, 2, 3, 4}, all.ancestors());
        }
    }
}
