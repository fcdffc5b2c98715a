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

    /**
     * Called by particle methods, for each design, when its particles were weighted.
     *
     * @param sampleId the design
     * @param effectiveSampleSize (sum w)^2 / sum w^2 of its particles, in [1, P]
     * @param ancestors how many particles of the prior have descendants left, in [1, P]
     */
    default void particlesWeighted(long sampleId, double effectiveSampleSize, int ancestors) {}
}
