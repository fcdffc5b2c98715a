package dev.tiller.zoo.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Randomness.Purpose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Compares convolutions with sums in float64; the engine alone fails some of these. */
class ConvolutionIT {
    private static final int ROWS = 3;
    private static final double TOLERANCE = 2e-6;

    private record Sizes(int inputs, int outputs, int kernel, int dilation, int length) {}

    private static final class OneLayer extends NamedBlock {
        private final int dilation;

        OneLayer(Sizes sizes) {
            super("one-layer");
            dilation = sizes.dilation();
            layer("conv", sizes.outputs(), sizes.inputs(), sizes.kernel());
        }

        @Override
        NDList forward(Layers layers, NDList inputs) {
            return new NDList(layers.conv("conv", inputs.head(), dilation));
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputShapes) {
            return inputShapes;
        }
    }

    @ParameterizedTest
    @CsvSource({
        "5, 32, 9, 1, 40",
        "12, 12, 9, 1, 40",
        "12, 12, 9, 64, 40",
        "4, 120, 8, 1, 50",
        "120, 120, 8, 1, 50",
        "120, 120, 9, 1, 50",
        "72, 40, 5, 2, 33",
        "16, 1, 5, 1, 20",
        "16, 16, 5, 4, 30",
        "8, 5, 1, 1, 7"
    })
    void outputsAndGradientsEqualTheSums(
            int inputs, int outputs, int kernel, int dilation, int length) {
        Sizes sizes = new Sizes(inputs, outputs, kernel, dilation, length);
        OneLayer block = new OneLayer(sizes);
        try (NDManager manager = NDManager.newBaseManager()) {
            block.initialize(new Philox(1), manager);
            Shape xShape = new Shape(ROWS, inputs, length);
            Shape yShape = new Shape(ROWS, outputs, length);
            NDArray x = manager.create(random(1, xShape), xShape);
            NDArray probe = manager.create(random(2, yShape), yShape);
            x.setRequiresGradient(true);
            NDArray y;
            try (GradientCollector gradients = Engine.getInstance().newGradientCollector()) {
                y = block.forward(new ParameterStore(manager, false), new NDList(x), true).head();
                gradients.backward(y.mul(probe).sum());
            }
            NDArray weight = block.weights().get("conv.weight");
            double[][] sums =
                    sums(
                            sizes,
                            x.toFloatArray(),
                            weight.toFloatArray(),
                            block.weights().get("conv.bias").toFloatArray(),
                            probe.toFloatArray());
            assertEquals(yShape, y.getShape());
            assertClose(sums[0], y.toFloatArray());
            assertClose(sums[1], x.getGradient().toFloatArray());
            assertClose(sums[2], weight.getGradient().toFloatArray());
        }
    }

    private static float[] random(int id, Shape shape) {
        double[] uniforms = new double[(int) shape.size()];
        new Philox(2).fill(id, 0, Purpose.TRAINING_INPUT, 0, uniforms);
        float[] values = new float[uniforms.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (2 * uniforms[i] - 1);
        }
        return values;
    }

    /** The output, and the gradients of input and weight. */
    private static double[][] sums(Sizes s, float[] x, float[] w, float[] bias, float[] probe) {
        double[] y = new double[probe.length];
        double[] dx = new double[x.length];
        double[] dw = new double[w.length];
        int left = s.dilation() * (s.kernel() - 1) / 2;
        for (int at = 0; at < y.length; at++) {
            int position = at % s.length();
            int output = at / s.length() % s.outputs();
            int row = at / s.length() / s.outputs();
            y[at] = bias[output];
            for (int input = 0; input < s.inputs(); input++) {
                for (int k = 0; k < s.kernel(); k++) {
                    int from = position + k * s.dilation() - left;
                    if (from >= 0 && from < s.length()) {
                        int xAt = (row * s.inputs() + input) * s.length() + from;
                        int wAt = (output * s.inputs() + input) * s.kernel() + k;
                        y[at] += (double) x[xAt] * w[wAt];
                        dx[xAt] += (double) probe[at] * w[wAt];
                        dw[wAt] += (double) probe[at] * x[xAt];
                    }
                }
            }
        }
        return new double[][] {y, dx, dw};
    }

    private static void assertClose(double[] expected, float[] actual) {
        assertEquals(expected.length, actual.length);
        double largest = 0;
        for (double value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        for (int i = 0; i < actual.length; i++) {
            double difference = Math.abs(expected[i] - actual[i]) / largest;
            assertTrue(difference <= TOLERANCE, i + ": " + expected[i] + " but " + actual[i]);
        }
    }
}
