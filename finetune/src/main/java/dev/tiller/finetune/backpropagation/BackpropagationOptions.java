package dev.tiller.finetune.backpropagation;

import java.util.Locale;
import java.util.Objects;
import java.util.OptionalDouble;

/**
 * How a reward is backpropagated.
 *
 * @param steps T, reverse steps of a trajectory
 * @param startTime the first time, in (0, 1]; the states start all masked whatever it is
 * @param endTime the last time, below the first; 1e-5 as in the sampler
 * @param truncation the last steps, which are relaxed and carry the gradient, in [1, T]; those
 *     before are drawn
 * @param temperature tau of the relaxed tokens
 * @param copyTemperature makes the copy flag of relaxed steps sigmoid((1 - mask mass) / it) instead
 *     of 1 - mask mass; empty for none
 * @param floor what is added to each weight of a relaxed draw; 0, or 1e-8 as the published code for
 *     proteins has it
 * @param kl the divergence that is paid for
 * @param klWeight what it costs; where that is 0 it is measured still, and none saves the effort
 * @param klSteps which steps count
 * @param batchesPerStep batches whose gradients make one training step, at least 1; tells the
 *     training step, which the temperature and the weight depend on
 * @param graph what is held in memory
 */
public record BackpropagationOptions(
        int steps,
        double startTime,
        double endTime,
        int truncation,
        Annealing temperature,
        OptionalDouble copyTemperature,
        double floor,
        Divergence kl,
        RisingWeight klWeight,
        KlSteps klSteps,
        int batchesPerStep,
        Graph graph) {
    /** The last time of the published code. */
    public static final double PUBLISHED_END = 1e-5;

    /** Which steps of a trajectory the divergence is summed over. */
    public enum KlSteps {
        /** All of them. */
        ALL,
        /** Those that carry the gradient of the reward. */
        DIFFERENTIATED;

        /** Returns the name used in job files. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What is held in memory for the gradient. */
    public enum Graph {
        /**
         * The states of the trajectory, and one step at a time, which is computed a second time for
         * its gradient. Memory does not grow with the number of steps.
         */
        PER_STEP,
        /** All relaxed steps at once: as fast, and memory grows with each. For comparison. */
        WHOLE
    }

    /** Checks the ranges. */
    public BackpropagationOptions {
        Objects.requireNonNull(temperature);
        Objects.requireNonNull(copyTemperature);
        Objects.requireNonNull(kl);
        Objects.requireNonNull(klWeight);
        Objects.requireNonNull(klSteps);
        Objects.requireNonNull(graph);
        if (steps < 1) {
            throw new IllegalArgumentException("steps must be at least 1, got " + steps);
        }
        if (!(startTime > 0 && startTime <= 1)) {
            throw new IllegalArgumentException("startTime must be in (0, 1], got " + startTime);
        }
        if (!(endTime >= 0 && endTime < startTime)) {
            throw new IllegalArgumentException(
                    "endTime must be in [0, " + startTime + "), got " + endTime);
        }
        if (truncation < 1 || truncation > steps) {
            throw new IllegalArgumentException(
                    "truncation must be in [1, "
                            + steps
                            + "], the number of steps, got "
                            + truncation
                            + "; leave it out to differentiate all");
        }
        if (copyTemperature.isPresent() && !(copyTemperature.getAsDouble() > 0)) {
            throw new IllegalArgumentException(
                    "copy temperature must be above 0, got "
                            + copyTemperature.getAsDouble()
                            + "; leave it out for the plain copy flag");
        }
        if (!(floor >= 0 && floor < 1)) {
            throw new IllegalArgumentException("floor must be in [0, 1), got " + floor);
        }
        if (batchesPerStep < 1) {
            throw new IllegalArgumentException(
                    "batches per step must be at least 1, got " + batchesPerStep);
        }
    }

    /**
     * Returns the settings of this project: no truncation, tau 1, the exact divergence of all
     * steps.
     *
     * @param steps T
     * @param klWeight what a nat of it costs, in the unit of the reward
     * @return the options
     */
    public static BackpropagationOptions defaults(int steps, double klWeight) {
        return new BackpropagationOptions(
                steps,
                1,
                PUBLISHED_END,
                steps,
                Annealing.constant(1),
                OptionalDouble.empty(),
                0,
                Divergence.STEP,
                new RisingWeight(klWeight, 0),
                KlSteps.ALL,
                1,
                Graph.PER_STEP);
    }

    /** A time of the grid: the start time at index 0, the end time at index T. */
    double time(int index) {
        return startTime - index * (startTime - endTime) / steps;
    }

    /** The index of the first relaxed step, whose state is still hard. */
    int firstRelaxed() {
        return steps - truncation;
    }

    /** Whether the divergence of a step is part of the loss and may differ from 0. */
    boolean pays(int index) {
        if (kl == Divergence.NONE) {
            return false;
        }
        boolean hard = index <= firstRelaxed();
        boolean counted = klSteps == KlSteps.ALL || index >= firstRelaxed();
        return counted && (!hard || kl.countsHardStates());
    }

    long trainingStep(long batch) {
        return batch / batchesPerStep;
    }
}
