package dev.tiller.sampler.decoder;

import dev.tiller.sampler.State;

/**
 * All particles at the end of a run, weighted: an approximation of p(x0) exp(r(x0) / tau), one for
 * each group. Rows g * P + i are particle i of group g.
 *
 * @param designs clean designs, [groups * P] rows; closed with this
 * @param rewards r(x0), float64 [groups * P]
 * @param logWeights natural logs of the weights since the last resampling, float64 [groups * P],
 *     not normalised
 * @param ancestors the number, within its group, of the particle of the prior that each descends
 *     from, [groups * P]
 * @param logNormalisers log of an unbiased estimate of Z = E[exp(r(x0) / tau)] under the model, for
 *     each group, float64 [groups]
 */
public record ParticleSystem(
        State designs,
        double[] rewards,
        double[] logWeights,
        int[] ancestors,
        double[] logNormalisers)
        implements AutoCloseable {
    /** Frees the designs. */
    @Override
    public void close() {
        designs.close();
    }
}
