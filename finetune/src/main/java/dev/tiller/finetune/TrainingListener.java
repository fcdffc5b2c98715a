package dev.tiller.finetune;

import java.util.Map;

/** Told of the progress of a training run, and asked whether to stop. */
public interface TrainingListener {
    /**
     * Where a run is.
     *
     * @param step steps done
     * @param loss training loss of the last batch
     * @param gradientNorm norm of the last gradient, before clipping
     * @param validation the last validation loss
     * @param best the best validation loss
     * @param metrics further numbers of the last batch, by name
     * @param validationMetrics further numbers of the last validation, by name
     */
    record Progress(
            long step,
            double loss,
            double gradientNorm,
            double validation,
            double best,
            Map<String, Double> metrics,
            Map<String, Double> validationMetrics) {}

    /**
     * Called after each step.
     *
     * @param progress where the run is
     * @param maxSteps the largest number of steps
     */
    void stepDone(Progress progress, long maxSteps);

    /**
     * Told in one line of what a user should know: a warning, or why training ended.
     *
     * @param line the line
     */
    default void note(String line) {}

    /**
     * Asked after each step.
     *
     * @return true to write a checkpoint and stop
     */
    boolean interrupted();
}
