package dev.tiller.finetune;

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
     */
    record Progress(long step, double loss, double gradientNorm, double validation, double best) {}

    /**
     * Called after each step.
     *
     * @param progress where the run is
     * @param maxSteps the largest number of steps
     */
    void stepDone(Progress progress, long maxSteps);

    /**
     * Asked after each step.
     *
     * @return true to write a checkpoint and stop
     */
    boolean interrupted();
}
