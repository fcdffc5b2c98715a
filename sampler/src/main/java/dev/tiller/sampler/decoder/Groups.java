package dev.tiller.sampler.decoder;

import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.sampler.numerics.Categorical;
import java.util.Arrays;

/** Groups of P particles, one group for each design. */
final class Groups {
    private Groups() {}

    static void requireSize(int particles, int candidates) {
        if (particles < 1) {
            throw new IllegalArgumentException("particles must be at least 1, got " + particles);
        }
        if (candidates < 1) {
            Candidates.require(candidates);
        }
        if ((long) particles * candidates > Candidates.LARGEST) {
            throw new IllegalArgumentException(
                    "particles * candidates must be at most "
                            + Candidates.LARGEST
                            + ", got "
                            + particles
                            + " * "
                            + candidates);
        }
    }

    /**
     * Returns the row of each group that becomes its design.
     *
     * @param rewards of each row
     * @param logWeights of each row
     * @param sampleIds of each group
     * @param step part of the address
     */
    static int[] keep(
            Keep keep,
            double[] rewards,
            double[] logWeights,
            long[] sampleIds,
            int step,
            Randomness noise) {
        if (sampleIds.length == 0) {
            return new int[0];
        }
        int particles = logWeights.length / sampleIds.length;
        if (keep == Keep.BEST) {
            return Candidates.best(rewards, particles);
        }
        int[] rows = new int[sampleIds.length];
        double[] uniforms = new double[particles];
        for (int group = 0; group < rows.length; group++) {
            int first = group * particles;
            noise.fill(sampleIds[group], step, Purpose.FINAL_SELECTION, 0, uniforms);
            double[] weights = Arrays.copyOfRange(logWeights, first, first + particles);
            rows[group] = first + Categorical.draw(weights, uniforms, 0);
        }
        return rows;
    }
}
