package dev.tiller.zoo.architecture;

import ai.djl.ndarray.NDArray;
import dev.tiller.sampler.numerics.Gradients;

/** Activation functions that the engine lacks; elementwise, float32 of any shape. */
final class Activations {
    private static final float ENFORMER = 1.702f;
    private static final float CUBIC = 0.044715f;
    private static final float TWICE_ROOT = (float) (2 * Math.sqrt(2 / Math.PI));

    private Activations() {}

    /** x sigmoid(x). */
    static NDArray silu(NDArray x) {
        return x.mul(sigmoid(x));
    }

    /** The GELU of Enformer, x sigmoid(1.702 x). */
    static NDArray sigmoidGelu(NDArray x) {
        return x.mul(sigmoid(Gradients.times(x, ENFORMER)));
    }

    /** x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2, where (1 + tanh z) / 2 = sigmoid(2 z). */
    static NDArray tanhGelu(NDArray x) {
        NDArray cubic = Gradients.times(x.mul(x), CUBIC).add(1f).mul(x);
        return x.mul(sigmoid(Gradients.times(cubic, TWICE_ROOT)));
    }

    private static NDArray sigmoid(NDArray x) {
        return x.getNDArrayInternal().sigmoid();
    }
}
