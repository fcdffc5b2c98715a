package dev.tiller.zoo.architecture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.sampler.numerics.Gradients;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Dropout and batch norm, which differ between training and evaluation. */
class TrainingModeIT {
    private NDManager manager;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager();
    }

    @AfterEach
    void close() {
        manager.close();
    }

    private static final class Norm extends NamedBlock {
        Norm() {
            super("norm");
            norm("n", 2);
            untrained("n.running_mean", Initial.ZERO, 2);
            untrained("n.running_var", Initial.ONE, 2);
        }

        @Override
        NDList forward(Layers layers, NDList inputs) {
            return new NDList(layers.batchNorm("n", inputs.head()));
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputShapes) {
            return inputShapes;
        }
    }

    @Test
    void batchNormUsesAndKeepsStatisticsAsPyTorchDoes() {
        Norm block = new Norm();
        block.initialize(new Philox(1), manager);
        ParameterStore store = new ParameterStore(manager, false);
        // channel 0 holds 1, 2, 3, 6: mean 3, variance 3.5 (14 / 3 unbiased); channel 1 only 5
        NDArray x = manager.create(new float[] {1, 2, 5, 5, 3, 6, 5, 5}, new Shape(2, 2, 2));
        NDArray y = block.forward(store, new NDList(x), true).head();
        float scale = (float) (1 / Math.sqrt(3.5 + 1e-5));
        float[] expected = {-2 * scale, -scale, 0, 0, 0, 3 * scale, 0, 0};
        assertArrayEquals(expected, y.toFloatArray(), 1e-6f);
        assertArrayEquals(
                new float[] {0.3f, 0.5f},
                block.weights().get("n.running_mean").toFloatArray(),
                1e-6f);
        assertArrayEquals(
                new float[] {0.9f + 0.1f * 14 / 3, 0.9f},
                block.weights().get("n.running_var").toFloatArray(),
                1e-6f);
        NDArray evaluated = block.forward(store, new NDList(x), false).head();
        assertEquals(
                (1 - 0.3) / Math.sqrt(0.9 + 1.4 / 3 + 1e-5), evaluated.toFloatArray()[0], 1e-6);
        assertEquals(0.3f, block.weights().get("n.running_mean").toFloatArray()[0], 1e-6f);
    }

    @Test
    void masksDependOnStepAndLayerOnly() {
        NDArray ones = manager.ones(new Shape(50, 40));
        DropoutMasks masks = new DropoutMasks(new Philox(3), 7);
        float[] first = masks.apply(ones, 0.25).toFloatArray();
        float[] second = masks.apply(ones, 0.25).toFloatArray();
        assertFalse(Arrays.equals(first, second));
        assertArrayEquals(
                first, new DropoutMasks(new Philox(3), 7).apply(ones, 0.25).toFloatArray());
        int dropped = 0;
        for (float element : first) {
            assertTrue(element == 0 || element == 4f / 3);
            dropped += element == 0 ? 1 : 0;
        }
        // 2000 draws; 5 standard deviations of the binomial, false alarm below 1e-6
        assertEquals(500, dropped, 5 * Math.sqrt(2000 * 0.25 * 0.75));
    }

    @Test
    void dropoutActsInTrainingWithMasksOnly() {
        Optimus block = new Optimus(new Optimus.Config(4, 3, 1, 32, 1, 6, 0.5));
        block.initialize(new Philox(1), manager);
        ParameterStore store = new ParameterStore(manager, false);
        NDList x = new NDList(manager.ones(new Shape(2, 6, 4)));
        PairList<String, Object> masks = new PairList<>();
        masks.add(DropoutMasks.KEY, new DropoutMasks(new Philox(1), 0));
        float[] plain = block.forward(store, x, false).head().toFloatArray();
        assertArrayEquals(plain, block.forward(store, x, true).head().toFloatArray());
        assertArrayEquals(plain, block.forward(store, x, false, masks).head().toFloatArray());
        assertFalse(
                Arrays.equals(plain, block.forward(store, x, true, masks).head().toFloatArray()));
    }

    /** Loads noise, since the layers that start at zero would hide what is in front of them. */
    private void randomise(NamedBlock block) {
        Map<String, NDArray> weights = new LinkedHashMap<>();
        block.initialize(new Philox(1), manager);
        block.weights()
                .forEach(
                        (name, array) -> {
                            double[] uniforms = new double[(int) array.size()];
                            new Philox(4)
                                    .fill(weights.size(), 0, Purpose.TRAINING_INPUT, 0, uniforms);
                            float[] noise = new float[uniforms.length];
                            for (int i = 0; i < noise.length; i++) {
                                noise[i] = (float) (0.2 * uniforms[i] - 0.1);
                            }
                            boolean fixed =
                                    name.endsWith("running_var") || name.endsWith("inv_freq");
                            weights.put(
                                    name,
                                    fixed
                                            ? array
                                            : array.add(manager.create(noise, array.getShape())));
                        });
        block.load(weights, manager);
    }

    private static List<NamedBlock> transformers() {
        return List.of(
                new Dit(new Dit.Config(16, 4, 2, 2, 4, 4, 0.3)),
                new Enformer(new Enformer.Config(List.of(12, 24), 2, 2, 4, 1, 0.05, 0.1, 0.4)));
    }

    private NDList input(NamedBlock block) {
        Shape shape = new Shape(2, 21, 4);
        double[] uniforms = new double[(int) shape.size()];
        new Philox(5).fill(0, 0, Purpose.TRAINING_INPUT, 0, uniforms);
        float[] x = new float[uniforms.length];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) uniforms[i];
        }
        NDArray soft = manager.create(x, shape);
        return new NDList(block instanceof Dit ? soft.argMax(2) : soft);
    }

    @Test
    void transformersDropInTrainingWithMasksOnly() {
        for (NamedBlock block : transformers()) {
            randomise(block);
            ParameterStore store = new ParameterStore(manager, false);
            NDList x = input(block);
            PairList<String, Object> masks = new PairList<>();
            masks.add(DropoutMasks.KEY, new DropoutMasks(new Philox(1), 0));
            float[] plain = block.forward(store, x, true).head().toFloatArray();
            float[] dropped = block.forward(store, x, true, masks).head().toFloatArray();
            assertFalse(Arrays.equals(plain, dropped));
            PairList<String, Object> again = new PairList<>();
            again.add(DropoutMasks.KEY, new DropoutMasks(new Philox(1), 0));
            assertArrayEquals(dropped, block.forward(store, x, true, again).head().toFloatArray());
        }
    }

    /**
     * The gradient of a loss whose inner arrays were closed and whose memory the JVM has given away
     * by the time of the backward pass.
     */
    private float[] gradientAfterCollection(NamedBlock block, NDList x, boolean collect) {
        ParameterStore store = new ParameterStore(manager, false);
        PairList<String, Object> masks = new PairList<>();
        masks.add(DropoutMasks.KEY, new DropoutMasks(new Philox(1), 0));
        block.weights().values().stream()
                .filter(NDArray::hasGradient)
                .forEach(array -> array.getGradient().subi(array.getGradient().duplicate()));
        List<ByteBuffer> taken = new ArrayList<>();
        Gradients.backward(
                manager,
                () -> {
                    NDArray y = block.forward(store, x, true, masks).head();
                    NDArray loss = y.mul(y).sum();
                    for (int i = 0; collect && i < 400; i++) {
                        if (i % 100 == 0) {
                            System.gc();
                        }
                        ByteBuffer other = ByteBuffer.allocateDirect(64 << (i % 8));
                        while (other.hasRemaining()) {
                            other.putFloat(1e9f);
                        }
                        taken.add(other);
                    }
                    return loss;
                });
        assertEquals(collect ? 400 : 0, taken.size());
        NDArray first = block.weights().get(block.trainable().get(0));
        return first.getGradient().toFloatArray();
    }

    /** Masks and tables come from the JVM's memory; the backward pass reads them again. */
    @Test
    void gradientsDoNotDependOnTheGarbageCollector() {
        List<NamedBlock> blocks = new ArrayList<>(transformers());
        blocks.add(new Optimus(new Optimus.Config(16, 3, 2, 32, 1, 21, 0.5)));
        blocks.add(new DnaConv(new DnaConv.Config(16, 1, 4, 1, true, 0.5)));
        for (NamedBlock block : blocks) {
            randomise(block);
            NDList x = input(block);
            float[] expected = gradientAfterCollection(block, x, false);
            for (int round = 0; round < 3; round++) {
                assertArrayEquals(
                        expected,
                        gradientAfterCollection(block, x, true),
                        block.architecture() + ", round " + round);
            }
        }
    }

    @Test
    void gradientsReachAllThatIsTrained() {
        for (NamedBlock block : transformers()) {
            randomise(block);
            NDList x = input(block);
            ParameterStore store = new ParameterStore(manager, false);
            Gradients.backward(
                    manager,
                    () -> {
                        NDArray y = block.forward(store, x, true).head();
                        return y.mul(y).sum();
                    });
            for (String name : block.trainable()) {
                float[] gradient = block.weights().get(name).getGradient().toFloatArray();
                float largest = 0;
                for (float element : gradient) {
                    largest = Math.max(largest, Math.abs(element));
                }
                assertTrue(largest > 0, block.architecture() + " " + name);
            }
        }
    }

    /**
     * Arrays of Java's numbers lie in Java's memory, which the graph of a gradient does not hold:
     * dropout masks and tables of positions must not be such arrays.
     */
    @Test
    void gradientsNeedNothingThatIsFreedWithTheForwardCall() {
        for (NamedBlock block : transformers()) {
            randomise(block);
            Map<String, float[]> expected = gradients(block, () -> {});
            Map<String, float[]> late = gradients(block, this::reuseJavaMemory);
            expected.forEach((name, array) -> assertArrayEquals(array, late.get(name), 0f, name));
        }
    }

    private Map<String, float[]> gradients(NamedBlock block, Runnable inBetween) {
        NDList x = input(block);
        ParameterStore store = new ParameterStore(manager, false);
        PairList<String, Object> masks = new PairList<>();
        masks.add(DropoutMasks.KEY, new DropoutMasks(new Philox(1), 0));
        Gradients.backward(
                manager,
                () -> {
                    NDArray y = block.forward(store, x, true, masks).head();
                    NDArray sum = y.mul(y).sum();
                    inBetween.run();
                    return sum;
                });
        Map<String, float[]> gradients = new LinkedHashMap<>();
        for (String name : block.trainable()) {
            NDArray gradient = block.weights().get(name).getGradient();
            gradients.put(name, gradient.toFloatArray());
            gradient.subi(gradient); // gradients add up
        }
        return gradients;
    }

    /** Frees Java's memory and writes other numbers into what is freed. */
    private void reuseJavaMemory() {
        for (int round = 0; round < 3; round++) {
            System.gc();
            for (int size = 16; size < 4096; size += 16) {
                float[] noise = new float[size];
                Arrays.fill(noise, Float.NaN);
                manager.create(noise);
            }
        }
    }
}
