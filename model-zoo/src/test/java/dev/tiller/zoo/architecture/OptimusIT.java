package dev.tiller.zoo.architecture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Randomness.Purpose;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OptimusIT {
    private static final Optimus.Config CONFIG = new Optimus.Config(24, 8, 2, 5, 3, 12, 0.2);
    private static final int ROWS = 3;

    @Test
    void followsTheLayoutOfKeras() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Optimus block = new Optimus(CONFIG);
            block.initialize(new Philox(5), manager);
            Shape shape = new Shape(ROWS, CONFIG.length(), 4);
            double[] x = new double[(int) shape.size()];
            new Philox(6).fill(0, 0, Purpose.TRAINING_INPUT, 0, x);
            float[] input = new float[x.length];
            for (int i = 0; i < x.length; i++) {
                input[i] = (float) x[i];
            }
            NDArray y =
                    block.forward(
                                    new ParameterStore(manager, false),
                                    new NDList(manager.create(input, shape)),
                                    false)
                            .head();
            assertEquals(new Shape(ROWS, CONFIG.outputs()), y.getShape());
            float[] expected = new float[ROWS * CONFIG.outputs()];
            for (int row = 0; row < ROWS; row++) {
                double[] out = reference(block.weights(), input, row);
                for (int i = 0; i < out.length; i++) {
                    expected[row * out.length + i] = (float) out[i];
                }
            }
            assertArrayEquals(expected, y.toFloatArray(), 1e-6f);
        }
    }

    /** The network in float64 on [position][channel], as Keras keeps it. */
    private static double[] reference(Map<String, NDArray> weights, float[] input, int row) {
        double[][] features = new double[CONFIG.length()][4];
        for (int p = 0; p < CONFIG.length(); p++) {
            for (int c = 0; c < 4; c++) {
                features[p][c] = input[(row * CONFIG.length() + p) * 4 + c];
            }
        }
        for (int i = 0; i < CONFIG.layers(); i++) {
            features = conv(weights, "convs." + i, features);
        }
        double[] flat = new double[CONFIG.length() * CONFIG.filters()];
        for (int p = 0; p < CONFIG.length(); p++) {
            System.arraycopy(features[p], 0, flat, p * CONFIG.filters(), CONFIG.filters());
        }
        double[] hidden = dense(weights, "dense", flat);
        for (int i = 0; i < hidden.length; i++) {
            hidden[i] = Math.max(0, hidden[i]);
        }
        return dense(weights, "output", hidden);
    }

    private static double[][] conv(Map<String, NDArray> weights, String name, double[][] x) {
        float[] w = weights.get(name + ".weight").toFloatArray();
        float[] bias = weights.get(name + ".bias").toFloatArray();
        int inputs = x[0].length;
        double[][] y = new double[x.length][bias.length];
        for (int p = 0; p < x.length; p++) {
            for (int out = 0; out < bias.length; out++) {
                double sum = bias[out];
                for (int k = 0; k < CONFIG.kernel(); k++) {
                    int from = p + k - 3; // Keras: 3 zeros on the left, 4 on the right
                    for (int in = 0; from >= 0 && from < x.length && in < inputs; in++) {
                        sum += x[from][in] * w[(out * inputs + in) * CONFIG.kernel() + k];
                    }
                }
                y[p][out] = Math.max(0, sum);
            }
        }
        return y;
    }

    private static double[] dense(Map<String, NDArray> weights, String name, double[] x) {
        float[] w = weights.get(name + ".weight").toFloatArray();
        float[] bias = weights.get(name + ".bias").toFloatArray();
        double[] y = new double[bias.length];
        for (int out = 0; out < y.length; out++) {
            y[out] = bias[out];
            for (int in = 0; in < x.length; in++) {
                y[out] += x[in] * w[out * x.length + in];
            }
        }
        return y;
    }

    @Test
    void refusesOtherLengths() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Optimus block = new Optimus(CONFIG);
            block.initialize(new Philox(5), manager);
            NDList x = new NDList(manager.ones(new Shape(1, 13, 4)));
            ParameterStore store = new ParameterStore(manager, false);
            assertEquals(
                    "x must have length 12, got 13",
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> block.forward(store, x, false))
                            .getMessage());
        }
    }
}
