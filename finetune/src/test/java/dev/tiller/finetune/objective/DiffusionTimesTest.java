package dev.tiller.finetune.objective;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tiller.finetune.objective.DiffusionTimes.Sampling;
import dev.tiller.sampler.gaussian.Sde;
import dev.tiller.sampler.gaussian.VeSde;
import dev.tiller.sampler.gaussian.VpSde;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class DiffusionTimesTest {
    private static final List<Sde> VP = List.of(new VpSde(0.1, 20));

    @Test
    void uniformTimesAreThePublishedOnes() {
        DiffusionTimes times = new DiffusionTimes(Sampling.UNIFORM, VP);
        double[] t = times.times(new double[] {0, 0.25, 1});
        assertEquals(1e-5, t[0]);
        assertEquals(0.25 * (1 - 1e-5) + 1e-5, t[1]);
        assertEquals(1, t[2], 1e-15);
        assertEquals(1, times.density(0.3));
    }

    @Test
    void antitheticTimesHaveOneInEachStratum() {
        double[] uniforms = {0.9, 0.1, 0.5, 0.99, 0.0};
        double[] t = new DiffusionTimes(Sampling.ANTITHETIC, VP).times(uniforms);
        Arrays.sort(t);
        for (int i = 0; i < t.length; i++) {
            assertTrue(t[i] >= i / 5.0 && t[i] < (i + 1) / 5.0 + 1e-5, "stratum " + i);
        }
    }

    /** E[f(t) / density(t)] over importance times is the mean of f, here by a fine grid. */
    @Test
    void importanceKeepsTheMeanOfWhatIsDividedByTheDensity() {
        DiffusionTimes times = new DiffusionTimes(Sampling.IMPORTANCE, VP);
        double[] zeros = new double[200_000];
        double sum = 0;
        double mass = 0;
        for (double t : times.times(zeros)) {
            sum += StrictMath.cos(3 * t) / times.density(t);
            mass += 1 / times.density(t);
        }
        assertEquals(StrictMath.sin(3) / 3, sum / zeros.length, 1e-3);
        assertEquals(1, mass / zeros.length, 1e-3);
    }

    /** With likelihood weighting all times then weigh the same. */
    @Test
    void importanceMakesTheWeightOfLikelihoodConstant() {
        DiffusionTimes times = new DiffusionTimes(Sampling.IMPORTANCE, VP);
        double[] products = new double[50];
        for (int i = 0; i < products.length; i++) {
            double t = StrictMath.pow(1e-4, 1 - i / 49.0);
            double ratio = VP.get(0).diffusion(t) / VP.get(0).std(t);
            products[i] = ratio * ratio / times.density(t);
        }
        double mean = Arrays.stream(products).average().orElseThrow();
        for (double product : products) {
            assertEquals(mean, product, 0.01 * mean);
        }
    }

    /** VE weighs all times the same already. */
    @Test
    void importanceOfVeIsUniform() {
        DiffusionTimes times = new DiffusionTimes(Sampling.IMPORTANCE, List.of(new VeSde(0.1, 1)));
        assertEquals(1, times.density(0.01), 1e-9);
        assertEquals(1, times.density(0.9), 1e-9);
    }
}
