package dev.tiller.zoo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Randomness.Purpose;

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
     * letters for the others.
     */
    static NDList of(ModelConfig config, int rows, NDManager manager) {
        int length = length(config);
        int letters = config.alphabet().length();
        boolean denoiser = config.kind() == ModelConfig.Kind.DENOISER;
        double[] uniforms = new double[rows * length];
        new Philox(0).fill(0, 0, Purpose.TRAINING_INPUT, 0, uniforms);
        long[] tokens = new long[uniforms.length];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = (long) (uniforms[i] * (denoiser ? letters + 1 : letters));
        }
        NDArray x = manager.create(tokens, new Shape(rows, length));
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
}
