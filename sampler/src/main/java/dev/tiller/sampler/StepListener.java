package dev.tiller.sampler;

/** Told of the progress of a decoder; may stop it by throwing. */
@FunctionalInterface
public interface StepListener {
    /** Listens to nothing. */
    StepListener NONE = (done, total) -> {};

    /**
     * Called after each reverse step of a batch.
     *
     * @param done steps done
     * @param total steps in all
     */
    void stepDone(int done, int total);
}
