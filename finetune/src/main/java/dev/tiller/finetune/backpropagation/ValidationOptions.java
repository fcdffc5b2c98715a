package dev.tiller.finetune.backpropagation;

import dev.tiller.rewards.Reward;
import java.util.OptionalDouble;

/**
 * What validations look at.
 *
 * @param designs designs of a validation, at least 2
 * @param referee an independent reward of the same property, which early stopping then watches;
 *     null to watch the reward itself
 * @param maxKl stops training above this divergence from the pretrained model, in nats per design
 *     ({@link Divergence#STEP})
 * @param minDiversity stops training below this mean share of positions in which two designs differ
 * @param conditioning what the designs of a validation are given, such as backbones held out; null
 *     for what those of training are given
 */
public record ValidationOptions(
        int designs,
        Reward referee,
        OptionalDouble maxKl,
        OptionalDouble minDiversity,
        Conditioning conditioning) {
    /** Checks the ranges. */
    public ValidationOptions {
        if (designs < 2) {
            throw new IllegalArgumentException(
                    "designs of a validation must be at least 2, got " + designs);
        }
        if (maxKl.isPresent() && !(maxKl.getAsDouble() > 0)) {
            throw new IllegalArgumentException(
                    "max KL must be above 0 nats per design, got " + maxKl.getAsDouble());
        }
        if (minDiversity.isPresent()
                && !(minDiversity.getAsDouble() >= 0 && minDiversity.getAsDouble() < 1)) {
            throw new IllegalArgumentException(
                    "min diversity must be in [0, 1), got "
                            + minDiversity.getAsDouble()
                            + "; it is a share of positions");
        }
    }

    /**
     * Gives the designs what those of training are given.
     *
     * @param designs as in the record
     * @param referee as in the record
     * @param maxKl as in the record
     * @param minDiversity as in the record
     */
    public ValidationOptions(
            int designs, Reward referee, OptionalDouble maxKl, OptionalDouble minDiversity) {
        this(designs, referee, maxKl, minDiversity, null);
    }

    /**
     * Watches the reward alone.
     *
     * @param designs designs of a validation, at least 2
     * @return options without a referee and without bounds
     */
    public static ValidationOptions of(int designs) {
        return new ValidationOptions(designs, null, OptionalDouble.empty(), OptionalDouble.empty());
    }
}
