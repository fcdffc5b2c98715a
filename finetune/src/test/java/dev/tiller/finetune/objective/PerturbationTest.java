package dev.tiller.finetune.objective;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.ndarray.types.Shape;
import dev.tiller.finetune.data.CleanArrays;
import dev.tiller.finetune.objective.ScoreMatching.Weighting;
import dev.tiller.sampler.gaussian.Component;
import dev.tiller.sampler.gaussian.Component.Layout;
import dev.tiller.sampler.gaussian.Parameterisation;
import dev.tiller.sampler.gaussian.Sde;
import dev.tiller.sampler.gaussian.VpSde;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PerturbationTest {
    private static final Sde SDE = new VpSde(0.1, 5);
    private static final double T = 0.4;

    private static Perturbation of(
            Shape shape, Layout layout, Parameterisation output, Weighting weighting) {
        return new Perturbation(
                new Component("x", shape, SDE, layout, output),
                weighting,
                new DiffusionTimes(DiffusionTimes.Sampling.UNIFORM, List.of(SDE)));
    }

    @Test
    void noiseOfPairsIsSymmetricWithoutDiagonal() {
        Perturbation pairs =
                of(new Shape(3, 3), Layout.PAIRS, Parameterisation.SCORE, Weighting.NOISE);
        assertEquals(3, pairs.draws());
        assertArrayEquals(
                new double[] {0, 1, 2, 1, 0, 3, 2, 3, 0}, pairs.place(new double[] {1, 2, 3, 9}));
    }

    @Test
    void nodesThatDoNotExistStayEmpty() {
        CleanArrays clean =
                new CleanArrays(
                        List.of(new float[][] {{1, 0, 1, 0}}, new float[][] {{0, 2, 2, 0}}),
                        new int[] {1});
        double[][] ones = {{1, 1, 1, 1}};
        Perturbation.Noisy x =
                of(new Shape(2, 2), Layout.NODES, Parameterisation.NOISE, Weighting.NOISE)
                        .of(clean, 0, new int[] {0}, new double[] {T}, ones);
        float std = (float) SDE.std(T);
        assertArrayEquals(new float[] {(float) (SDE.alpha(T) + SDE.std(T)), std, 0, 0}, x.noisy());
        assertArrayEquals(new float[] {1, 1, 0, 0}, x.target());
        Perturbation.Noisy adj =
                of(new Shape(2, 2), Layout.PAIRS, Parameterisation.NOISE, Weighting.NOISE)
                        .of(clean, 1, new int[] {0}, new double[] {T}, ones);
        assertArrayEquals(new float[4], adj.noisy());
        assertArrayEquals(new float[4], adj.target());
    }

    /**
     * An output that stands for a wrong noise has the same weighted error in all parameterisations:
     * that of the noise.
     */
    @Test
    void errorsCountAsErrorsOfTheNoise() {
        double x0 = 0.7;
        double z = -1.3;
        double believed = 0.4;
        double alpha = SDE.alpha(T);
        double std = SDE.std(T);
        double clean = (alpha * x0 + std * z - std * believed) / alpha;
        double[] outputs = new double[4];
        outputs[Parameterisation.SCORE.ordinal()] = -believed / std;
        outputs[Parameterisation.NOISE.ordinal()] = believed;
        outputs[Parameterisation.CLEAN.ordinal()] = clean;
        outputs[Parameterisation.VELOCITY.ordinal()] = alpha * believed - std * clean;
        CleanArrays one = new CleanArrays(List.<float[][]>of(new float[][] {{(float) x0}}), null);
        for (Parameterisation output : Parameterisation.values()) {
            for (Weighting weighting : Weighting.values()) {
                Perturbation.Noisy noisy =
                        of(new Shape(1), Layout.PLAIN, output, weighting)
                                .of(one, 0, new int[] {0}, new double[] {T}, new double[][] {{z}});
                double error = outputs[output.ordinal()] - noisy.target()[0];
                double expected =
                        switch (weighting) {
                            case NOISE -> believed - z;
                            case LIKELIHOOD -> SDE.diffusion(T) / std * (believed - z);
                            case OUTPUT -> error;
                        };
                assertEquals(
                        Math.abs(expected),
                        Math.abs(error * noisy.weights()[0]),
                        1e-5,
                        output + " " + weighting);
            }
        }
        assertEquals(4, Arrays.stream(outputs).distinct().count());
    }
}
