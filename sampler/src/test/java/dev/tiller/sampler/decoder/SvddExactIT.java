package dev.tiller.sampler.decoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.Decoder;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.sampler.ReverseProcess;
import dev.tiller.sampler.SoftValue;
import dev.tiller.sampler.exact.ChiSquare;
import dev.tiller.sampler.exact.ExactLaw;
import dev.tiller.sampler.exact.ExactValue;
import dev.tiller.sampler.exact.TableChain;
import dev.tiller.sampler.exact.TableDenoiser;
import dev.tiller.sampler.exact.TableRuns;
import dev.tiller.sampler.masked.FirstHitting;
import dev.tiller.sampler.masked.MaskedDiffusion;
import dev.tiller.sampler.schedule.LogLinear;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * SVDD with the exact soft value against its exact law for each M, and that law against the tilted
 * distribution p(x0) exp(r(x0) / tau) / Z which it is meant to reach. Unless a test says otherwise:
 * n = 40,000 samples, chi-square over at most 81 designs, false alarm 1e-6 each.
 */
class SvddExactIT {
    private static final int N = 40_000;
    private static final int STEPS = 6;
    private static final long SEED = 23;
    private static final double END = 1e-5;
    private static final double TAU = 0.2;
    private static final double[] REWARDS = rewards();
    private static final Model PLAIN = Model.ancestral(new TableChain(2024, false));
    private static final Model TIMED = Model.ancestral(new TableChain(2024, true));
    private static final Model HITTING = Model.firstHitting(new TableChain(2024, false));

    private static NDManager manager;

    /** The kernels of the steps, and that of the removal of noise. */
    private record Model(TableChain chain, List<double[][]> steps, double[][] finish) {
        static Model ancestral(TableChain chain) {
            return new Model(chain, chain.ancestral(STEPS, END), chain.mode(END));
        }

        static Model firstHitting(TableChain chain) {
            List<double[][]> hits = Collections.nCopies(TableChain.LENGTH, chain.firstHit());
            return new Model(chain, hits, chain.mode(0));
        }

        List<double[][]> kernels() {
            List<double[][]> kernels = new ArrayList<>(steps);
            kernels.add(finish);
            return kernels;
        }

        ExactValue value(double tau) {
            return ExactValue.of(kernels(), REWARDS, tau);
        }

        double[] target() {
            return ExactLaw.tilted(ExactLaw.forward(kernels()), REWARDS, TAU);
        }

        /** The law if each step's kernel is changed by its weights exp(v / tau). */
        double[] law(ExactValue value, double tau, Guide guide) {
            List<double[][]> guided = new ArrayList<>();
            for (int i = 0; i < steps.size(); i++) {
                double[] values = value.at(i + 1);
                double[] weights = Arrays.stream(values).map(v -> Math.exp(v / tau)).toArray();
                guided.add(guide.apply(steps.get(i), weights));
            }
            guided.add(finish);
            return ExactLaw.forward(guided);
        }

        ReverseProcess process(UnaryOperator<TableChain> change) {
            TableDenoiser denoiser = new TableDenoiser(change.apply(chain));
            LogLinear schedule = new LogLinear(1e-3);
            int length = TableChain.LENGTH;
            return steps.size() == STEPS
                    ? new MaskedDiffusion(
                            denoiser,
                            schedule,
                            length,
                            manager,
                            MaskedDiffusion.Options.published(STEPS))
                    : new FirstHitting(denoiser, schedule, length, manager);
        }

        long[] histogram(Decoder decoder, int n) {
            ReverseProcess process = process(UnaryOperator.identity());
            return TableRuns.histogram(decoder, process, n, SEED, manager);
        }
    }

    /** Makes the kernel of a guided step from the model's own one. */
    private interface Guide {
        double[][] apply(double[][] kernel, double[] weights);
    }

    private static Guide byTuples(int candidates) {
        return (kernel, weights) -> ExactLaw.guided(kernel, weights, candidates);
    }

    private static Guide byIntegral(int candidates) {
        return (kernel, weights) -> ExactLaw.guidedByIntegral(kernel, weights, candidates);
    }

    /** Arbitrary rewards in (0, 1). */
    private static double[] rewards() {
        double[] rewards = new double[TableChain.STATES];
        Philox noise = new Philox(98);
        Arrays.setAll(rewards, x -> noise.uniform(x, 0, Purpose.TRAINING_INPUT, 0));
        return rewards;
    }

    @BeforeAll
    static void open() {
        manager = NDManager.newBaseManager();
    }

    @AfterAll
    static void close() {
        manager.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void followsItsLaw(int candidates) {
        ExactValue value = PLAIN.value(TAU);
        long[] counts = PLAIN.histogram(new Svdd(candidates, TAU, value), N);
        double[] law = PLAIN.law(value, TAU, byTuples(candidates));
        ChiSquare.assertFits("SVDD, M = " + candidates, counts, law);
        ChiSquare.assertRejects(
                "SVDD, M = " + candidates + ", against the law of the next M",
                counts,
                PLAIN.law(value, TAU, byIntegral(candidates + 1)));
    }

    @Test
    void followsItsLawOnOtherProcesses() {
        fits("SVDD, timed, M = 2", TIMED);
        fits("SVDD, first hitting, M = 2", HITTING);
    }

    private static void fits(String what, Model model) {
        ExactValue value = model.value(TAU);
        long[] counts = model.histogram(new Svdd(2, TAU, value), N);
        ChiSquare.assertFits(what, counts, model.law(value, TAU, byTuples(2)));
    }

    /** Samplers that are wrong by 30 % in a temperature must be found out. */
    @Test
    void wrongSamplersAreRejected() {
        ExactValue value = PLAIN.value(TAU);
        double[] law = PLAIN.law(value, TAU, byTuples(3));
        ChiSquare.assertRejects(
                "SVDD, tau 30 % too large", PLAIN.histogram(new Svdd(3, 1.3 * TAU, value), N), law);
        ReverseProcess hot = PLAIN.process(chain -> chain.at(1.3));
        ChiSquare.assertRejects(
                "SVDD, letters 30 % too hot",
                TableRuns.histogram(new Svdd(3, TAU, value), hot, N, SEED, manager), law);
    }

    @Test
    void asksForTheValueOfAllCandidatesAtTheTimeTheyAreAt() {
        List<String> asked = new ArrayList<>();
        SoftValue value =
                (x, index, ledger, noise) -> {
                    asked.add(x.rows() + " at " + index);
                    return new double[x.rows()];
                };
        PLAIN.histogram(new Svdd(3, TAU, value), 5);
        assertEquals(IntStream.rangeClosed(1, STEPS).mapToObj(i -> "15 at " + i).toList(), asked);
    }

    /** The two formulas of the law share nothing but p and w. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void theIntegralIsTheSumOverTuples(int candidates) {
        ExactValue value = PLAIN.value(TAU);
        assertArrayEquals(
                PLAIN.law(value, TAU, byTuples(candidates)),
                PLAIN.law(value, TAU, byIntegral(candidates)),
                1e-12);
    }

    /** The kernel p(y | x) exp((v(y) - v(x)) / tau) telescopes: the exact value is exact. */
    @Test
    void theLimitOfManyCandidatesIsTheTiltedDistribution() {
        for (Model model : List.of(PLAIN, TIMED, HITTING)) {
            double[] limit = model.law(model.value(TAU), TAU, SvddExactIT::reweighted);
            assertArrayEquals(model.target(), limit, 1e-12);
        }
    }

    private static double[][] reweighted(double[][] kernel, double[] weights) {
        return Arrays.stream(kernel)
                .map(
                        row -> {
                            double[] next = new double[row.length];
                            Arrays.setAll(next, y -> row[y] * weights[y]);
                            double sum = Arrays.stream(next).sum();
                            return Arrays.stream(next).map(p -> p / sum).toArray();
                        })
                .toArray(double[][]::new);
    }

    @Test
    void moreCandidatesComeNearerToTheTarget() {
        ExactValue value = PLAIN.value(TAU);
        double[] target = PLAIN.target();
        double before = Double.POSITIVE_INFINITY;
        for (int candidates : new int[] {1, 2, 3}) {
            double[] law = PLAIN.law(value, TAU, byTuples(candidates));
            double distance = ExactLaw.totalVariation(law, target);
            System.err.println("exact TV to the target, M = " + candidates + ": " + distance);
            assertTrue(distance < 0.9 * before);
            before = distance;
        }
        for (int candidates : new int[] {4, 8, 16, 32, 64, 256}) {
            double[] law = PLAIN.law(value, TAU, byIntegral(candidates));
            double distance = ExactLaw.totalVariation(law, target);
            System.err.println("exact TV to the target, M = " + candidates + ": " + distance);
            assertTrue(distance < 0.9 * before);
            before = distance;
        }
        assertTrue(before < 0.003);
    }

    /**
     * n = 20,000 at M = 4 and 16. The counts follow the exact law (chi-square, false alarm 1e-6
     * each). Their total variation to the target is biased upwards by at most half the sum of
     * sqrt(p (1 - p) / n) and exceeds its mean by sqrt(log(1e6) / (2 n)) with a chance of at most
     * 1e-6 (McDiarmid); these are the bounds below. The second distance is expected at 0.038, with
     * a standard deviation below 0.003.
     */
    @Test
    void samplesOfManyCandidatesApproachTheTarget() {
        double four = distanceToTheTarget(4, 20_000);
        double sixteen = distanceToTheTarget(16, 20_000);
        assertTrue(sixteen < 0.6 * four);
        assertTrue(sixteen < 0.055);
    }

    /** n = 30,000 at M = 64; expected at 0.020, with a standard deviation below 0.003. */
    @Test
    @Tag("slow")
    void samplesOfVeryManyCandidatesComeNearerStill() {
        assertTrue(distanceToTheTarget(64, 30_000) < 0.036);
    }

    private static double distanceToTheTarget(int candidates, int n) {
        ExactValue value = PLAIN.value(TAU);
        double[] target = PLAIN.target();
        long[] counts = PLAIN.histogram(new Svdd(candidates, TAU, value), n);
        double[] law = PLAIN.law(value, TAU, byIntegral(candidates));
        ChiSquare.assertFits("SVDD, M = " + candidates, counts, law);
        double[] shares = Arrays.stream(counts).mapToDouble(c -> c / (double) n).toArray();
        double distance = ExactLaw.totalVariation(shares, target);
        double bias = Arrays.stream(law).map(p -> Math.sqrt(p * (1 - p) / n)).sum() / 2;
        double bound =
                ExactLaw.totalVariation(law, target) + bias + Math.sqrt(Math.log(1e6) / (2 * n));
        System.err.printf(
                "TV to the target, M = %d: %.4f, bound %.4f%n", candidates, distance, bound);
        assertTrue(distance < bound);
        return distance;
    }

    /** At tau = 0 the best candidate is kept; values of three levels make ties common. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5})
    void withoutATemperatureItKeepsTheBest(int candidates) {
        double[] levels = Arrays.stream(REWARDS).map(r -> Math.floor(3 * r)).toArray();
        SoftValue value = ExactValue.ofTable(levels);
        List<double[][]> kernels = new ArrayList<>();
        for (double[][] step : PLAIN.steps()) {
            kernels.add(ExactLaw.greedy(step, levels, candidates));
        }
        kernels.add(PLAIN.finish());
        long[] counts = PLAIN.histogram(new Svdd(candidates, 0, value), N);
        String name = "SVDD, tau = 0, M = " + candidates;
        ChiSquare.assertFits(name, counts, ExactLaw.forward(kernels));
        if (candidates == 3) {
            // a small temperature breaks ties at random instead, which gives the same law
            ChiSquare.assertFits(
                    name + ", tau = 0.01",
                    PLAIN.histogram(new Svdd(candidates, 0.01, value), N),
                    ExactLaw.forward(kernels));
        }
    }

    @Test
    void withoutATemperatureTiesGoToTheFirstCandidate() {
        SoftValue equal = ExactValue.ofTable(new double[TableChain.STATES]);
        for (Model model : List.of(PLAIN, HITTING)) {
            int[] unguided = designs(model, new Ancestral());
            assertArrayEquals(unguided, designs(model, new Svdd(5, 0, equal)));
            // candidates of equal value are drawn uniformly if there is a temperature
            assertTrue(differences(unguided, designs(model, new Svdd(5, TAU, equal))) > 100);
        }
    }

    @Test
    void oneCandidateIsUnguidedSampling() {
        for (Model model : List.of(PLAIN, TIMED, HITTING)) {
            int[] unguided = designs(model, new Ancestral());
            assertArrayEquals(unguided, designs(model, new Svdd(1, TAU, model.value(TAU))));
            assertArrayEquals(unguided, designs(model, new Svdd(1, 0, model.value(TAU))));
        }
    }

    private static int[] designs(Model model, Decoder decoder) {
        return TableRuns.designs(
                decoder,
                model.process(UnaryOperator.identity()),
                LongStream.range(0, 1000).toArray(),
                1000,
                SEED,
                TableRuns.ORDINARY,
                manager);
    }

    private static long differences(int[] first, int[] second) {
        return IntStream.range(0, first.length).filter(i -> first[i] != second[i]).count();
    }

    @Test
    void refusesValuesThatAreNotFinite() {
        for (double tau : new double[] {0, TAU}) {
            for (double bad : new double[] {Double.NaN, Double.NEGATIVE_INFINITY}) {
                double[] values = new double[] {1, 2, 3, bad, 5, 6};
                Svdd decoder = new Svdd(3, tau, (x, index, ledger, noise) -> values);
                IllegalStateException e =
                        assertThrows(
                                IllegalStateException.class,
                                () ->
                                        TableRuns.designs(
                                                decoder,
                                                PLAIN.process(UnaryOperator.identity()),
                                                new long[] {0, 1},
                                                2,
                                                SEED,
                                                TableRuns.ORDINARY,
                                                manager));
                assertEquals(
                        "values must be finite, got " + bad + " for candidate row 3",
                        e.getMessage());
            }
        }
    }
}
