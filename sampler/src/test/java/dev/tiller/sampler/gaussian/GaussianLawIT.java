package dev.tiller.sampler.gaussian;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.decoder.Ancestral;
import dev.tiller.sampler.exact.ChiSquare;
import dev.tiller.sampler.exact.LineChain;
import dev.tiller.sampler.exact.LineMixture;
import dev.tiller.sampler.exact.LineNetwork;
import dev.tiller.sampler.exact.LineRuns;
import dev.tiller.sampler.exact.LineSamplers;
import dev.tiller.sampler.gaussian.Langevin.StepSize;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Samplers on the line against their exact laws: the law of each chain of N steps by quadrature,
 * and how it approaches the data as N grows.
 */
class GaussianLawIT {
    private static final int N = 10_000;
    private static final long SEED = 71;
    private static final double EPS = 0.05;
    private static final LineMixture DATA = LineMixture.twoBumps();

    /** A tenth of the weight moved from one bump to the other. */
    private static final LineMixture OTHER_DATA =
            new LineMixture(
                    new double[] {0.4, 0.6}, new double[] {-1.2, 0.8}, new double[] {0.3, 0.5});

    private static final double[] EDGES =
            IntStream.rangeClosed(-11, 11).mapToDouble(i -> 0.25 * i).toArray();

    private static NDManager manager;

    static Sde sde(String name) {
        return name.equals("ve")
                ? Sdes.create(name, Map.of("sigma_min", 0.1, "sigma_max", 2.0))
                : Sdes.create(name, Map.of("beta_min", 0.5, "beta_max", 8.0));
    }

    private static GaussianDiffusion process(
            LineMixture data, Sde sde, Parameterisation form, SamplerOptions options, int width) {
        Component line = new Component("x", new Shape(width), sde, Component.Layout.PLAIN, form);
        return new GaussianDiffusion(
                List.of(line), new double[0], new LineNetwork(data, sde, form), manager, options);
    }

    private static SamplerOptions options(
            int steps, double eps, Predictor predictor, double eta, int corrections) {
        return new SamplerOptions(
                steps, eps, predictor, eta, new Langevin(corrections, 0.3, 0.9, StepSize.ROW));
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
    @CsvSource({
        "vp, REVERSE, 0, 1, SCORE",
        "ve, REVERSE, 0, 1, SCORE",
        "sub-vp, REVERSE, 0, 1, NOISE",
        "vp, EULER, 0, 1, NOISE",
        "ve, EULER, 0, 2, VELOCITY",
        "sub-vp, EULER, 0, 0, CLEAN",
        "vp, ANCESTRAL, 0, 0, VELOCITY",
        "ve, ANCESTRAL, 0, 1, CLEAN",
        "vp, DDIM, 0.5, 0, NOISE",
        "ve, DDIM, 0.5, 1, NOISE",
        "sub-vp, DDIM, 0.5, 0, SCORE",
        "vp, S4, 0, 0, NOISE",
        "ve, S4, 0, 0, SCORE"
    })
    void aSamplerFollowsTheLawOfItsChain(
            String name, Predictor predictor, double eta, int corrections, Parameterisation form) {
        Sde sde = sde(name);
        SamplerOptions options = options(10, EPS, predictor, eta, corrections);
        LineChain chain = LineSamplers.chain(DATA, sde, options);
        GaussianDiffusion process = process(DATA, sde, form, options, 1);
        if (predictor != Predictor.S4) {
            assertEquals(chain.steps(), process.steps());
        }
        long[] counts = histogram(process);
        String what = name + " " + predictor + " + " + corrections;
        ChiSquare.assertFits(what, counts, chain.bins(chain.law(), EDGES));
        LineChain other = LineSamplers.chain(OTHER_DATA, sde, options);
        ChiSquare.assertRejects(what + ", other data", counts, other.bins(other.law(), EDGES));
    }

    private static long[] histogram(GaussianDiffusion process) {
        return LineRuns.histogram(
                LineRuns.designs(new Ancestral(), process, N, SEED, manager), EDGES);
    }

    /**
     * With many steps the law is that of the data. Corrections need arrays of many entries for
     * that: their step size depends on the score, and evens out over the entries.
     */
    @ParameterizedTest
    @CsvSource({
        "vp, REVERSE, 0",
        "vp, EULER, 0",
        "vp, ANCESTRAL, 0",
        "vp, DDIM, 0",
        "vp, REVERSE, 1",
        "sub-vp, EULER, 0",
        "vp, S4, 0"
    })
    void manyStepsGiveTheLawOfTheData(String name, Predictor predictor, int corrections) {
        Sde sde = Sdes.create(name, Map.of());
        Langevin corrector = new Langevin(corrections, 0.05, 1, StepSize.ROW);
        SamplerOptions options = new SamplerOptions(1000, 1e-4, predictor, 0, corrector);
        int n = 1000;
        boolean corrects = corrections > 0 || predictor == Predictor.S4;
        int width = corrects ? 50 : 1;
        double[] designs =
                LineRuns.designs(
                        new Ancestral(),
                        process(DATA, sde, Parameterisation.NOISE, options, width),
                        n / width,
                        SEED,
                        manager);
        Arrays.sort(designs);
        double distance = 0;
        for (int i = 0; i < n; i++) {
            double law = DATA.cumulative(designs[i]);
            distance = Math.max(distance, Math.max(law - i / (double) n, (i + 1.0) / n - law));
        }
        // Kolmogorov and Smirnov at a false alarm of 1e-6: 2 exp(-2 n d^2)
        double p = Math.min(1, 2 * Math.exp(-2 * n * distance * distance));
        System.err.printf(
                Locale.ROOT,
                "%s %s + %d: n %d, KS distance %.4f, p %.3g%n",
                name,
                predictor,
                corrections,
                n,
                distance,
                p);
        assertTrue(p > 1e-6, "p = " + p);
    }

    /** The error of E[x^2] falls as 1 / N: the weak order of these samplers is 1. */
    @ParameterizedTest
    @CsvSource({"vp, REVERSE", "vp, EULER", "vp, ANCESTRAL", "sub-vp, EULER"})
    void theWeakOrderIsOne(String name, Predictor predictor) {
        Sde sde = Sdes.create(name, Map.of());
        ToDoubleFunction<Integer> error =
                steps -> {
                    SamplerOptions options =
                            new SamplerOptions(steps, 1e-3, predictor, 0, Langevin.NONE);
                    LineChain chain = LineSamplers.chain(DATA, sde, options);
                    double moment = chain.expectation(chain.law(), x -> x * x);
                    return Math.abs(moment - DATA.secondMoment());
                };
        order(name + " " + predictor, error, new int[] {25, 50, 100}, 0.75, 1.5);
    }

    /** Without noise the end is a function of the start; its error falls as 1 / N. */
    @Test
    void theOrderOfTheDeterministicSamplerIsOne() {
        Sde sde = Sdes.create("vp", Map.of());
        double[] exact = ends(sde, 2000);
        ToDoubleFunction<Integer> error =
                steps -> {
                    double[] ends = ends(sde, steps);
                    return IntStream.range(0, ends.length)
                            .mapToDouble(i -> Math.abs(ends[i] - exact[i]))
                            .average()
                            .orElseThrow();
                };
        order("DDIM", error, new int[] {25, 50, 100, 200}, 0.8, 1.3);
    }

    private static double[] ends(Sde sde, int steps) {
        SamplerOptions options = new SamplerOptions(steps, 1e-4, Predictor.DDIM, 0, Langevin.NONE);
        GaussianDiffusion process = process(DATA, sde, Parameterisation.NOISE, options, 1);
        return LineRuns.designs(new Ancestral(), process, 200, SEED, manager);
    }

    private static void order(
            String what,
            ToDoubleFunction<Integer> error,
            int[] steps,
            double smallest,
            double largest) {
        double[] errors = Arrays.stream(steps).mapToDouble(error::applyAsDouble).toArray();
        double order =
                Math.log(errors[0] / errors[errors.length - 1])
                        / Math.log((double) steps[steps.length - 1] / steps[0]);
        System.err.printf(
                Locale.ROOT, "%s: errors %s, order %.2f%n", what, Arrays.toString(errors), order);
        assertTrue(order > smallest && order < largest, what + " has order " + order);
    }
}
