package dev.tiller.sampler.gaussian;

import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.Guidance;
import dev.tiller.sampler.SoftValue;
import dev.tiller.sampler.decoder.BestOfN;
import dev.tiller.sampler.decoder.Keep;
import dev.tiller.sampler.decoder.ParticleFilter;
import dev.tiller.sampler.decoder.Potential;
import dev.tiller.sampler.decoder.Resampling;
import dev.tiller.sampler.decoder.Svdd;
import dev.tiller.sampler.exact.ChiSquare;
import dev.tiller.sampler.exact.ExactLaw;
import dev.tiller.sampler.exact.LineChain;
import dev.tiller.sampler.exact.LineMixture;
import dev.tiller.sampler.exact.LineNetwork;
import dev.tiller.sampler.exact.LineRuns;
import dev.tiller.sampler.exact.LineSamplers;
import dev.tiller.sampler.gaussian.Langevin.StepSize;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Decoders on a Gaussian process, as they are, against exact laws: a chain of 9 times with one
 * correction at each, on the line, and its exact soft values.
 */
class GaussianDecodersIT {
    private static final long SEED = 81;
    private static final double TAU = 0.5;
    private static final LineMixture DATA = LineMixture.twoBumps();
    private static final Sde VP = GaussianLawIT.sde("vp");
    private static final SamplerOptions OPTIONS =
            new SamplerOptions(
                    9, 0.05, Predictor.REVERSE, 0, new Langevin(1, 0.3, 0.9, StepSize.ROW));
    private static final LineChain CHAIN = LineSamplers.chain(DATA, VP, OPTIONS);
    private static final double[] EDGES =
            IntStream.rangeClosed(-11, 11).mapToDouble(i -> 0.25 * i).toArray();

    /** Pulls each step by an amount that depends on the state. */
    private static final Guidance TILT =
            (x, prediction, step, ledger, noise) -> {
                float[] at = x.array(0).toFloatArray();
                List<float[]> tilt = new ArrayList<>(at.length);
                for (float value : at) {
                    tilt.add(new float[] {(float) Math.tanh(value) - 0.5f});
                }
                return tilt;
            };

    private static NDManager manager;
    private static double[][] values;

    /** Prefers the neighbourhood of -0.5, which is rare. */
    private static double reward(double x) {
        return -(x + 0.5) * (x + 0.5);
    }

    @BeforeAll
    static void open() {
        manager = NDManager.newBaseManager();
        values = CHAIN.values(x -> reward(x) / TAU);
    }

    @AfterAll
    static void close() {
        manager.close();
    }

    private static GaussianDiffusion process() {
        Component line =
                new Component(
                        "x", new Shape(1), VP, Component.Layout.PLAIN, Parameterisation.NOISE);
        return new GaussianDiffusion(
                List.of(line),
                new double[0],
                new LineNetwork(DATA, VP, Parameterisation.NOISE),
                manager,
                OPTIONS);
    }

    private static SoftValue exactValue() {
        return (x, index, ledger, noise) -> {
            float[] at = x.array(0).toFloatArray();
            double[] result = new double[at.length];
            Arrays.setAll(result, i -> TAU * LineChain.at(values[index], at[i]));
            return result;
        };
    }

    private static SoftValue terminal() {
        return (x, index, ledger, noise) -> {
            float[] at = x.array(0).toFloatArray();
            return IntStream.range(0, at.length).mapToDouble(i -> reward(at[i])).toArray();
        };
    }

    /** The law p(x0) exp(r(x0) / tau) of the chain, bin by bin. */
    private static double[] tilted() {
        double[] law = CHAIN.law();
        double[] weighted = new double[law.length];
        Arrays.setAll(weighted, i -> law[i] * Math.exp(values[values.length - 1][i]));
        double sum = Arrays.stream(weighted).sum();
        Arrays.setAll(weighted, i -> weighted[i] / sum);
        return CHAIN.bins(weighted, EDGES);
    }

    /** The total variation to the tilted law falls as M grows. */
    @Test
    void svddApproachesTheTiltedLaw() {
        double[] plain = CHAIN.bins(CHAIN.law(), EDGES);
        System.err.printf(
                Locale.ROOT,
                "unguided: total variation %.4f%n",
                ExactLaw.totalVariation(plain, tilted()));
        double last = ExactLaw.totalVariation(plain, tilted());
        for (int candidates : new int[] {2, 6, 20}) {
            double distance = totalVariation(candidates, 5000);
            System.err.printf(
                    Locale.ROOT, "SVDD, M = %d: total variation %.4f%n", candidates, distance);
            assertTrue(distance < 0.8 * last, "M = " + candidates + ": " + distance);
            last = distance;
        }
        assertTrue(last < 0.05, "M = 20: " + last);
    }

    private static double totalVariation(int candidates, int n) {
        long[] counts =
                LineRuns.histogram(
                        LineRuns.designs(
                                new Svdd(candidates, TAU, exactValue()),
                                process(),
                                n,
                                SEED,
                                manager),
                        EDGES);
        double[] shares = Arrays.stream(counts).mapToDouble(c -> (double) c / n).toArray();
        return ExactLaw.totalVariation(shares, tilted());
    }

    /** At M = 1 nothing is chosen; the tilted law must be told from the plain one. */
    @Test
    void oneCandidateIsTheModelItself() {
        double[] designs =
                LineRuns.designs(new Svdd(1, TAU, exactValue()), process(), 10_000, SEED, manager);
        long[] counts = LineRuns.histogram(designs, EDGES);
        ChiSquare.assertFits("SVDD, M = 1", counts, CHAIN.bins(CHAIN.law(), EDGES));
        ChiSquare.assertRejects("SVDD, M = 1, tilted", counts, tilted());
    }

    /** The best of n draws in the order of the reward has the law n F^(n - 1) p. */
    @Test
    void bestOfNFollowsItsLaw() {
        double[] law = CHAIN.law();
        int n = 4;
        Integer[] order = new Integer[law.length];
        Arrays.setAll(order, i -> i);
        double[] last = values[values.length - 1];
        Arrays.sort(order, (a, b) -> Double.compare(last[a], last[b]));
        double[] best = new double[law.length];
        double below = 0;
        for (int i : order) {
            best[i] = Math.pow(below + law[i], n) - Math.pow(below, n);
            below += law[i];
        }
        double[] designs =
                LineRuns.designs(new BestOfN(n, terminal()), process(), 10_000, SEED, manager);
        ChiSquare.assertFits(
                "best of 4", LineRuns.histogram(designs, EDGES), CHAIN.bins(best, EDGES));
    }

    /**
     * A tilted proposal is made up for by its density: the law is right with it, and wrong where
     * the normalisers are left out.
     */
    @Test
    void particlesMakeUpForATiltedProposal() {
        double right = filtered(true);
        double wrong = filtered(false);
        System.err.printf(
                Locale.ROOT,
                "particle filter with a tilt: total variation %.4f, without normalisers %.4f%n",
                right,
                wrong);
        assertTrue(right < 0.07, "total variation " + right);
        assertTrue(wrong > 0.1, "without normalisers " + wrong);
    }

    private static double filtered(boolean normalised) {
        ParticleFilter.Options options =
                new ParticleFilter.Options(
                        20,
                        1,
                        Potential.DIFFERENCE,
                        Resampling.SYSTEMATIC,
                        0.5,
                        1,
                        0,
                        Keep.DRAW,
                        normalised);
        ParticleFilter filter = new ParticleFilter(options, TAU, exactValue(), terminal(), TILT);
        int n = 2000;
        long[] counts =
                LineRuns.histogram(LineRuns.designs(filter, process(), n, SEED, manager), EDGES);
        double[] shares = Arrays.stream(counts).mapToDouble(c -> (double) c / n).toArray();
        return ExactLaw.totalVariation(shares, tilted());
    }
}
