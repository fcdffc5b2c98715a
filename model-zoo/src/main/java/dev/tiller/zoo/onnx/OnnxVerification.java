package dev.tiller.zoo.onnx;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.zoo.InferenceSession;
import dev.tiller.zoo.architecture.Input;
import java.util.ArrayList;
import java.util.List;

/** Holds an exported graph against the block that it was exported from. */
public final class OnnxVerification {
    /** The largest difference that passes, relative to the largest magnitude of an output. */
    public static final double TOLERANCE = 1e-4;

    private OnnxVerification() {}

    /**
     * The comparison for one size of the inputs.
     *
     * @param rows the number of rows
     * @param length the length of the sequences
     * @param difference the largest absolute difference of an output element
     * @param magnitude the largest absolute output element
     */
    public record Comparison(long rows, long length, double difference, double magnitude) {
        /**
         * Tells whether the difference is rounding.
         *
         * @return true if it is within {@link #TOLERANCE}
         */
        public boolean passes() {
            return difference <= TOLERANCE * Math.max(magnitude, 1e-3);
        }
    }

    /**
     * Compares outputs for random inputs.
     *
     * @param expected the network as it was
     * @param exported the network as it was exported
     * @param inputs the inputs of both; whole numbers are drawn from [0, {@code tokens})
     * @param tokens the number of tokens
     * @param sizes the rows and lengths to try
     * @return one comparison for each size
     */
    public static List<Comparison> compare(
            InferenceSession expected,
            InferenceSession exported,
            List<Input> inputs,
            int tokens,
            List<long[]> sizes) {
        List<Comparison> comparisons = new ArrayList<>();
        for (long[] size : sizes) {
            try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
                NDList arrays = new NDList(inputs.size());
                for (int i = 0; i < inputs.size(); i++) {
                    arrays.add(random(inputs.get(i), tokens, size, i, manager));
                }
                NDList before = expected.run(arrays);
                NDList after = exported.run(arrays);
                double difference = 0;
                double magnitude = 0;
                for (int i = 0; i < before.size(); i++) {
                    NDArray gap = before.get(i).sub(after.get(i)).abs().max();
                    difference = worse(difference, gap.getFloat());
                    magnitude = Math.max(magnitude, before.get(i).abs().max().getFloat());
                }
                comparisons.add(new Comparison(size[0], size[1], difference, magnitude));
            }
        }
        return comparisons;
    }

    /** Not a number is worse than any number. */
    private static double worse(double a, double b) {
        return Double.isNaN(a) || Double.isNaN(b) ? Double.NaN : Math.max(a, b);
    }

    private static NDArray random(
            Input input, int tokens, long[] size, int seed, NDManager manager) {
        long[] sizes = input.shape().getShape().clone();
        for (int axis = 0; axis < sizes.length; axis++) {
            if (sizes[axis] == -1) {
                sizes[axis] = axis == 0 ? size[0] : size[1];
            }
        }
        Shape shape = new Shape(sizes);
        double[] uniforms = new double[Math.toIntExact(shape.size())];
        new Philox(seed).fill(0, 0, Purpose.TRAINING_INPUT, 0, uniforms);
        if (input.type() == DataType.INT64) {
            int choices = shape.dimension() == 1 ? 1 : tokens;
            long[] values = new long[uniforms.length];
            for (int i = 0; i < values.length; i++) {
                values[i] = (long) (uniforms[i] * choices);
            }
            return manager.create(values, shape);
        }
        float[] values = new float[uniforms.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) uniforms[i];
        }
        return manager.create(values, shape);
    }
}
