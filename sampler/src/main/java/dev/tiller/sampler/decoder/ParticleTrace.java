package dev.tiller.sampler.decoder;

/** Told of the weights and ancestors of each group of particles, as the filter goes. */
public interface ParticleTrace {
    /** Listens to nothing. */
    ParticleTrace NONE =
            new ParticleTrace() {
                @Override
                public void weighted(long sampleId, int step, double[] logWeights) {}

                @Override
                public void resampled(long sampleId, int step, int[] ancestors) {}
            };

    /**
     * Called when the particles of a group were weighted, before they may be resampled.
     *
     * @param sampleId the group's design
     * @param step the reverse step, or T for the clean designs
     * @param logWeights natural logs of the weights since the last resampling, float64 [P], not
     *     normalised; a copy
     */
    void weighted(long sampleId, int step, double[] logWeights);

    /**
     * Called when a group was resampled.
     *
     * @param sampleId the group's design
     * @param step the reverse step
     * @param ancestors the particle that each of the P new ones is a copy of; a copy
     */
    void resampled(long sampleId, int step, int[] ancestors);
}
