package dev.tiller.cli.run;

/** Told of the progress of a sampling run. */
public interface RunListener {
    /**
     * Called after each reverse step.
     *
     * @param stepsDone reverse steps of single designs done, those of earlier sessions included
     * @param stepsInAll reverse steps of all designs
     * @param designsDone designs finished
     */
    void progress(long stepsDone, long stepsInAll, int designsDone);
}
