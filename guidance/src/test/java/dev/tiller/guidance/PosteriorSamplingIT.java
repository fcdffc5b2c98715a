package dev.tiller.guidance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.rewards.ScoredGradient;
import dev.tiller.sampler.Guidance;
import dev.tiller.sampler.decoder.Svdd;
import dev.tiller.sampler.exact.LineMixture;
import dev.tiller.sampler.exact.LineNetwork;
import dev.tiller.sampler.exact.LineRuns;
import dev.tiller.sampler.gaussian.Component;
import dev.tiller.sampler.gaussian.GaussianDiffusion;
import dev.tiller.sampler.gaussian.Langevin;
import dev.tiller.sampler.gaussian.Parameterisation;
import dev.tiller.sampler.gaussian.Predictor;
import dev.tiller.sampler.gaussian.SamplerOptions;
import dev.tiller.sampler.gaussian.ScoreNetwork;
import dev.tiller.sampler.gaussian.Sde;
import dev.tiller.sampler.gaussian.Sdes;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** DPS where it is exact: normal data and a linear reward. */
class PosteriorSamplingIT {
    private static final int N = 3000;
    private static final double SLOPE = 1.5;
    private static final double TAU = 0.75;
    private static final LineMixture DATA = LineMixture.normal(-0.4, 0.6);
    private static final DifferentiableStateReward LINEAR =
            states ->
                    states.stream()
                            .map(x -> new ScoredGradient(SLOPE * x[0], new float[] {(float) SLOPE}))
                            .toList();

    private NDManager manager;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager();
    }

    @AfterEach
    void close() {
        manager.close();
    }

    private GaussianDiffusion process(ScoreNetwork network, Sde sde, Parameterisation form) {
        Component line = new Component("x", new Shape(1), sde, Component.Layout.PLAIN, form);
        SamplerOptions options =
                new SamplerOptions(300, 1e-3, Predictor.ANCESTRAL, 0, Langevin.NONE);
        return new GaussianDiffusion(List.of(line), new double[0], network, manager, options);
    }

    /** p(x0) exp(r / tau) is the normal law moved by variance * slope / tau. */
    @ParameterizedTest
    @EnumSource(
            value = Parameterisation.class,
            names = {"SCORE", "CLEAN"})
    void theMeanIsThatOfTheTiltedLaw(Parameterisation form) {
        Sde sde = Sdes.create("vp", Map.of());
        GaussianDiffusion process = process(new LineNetwork(DATA, sde, form), sde, form);
        Guidance guidance =
                new PosteriorSampling(
                        new GaussianPosteriorValue(process, LINEAR, manager), 1 / TAU);
        Svdd one =
                new Svdd(
                        Svdd.Options.plain(1, 0),
                        (x, index, ledger, noise) -> new double[x.rows()],
                        (x, index, ledger, noise) -> new double[x.rows()],
                        guidance);
        double[] designs = LineRuns.designs(one, process, N, 5, manager);
        double mean = Arrays.stream(designs).average().orElseThrow();
        double variance =
                Arrays.stream(designs).map(x -> (x - mean) * (x - mean)).average().orElseThrow();
        double exact = DATA.tilted(SLOPE / TAU).mean();
        System.err.printf(
                Locale.ROOT,
                "DPS, %s: n %d, mean %.4f, exact %.4f, variance %.4f, exact %.4f%n",
                form,
                N,
                mean,
                exact,
                variance,
                0.36);
        // five standard errors and the error of 300 steps
        assertEquals(exact, mean, 5 * 0.6 / Math.sqrt(N) + 0.01);
        assertEquals(0.36, variance, 5 * 0.36 * Math.sqrt(2.0 / N) + 0.01);
        assertTrue(mean - DATA.mean() > 0.5, "is guided at all");
    }

    @Test
    void aNetworkWithoutGradientIsRefused() {
        ScoreNetwork plain =
                new ScoreNetwork() {
                    @Override
                    public NDList evaluate(NDList arrays, double[] t) {
                        return new NDList(arrays.get(0).mul(-1));
                    }

                    @Override
                    public boolean dependsOnTime() {
                        return false;
                    }
                };
        Sde sde = Sdes.create("vp", Map.of());
        GaussianDiffusion process = process(plain, sde, Parameterisation.SCORE);
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> new GaussianPosteriorValue(process, LINEAR, manager));
        assertEquals(
                "score network of a posterior-mean value must have a gradient, got one without;"
                        + " methods that need no gradient are svdd-pm, svdd-mc, svdd-r, smc, fk,"
                        + " nested-is, refine and best-of-n",
                e.getMessage());
    }
}
