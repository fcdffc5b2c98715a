package dev.tiller.sampler.decoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.Decoder;
import dev.tiller.sampler.Guidance;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.sampler.ReverseProcess;
import dev.tiller.sampler.SoftValue;
import dev.tiller.sampler.StepListener;
import dev.tiller.sampler.decoder.ParticleFilter.Options;
import dev.tiller.sampler.exact.ExactValue;
import dev.tiller.sampler.exact.TableChain;
import dev.tiller.sampler.exact.TableDenoiser;
import dev.tiller.sampler.exact.TableRuns;
import dev.tiller.sampler.masked.FirstHitting;
import dev.tiller.sampler.masked.MaskedDiffusion;
import dev.tiller.sampler.schedule.LogLinear;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a particle filter asks, tells and keeps, and the methods that it has as special cases. */
class ParticleFilterIT {
    private static final int STEPS = 6;
    private static final long SEED = 51;
    private static final double TAU = 0.3;
    private static final double[] TABLE = table();
    private static final SoftValue VALUE = ExactValue.ofTable(TABLE);
    private static final SoftValue NEVER =
            (x, index, ledger, noise) -> {
                throw new AssertionError("asked at " + index);
            };

    private NDManager manager;

    private static double[] table() {
        double[] table = new double[TableChain.STATES];
        Philox noise = new Philox(98);
        Arrays.setAll(table, x -> noise.uniform(x, 0, Purpose.TRAINING_INPUT, 0));
        return table;
    }

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager();
    }

    @AfterEach
    void close() {
        manager.close();
    }

    private ReverseProcess ancestral() {
        return new MaskedDiffusion(
                new TableDenoiser(new TableChain(2024, true)),
                new LogLinear(1e-3),
                TableChain.LENGTH,
                manager,
                MaskedDiffusion.Options.published(STEPS));
    }

    private List<ReverseProcess> processes() {
        return List.of(
                ancestral(),
                new FirstHitting(
                        new TableDenoiser(new TableChain(2024, false)),
                        new LogLinear(1e-3),
                        TableChain.LENGTH,
                        manager));
    }

    private static ParticleFilter filter(Options options, SoftValue value) {
        return new ParticleFilter(options, TAU, value, VALUE, Guidance.NONE);
    }

    private int[] designs(Decoder decoder, ReverseProcess process) {
        return TableRuns.designs(
                decoder,
                process,
                LongStream.range(0, 200).toArray(),
                200,
                SEED,
                TableRuns.ORDINARY,
                manager);
    }

    private ParticleSystem sample(ParticleFilter filter, ParticleTrace trace, long... ids) {
        return sample(filter, StepListener.NONE, trace, ids);
    }

    private ParticleSystem sample(
            ParticleFilter filter, StepListener listener, ParticleTrace trace, long... ids) {
        try (Ledger ledger = new Ledger(TableRuns.ORDINARY)) {
            return filter.sample(
                    ancestral(), ids, new Philox(SEED), ledger, manager, listener, trace);
        }
    }

    @Test
    void oneParticleWithCandidatesIsSvdd() {
        for (ReverseProcess process : processes()) {
            for (double threshold : new double[] {0, 0.5, 1}) {
                Options one =
                        Options.defaults(1)
                                .withCandidates(4)
                                .withResampling(Resampling.SYSTEMATIC, threshold);
                assertArrayEquals(
                        designs(new Svdd(4, TAU, VALUE), process),
                        designs(
                                new ParticleFilter(one, TAU, VALUE, NEVER, Guidance.NONE),
                                process));
            }
        }
    }

    @Test
    void oneParticleAloneIsUnguidedSampling() {
        for (ReverseProcess process : processes()) {
            assertArrayEquals(
                    designs(new Ancestral(), process),
                    designs(
                            new ParticleFilter(
                                    Options.defaults(1), TAU, NEVER, NEVER, Guidance.NONE),
                            process));
        }
    }

    @Test
    void withoutResamplingTheBestIsBestOfN() {
        Options never = Options.defaults(5).withResampling(Resampling.SYSTEMATIC, 0);
        for (ReverseProcess process : processes()) {
            int[] expected = designs(new BestOfN(5, VALUE), process);
            for (Potential potential : Potential.values()) {
                Options best = never.withPotential(potential).withKeep(Keep.BEST);
                assertArrayEquals(expected, designs(filter(best, NEVER), process));
            }
        }
    }

    @Test
    void importanceSamplingNeverAsksForTheValue() {
        Options none = Options.defaults(8).withPotential(Potential.NONE);
        int[] designs = designs(filter(none, NEVER), ancestral());
        int[] unguided = designs(new Ancestral(), ancestral());
        assertTrue(mean(designs) > mean(unguided) + 0.1); // about 0.25, deviation 0.03
    }

    private static double mean(int[] designs) {
        return Arrays.stream(designs).mapToDouble(x -> TABLE[x]).average().orElseThrow();
    }

    /** The value is asked once for each particle, at the time it is at; that of x_t is known. */
    @Test
    void asksForEachValueOnceAndAtItsTime() {
        List<String> asked = new ArrayList<>();
        SoftValue recorder =
                (x, index, ledger, noise) -> {
                    asked.add(x.rows() + " at " + index);
                    return VALUE.estimate(x, index, ledger, noise);
                };
        Options all = Options.defaults(4).withResampling(Resampling.MULTINOMIAL, 1);
        sample(filter(all, recorder), ParticleTrace.NONE, 0, 1, 2).close();
        assertEquals(IntStream.rangeClosed(0, STEPS).mapToObj(i -> "12 at " + i).toList(), asked);
        asked.clear();
        Options some = all.withCandidates(3).withSchedule(2, 1);
        sample(filter(some, recorder), ParticleTrace.NONE, 0, 1, 2).close();
        assertEquals(List.of("12 at 0", "36 at 3", "36 at 5"), asked);
        asked.clear();
        sample(filter(some.withPotential(Potential.MAX), recorder), ParticleTrace.NONE, 0).close();
        assertEquals(List.of("12 at 3", "12 at 5"), asked);
    }

    /** Remembers what it is told of the only group. */
    private static final class Recorder implements ParticleTrace {
        private final List<double[]> weights = new ArrayList<>();
        private final List<Integer> steps = new ArrayList<>();
        private final List<int[]> ancestors = new ArrayList<>();

        @Override
        public void weighted(long sampleId, int step, double[] logWeights) {
            steps.add(step);
            weights.add(logWeights);
        }

        @Override
        public void resampled(long sampleId, int step, int[] chosen) {
            ancestors.add(chosen);
        }
    }

    /** A value that depends on time alone; weights of a group are then equal and known. */
    private static SoftValue timed() {
        return (x, index, ledger, noise) -> {
            double[] values = new double[x.rows()];
            Arrays.fill(values, index % 2 == 0 ? index : -index);
            return values;
        };
    }

    @Test
    void potentialsAreThoseOfThePaper() {
        Options never = Options.defaults(2).withResampling(Resampling.SYSTEMATIC, 1e-9);
        // values 0, -1, 2, -3, 4, -5, 6
        requireWeights(never, Potential.DIFFERENCE, -1, 2, -3, 4, -5, 6);
        requireWeights(never, Potential.MAX, -1, -1 + 2, 3, 7, 11, 17);
        requireWeights(never, Potential.SUM, -1, -1 + 1, -2, 0, -3, 0);
    }

    private void requireWeights(Options options, Potential potential, double... expected) {
        Recorder recorder = new Recorder();
        sample(filter(options.withPotential(potential), timed()), recorder, 0).close();
        assertEquals(List.of(0, 1, 2, 3, 4, 5, 6), recorder.steps);
        for (int step = 0; step < STEPS; step++) {
            double weight = expected[step] / TAU;
            double[] both = {weight, weight};
            assertArrayEquals(both, recorder.weights.get(step), 1e-9, potential + " " + step);
        }
    }

    /** A resampling that is skipped drops no weight: each step adds its own to what was there. */
    @Test
    void weightsAreKeptBetweenResamplings() {
        Options sometimes = Options.defaults(6).withResampling(Resampling.SYSTEMATIC, 0.7);
        Recorder recorder = new Recorder();
        List<double[]> values = new ArrayList<>();
        SoftValue recording =
                (x, index, ledger, noise) -> {
                    values.add(VALUE.estimate(x, index, ledger, noise));
                    return values.get(values.size() - 1);
                };
        List<Double> sizes = new ArrayList<>();
        StepListener listener =
                new StepListener() {
                    @Override
                    public void stepDone(int done, int total) {}

                    @Override
                    public void particlesWeighted(long id, double size, int ancestors) {
                        assertEquals(9, id);
                        assertTrue(ancestors >= 1 && ancestors <= 6);
                        sizes.add(size);
                    }
                };
        sample(filter(sometimes, recording), listener, recorder, 9).close();
        double[] carried = new double[6];
        double[] before = values.get(0);
        int resampled = 0;
        for (int step = 0; step < STEPS; step++) {
            double sum = 0;
            double squares = 0;
            double[] weights = recorder.weights.get(step);
            for (int i = 0; i < 6; i++) {
                carried[i] += (values.get(step + 1)[i] - before[i]) / TAU;
                assertEquals(carried[i], weights[i], 1e-9);
                sum += Math.exp(weights[i]);
                squares += Math.exp(2 * weights[i]);
            }
            assertEquals(sum * sum / squares, sizes.get(step), 1e-9);
            before = values.get(step + 1);
            if (sizes.get(step) < 0.7 * 6) {
                int[] chosen = recorder.ancestors.get(resampled++);
                double[] old = before;
                before = Arrays.stream(chosen).mapToDouble(a -> old[a]).toArray();
                carried = new double[6];
            }
        }
        assertEquals(recorder.ancestors.size(), resampled);
        assertTrue(resampled > 0 && resampled < STEPS, "resampled " + resampled);
        assertEquals(STEPS + 1, sizes.size());
    }

    /** All 8 descend from the only particle of value 1, are numbered anew and part again. */
    @Test
    void copiesGoDifferentWays() {
        SoftValue one =
                (x, index, ledger, noise) -> {
                    double[] values = new double[x.rows()];
                    if (index == 1) {
                        values[5] = 1000;
                    }
                    return values;
                };
        Options first = Options.defaults(8).withResampling(Resampling.RESIDUAL, 1);
        List<Integer> told = new ArrayList<>();
        StepListener listener =
                new StepListener() {
                    @Override
                    public void stepDone(int done, int total) {}

                    @Override
                    public void particlesWeighted(long id, double size, int ancestors) {
                        told.add(ancestors);
                    }
                };
        try (ParticleSystem all = sample(filter(first, one), listener, ParticleTrace.NONE, 0)) {
            assertArrayEquals(new int[] {5, 5, 5, 5, 5, 5, 5, 5}, all.ancestors());
            assertArrayEquals(new int[] {0, 1, 2, 3, 4, 5, 6, 7}, all.designs().chains());
            assertTrue(
                    Arrays.stream(TableRuns.numbers(all.designs())).distinct().count() > 3,
                    "copies stayed together");
        }
        assertEquals(List.of(8, 1, 1, 1, 1, 1, 1), told);
    }

    @Test
    void refusesValuesAndRewardsThatAreNotFinite() {
        Options options = Options.defaults(3);
        SoftValue bad =
                (x, index, ledger, noise) -> {
                    double[] values = new double[x.rows()];
                    values[1] = index > 1 ? Double.NaN : 0;
                    return values;
                };
        String text = "values must be finite, got NaN for candidate row 1";
        for (ParticleFilter filter :
                List.of(
                        filter(options, bad),
                        new ParticleFilter(options, TAU, VALUE, bad, Guidance.NONE))) {
            assertEquals(
                    text,
                    assertThrows(
                                    IllegalStateException.class,
                                    () -> sample(filter, ParticleTrace.NONE, 0))
                            .getMessage());
        }
        ParticleFilter cold =
                new ParticleFilter(options, Double.MIN_VALUE, VALUE, VALUE, Guidance.NONE);
        IllegalStateException e =
                assertThrows(
                        IllegalStateException.class, () -> sample(cold, ParticleTrace.NONE, 7));
        assertTrue(e.getMessage().startsWith("log-weights must be finite, got"), e.getMessage());
        assertTrue(e.getMessage().endsWith("of sample 7"), e.getMessage());
    }
}
