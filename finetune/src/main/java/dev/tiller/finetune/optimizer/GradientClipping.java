package dev.tiller.finetune.optimizer;

import ai.djl.ndarray.NDArray;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Clipping by the norm of all gradients or of groups, as PyTorch's clip_grad_norm_ does it. */
public final class GradientClipping {
    private GradientClipping() {}

    /**
     * Clips each group of gradients by its own norm, as if each part of a network had an optimiser
     * of its own.
     *
     * @param gradients float32 arrays by name
     * @param groups beginnings of names: a gradient belongs to the first that its name has, and all
     *     others are one more group
     * @param maxNorm the largest norm of a group, above 0
     * @return the norm of all gradients before clipping
     * @throws IllegalStateException if the norm is not finite
     */
    public static double byGroups(
            Map<String, NDArray> gradients, List<String> groups, double maxNorm) {
        if (groups.isEmpty()) {
            return byGlobalNorm(gradients, maxNorm);
        }
        Map<String, Map<String, NDArray>> members = new LinkedHashMap<>();
        gradients.forEach(
                (name, gradient) -> {
                    String group = groups.stream().filter(name::startsWith).findFirst().orElse("");
                    members.computeIfAbsent(group, g -> new LinkedHashMap<>()).put(name, gradient);
                });
        double squares = 0;
        for (Map<String, NDArray> group : members.values()) {
            double norm = byGlobalNorm(group, maxNorm);
            squares += norm * norm;
        }
        return Math.sqrt(squares);
    }

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
