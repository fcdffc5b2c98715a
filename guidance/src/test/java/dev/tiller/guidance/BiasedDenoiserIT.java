package dev.tiller.guidance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.Denoiser;
import dev.tiller.sampler.DifferentiableDenoiser;
import dev.tiller.sampler.exact.TableChain;
import dev.tiller.sampler.exact.TableDenoiser;
import dev.tiller.sampler.exact.TableRuns;
import dev.tiller.sampler.numerics.LogSpace;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BiasedDenoiserIT {
    private static final TableChain CHAIN = new TableChain(5, false);
    private static final int WIDTH = TableChain.LENGTH * TableChain.LETTERS;
    private static final int[] STATES = IntStream.range(0, TableChain.STATES).toArray();

    private NDManager root;

    @BeforeEach
    void open() {
        root = NDManager.newBaseManager();
    }

    @AfterEach
    void close() {
        root.close();
    }

    private float[] logPosterior(Denoiser denoiser) {
        try (NDManager manager = root.newSubManager()) {
            NDArray xt = TableRuns.state(STATES, manager).array(0);
            return denoiser.logPosterior(xt, new double[STATES.length]).toFloatArray();
        }
    }

    @Test
    void temperatureAndBiasActAsInProteinMpnn() {
        float[] bias = new float[WIDTH];
        bias[1] = 0.7f;
        bias[3] = Float.NEGATIVE_INFINITY;
        BiasedDenoiser biased = new BiasedDenoiser(new TableDenoiser(CHAIN), 0.5, List.of(bias));
        float[] actual = logPosterior(biased);
        for (int state : STATES) {
            float[] logs = CHAIN.logPosterior(state, 0);
            for (int first = 0; first < WIDTH; first += TableChain.LETTERS) {
                double[] expected = new double[TableChain.LETTERS];
                for (int k = 0; k < expected.length; k++) {
                    expected[k] = (logs[first + k] + (double) bias[first + k]) / 0.5;
                }
                double norm = LogSpace.logSumExp(expected);
                for (int k = 0; k < expected.length; k++) {
                    assertEquals(
                            Math.exp(expected[k] - norm),
                            Math.exp(actual[state * WIDTH + first + k]),
                            1e-6);
                }
            }
        }
    }

    @Test
    void eachConditionHasItsBias() {
        float[] second = new float[TableChain.LETTERS];
        second[0] = Float.NEGATIVE_INFINITY;
        BiasedDenoiser biased =
                new BiasedDenoiser(new TableDenoiser(CHAIN), 1, List.of(new float[0], second));
        int[] conditions = new int[STATES.length];
        conditions[7] = 1;
        float[] plain = logPosterior(new TableDenoiser(CHAIN));
        float[] actual = logPosterior(biased.given(conditions));
        assertArrayEquals(Arrays.copyOf(plain, 7 * WIDTH), Arrays.copyOf(actual, 7 * WIDTH), 1e-6f);
        assertEquals(0, Math.exp(actual[7 * WIDTH]));
        assertArrayEquals(
                Arrays.copyOfRange(plain, 7 * WIDTH + TableChain.LETTERS, 8 * WIDTH),
                Arrays.copyOfRange(actual, 7 * WIDTH + TableChain.LETTERS, 8 * WIDTH),
                1e-6f);
    }

    /** The chain rule, against finite differences. */
    @Test
    void gradientsPassThroughTheBias() {
        float[] bias = new float[SmoothModels.L * SmoothModels.K];
        bias[0] = 1.3f;
        BiasedDenoiser biased =
                new BiasedDenoiser(new SmoothModels.Denoiser(3, 0.5, false), 0.6, List.of(bias));
        DifferentiableDenoiser gradient = biased.differentiable().orElseThrow();
        int width = SmoothModels.L * (SmoothModels.K + 1);
        float[] x = new float[width];
        for (int i = 0; i < width; i++) {
            x[i] = 0.1f + 0.07f * (i % 5);
        }
        float[] cotangent = new float[SmoothModels.L * SmoothModels.K];
        for (int i = 0; i < cotangent.length; i++) {
            cotangent[i] = (float) Math.sin(i + 1.0);
        }
        float[] actual = vectorJacobian(gradient, x, cotangent);
        for (int i = 0; i < width; i++) {
            float[] up = x.clone();
            float[] down = x.clone();
            up[i] += 1e-2f;
            down[i] -= 1e-2f;
            double slope = (value(biased, up, cotangent) - value(biased, down, cotangent)) / 2e-2;
            assertEquals(slope, actual[i], 5e-3, "entry " + i);
        }
    }

    private float[] vectorJacobian(DifferentiableDenoiser denoiser, float[] x, float[] cotangent) {
        try (NDManager manager = root.newSubManager()) {
            return denoiser.vectorJacobian(
                            relaxed(x, manager),
                            new double[] {0.5},
                            manager.create(cotangent, new Shape(1, SmoothModels.L, SmoothModels.K)))
                    .toFloatArray();
        }
    }

    private double value(Denoiser denoiser, float[] x, float[] cotangent) {
        try (NDManager manager = root.newSubManager()) {
            float[] logs =
                    denoiser.logPosterior(relaxed(x, manager), new double[] {0.5}).toFloatArray();
            return IntStream.range(0, logs.length)
                    .mapToDouble(i -> (double) logs[i] * cotangent[i])
                    .sum();
        }
    }

    private static NDArray relaxed(float[] x, NDManager manager) {
        return manager.create(x, new Shape(1, SmoothModels.L, SmoothModels.K + 1));
    }

    @Test
    void refusesImpossibleSettings() {
        TableDenoiser denoiser = new TableDenoiser(CHAIN);
        assertThrows(
                IllegalArgumentException.class, () -> new BiasedDenoiser(denoiser, 0, List.of()));
        float[] nothing = new float[TableChain.LETTERS];
        Arrays.fill(nothing, Float.NEGATIVE_INFINITY);
        Exception none =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> new BiasedDenoiser(denoiser, 1, List.of(nothing)));
        assertEquals("a position must be left a letter, got none at position 1", none.getMessage());
    }
}
