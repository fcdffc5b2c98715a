package dev.tiller.finetune.optimizer;

/**
 * Linear warm-up, then a constant rate or a decay.
 *
 * @param peak the largest learning rate, above 0
 * @param warmupSteps steps of linear warm-up from 0, at least 0
 * @param shape constant, or down to 0 at the last step
 * @param totalSteps the last step of the decay
 */
public record LearningRate(double peak, int warmupSteps, Shape shape, int totalSteps) {
    /** What follows the warm-up. */
    public enum Shape {
        /** The peak until the end. */
        CONSTANT,
        /** Half a cosine from the peak to 0. */
        COSINE,
        /** A straight line from the peak to 0. */
        LINEAR
    }

    public LearningRate {
        if (!(peak > 0)) {
            throw new IllegalArgumentException("learning_rate must be above 0, got " + peak);
        }
        if (warmupSteps < 0) {
            throw new IllegalArgumentException(
                    "warmup_steps must be at least 0, got " + warmupSteps);
        }
    }

    /**
     * Returns the rate of one step.
     *
     * @param step the step, from 0
     * @return peak * min(1, (step + 1) / warmup), times the decay
     */
    public double at(long step) {
        double warmup = warmupSteps == 0 ? 1 : Math.min(1.0, (step + 1.0) / warmupSteps);
        if (shape == Shape.CONSTANT || step < warmupSteps) {
            return peak * warmup;
        }
        double progress =
                Math.min(1, (step - warmupSteps) / Math.max(1.0, totalSteps - warmupSteps));
        return shape == Shape.LINEAR
                ? peak * (1 - progress)
                : peak * 0.5 * (1 + StrictMath.cos(Math.PI * progress));
    }
}
