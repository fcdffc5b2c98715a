package dev.tiller.finetune.backpropagation;

import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.sampler.numerics.Categorical;

/** The Gumbel noise of relaxed trajectories, a pure function of its address. */
@FunctionalInterface
public interface RelaxationNoise {
    /**
     * Fills in the noise of one reverse step of one design.
     *
     * @param sampleId the design's number within its run, in [0, 2^48)
     * @param step the reverse step, in [0, T)
     * @param out receives float64 standard Gumbel numbers, row-major [L, K + 1], the mask last
     */
    void gumbel(long sampleId, int step, double[] out);

    /**
     * Makes the noise of exact float64 uniforms, -log(-log(u)).
     *
     * @param noise the only source of randomness
     * @return the noise at {@link Purpose#RELAXATION}
     */
    static RelaxationNoise of(Randomness noise) {
        return (sampleId, step, out) -> {
            noise.fill(sampleId, step, Purpose.RELAXATION, 0, out);
            Categorical.toGumbel(out);
        };
    }
}
