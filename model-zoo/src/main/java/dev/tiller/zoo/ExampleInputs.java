package dev.tiller.zoo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.zoo.architecture.ProteinMpnn;
import java.util.Arrays;

/** Random inputs that a model of a kind understands, always the same. */
final class ExampleInputs {
    private static final int FREE_LENGTH = 64;

    private ExampleInputs() {}

    /** The length that the model states, or one that any model can read. */
    static int length(ModelConfig config) {
        return config.length() == 0 ? FREE_LENGTH : config.length();
    }

    /**
     * Tokens, masks among them, sigma where it is asked for, and class 0 for a denoiser; one-hot
     * letters for the others; noisy molecules for score networks.
     */
    static NDList of(ModelConfig config, int rows, NDManager manager) {
        if (config.graph() != null) {
            return graphs(config, rows, manager);
        }
        int letters = config.alphabet().length();
        boolean denoiser = config.kind() == ModelConfig.Kind.DENOISER;
        NDArray x = tokens(rows, length(config), denoiser ? letters + 1 : letters, manager);
        if (!denoiser) {
            return new NDList(OneHot.encode(x, letters));
        }
        NDList inputs = new NDList(x);
        if (config.timeConditioning()) {
            float[] sigma = new float[rows];
            for (int i = 0; i < rows; i++) {
                sigma[i] = (float) config.schedule().create().sigma((i + 0.5) / rows);
            }
            inputs.add(manager.create(sigma));
        }
        if (config.label() != null) {
            inputs.add(manager.create(new long[rows], new Shape(rows)));
        }
        return inputs;
    }

    private static NDArray tokens(int rows, int length, int letters, NDManager manager) {
        double[] uniforms = new double[rows * length];
        new Philox(0).fill(0, 0, Purpose.TRAINING_INPUT, 0, uniforms);
        long[] tokens = new long[uniforms.length];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = (long) (uniforms[i] * letters);
        }
        return manager.create(tokens, new Shape(rows, length));
    }

    /** Tokens, and for an autoregressive network the order of the chain. */
    static NDList ofProtein(ProteinMpnn.Config config, int rows, int length, NDManager manager) {
        NDList inputs = new NDList(tokens(rows, length, config.letters(), manager));
        if (config.autoregressive()) {
            long[] order = new long[rows * length];
            Arrays.setAll(order, i -> i % length);
            inputs.add(manager.create(order, new Shape(rows, length)));
        }
        return inputs;
    }

    /** Uniform noise on the atoms and, symmetric, on the bonds of molecules of all atoms. */
    private static NDList graphs(ModelConfig config, int rows, NDManager manager) {
        int nodes = config.graph().nodes();
        NDArray x = noise(0, new Shape(rows, nodes, config.graph().atoms().size()), manager);
        NDArray adj = noise(1, new Shape(rows, nodes, nodes), manager);
        NDArray off = manager.eye(nodes).neg().add(1f);
        NDList inputs =
                new NDList(
                        x,
                        adj.add(adj.transpose(0, 2, 1)).mul(off),
                        manager.ones(new Shape(rows, nodes)));
        if (config.timeConditioning()) {
            inputs.add(noise(2, new Shape(rows), manager));
        }
        return inputs;
    }

    private static NDArray noise(int address, Shape shape, NDManager manager) {
        double[] uniforms = new double[Math.toIntExact(shape.size())];
        new Philox(0).fill(address, 0, Purpose.TRAINING_INPUT, 0, uniforms);
        float[] values = new float[uniforms.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) uniforms[i];
        }
        return manager.create(values, shape);
    }
}
