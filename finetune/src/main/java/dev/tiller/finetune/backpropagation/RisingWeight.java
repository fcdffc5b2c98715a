package dev.tiller.finetune.backpropagation;

/**
 * A weight that grows linearly to its value: at training step n it is weight * (n + 1) / warmup,
 * and the weight itself from step warmup - 1 on.
 *
 * @param weight what a nat of divergence costs, in the unit of the reward; not negative
 * @param warmup training steps until it is reached; 0 for at once
 */
public record RisingWeight(double weight, long warmup) {
    /** Checks the ranges. */
    public RisingWeight {
        if (!(weight >= 0 && weight < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "KL weight must be at least 0 and finite, got "
                            + weight
                            + "; it is what a nat costs, in the unit of the reward");
        }
        if (warmup < 0) {
            throw new IllegalArgumentException(
                    "KL warm-up must be at least 0 training steps, got " + warmup);
        }
    }

    /**
     * Returns the weight of a training step.
     *
     * @param step the training step, from 0
     * @return a number in [0, weight]
     */
    public double at(long step) {
        return step + 1 >= warmup ? weight : weight * (step + 1) / warmup;
    }
}
