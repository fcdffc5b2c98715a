package dev.tiller.finetune.optimizer;

import ai.djl.ndarray.NDArray;
import java.util.Map;

/** Clipping by the global norm, as PyTorch's clip_grad_norm_ does it. */
public final class GradientClipping {
    private GradientClipping() {}

    /**
     * Scales gradients in place so that their joint Euclidean norm is at most {@code maxNorm}.
     *
     * @param gradients float32 arrays
     * @param maxNorm the largest norm allowed, above 0
     * @return the norm before clipping
     * @throws IllegalStateException if the norm is not finite
     */
    public static double byGlobalNorm(Map<String, NDArray> gradients, double maxNorm) {
        double squares = 0;
        for (NDArray gradient : gradients.values()) {
            try (NDArray square = gradient.square();
                    NDArray sum = square.sum()) {
                squares += sum.getFloat();
            }
        }
        double norm = Math.sqrt(squares);
        if (!Double.isFinite(norm)) {
            throw new IllegalStateException(
                    "the gradient norm must be finite, got "
                            + norm
                            + "; lower the learning rate or the clip norm");
        }
        double scale = maxNorm / (norm + 1e-6);
        if (scale < 1) {
            gradients.values().forEach(gradient -> gradient.muli(scale));
        }
        return norm;
    }
}
