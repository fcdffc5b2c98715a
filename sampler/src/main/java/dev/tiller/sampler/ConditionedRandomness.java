package dev.tiller.sampler;

import java.util.function.LongUnaryOperator;

/**
 * Randomness that follows what a sample is given, not its number in a run: sample ids are replaced
 * by others before they address anything. So a design of a condition is the same whatever other
 * conditions a run has.
 *
 * @param noise the randomness of the run
 * @param address the id that takes the place of a sample id, in [0, 2^48)
 */
public record ConditionedRandomness(Randomness noise, LongUnaryOperator address)
        implements Randomness {
    @Override
    public void fill(long sampleId, int step, Purpose purpose, int candidate, double[] out) {
        noise.fill(address.applyAsLong(sampleId), step, purpose, candidate, out);
    }

    @Override
    public Randomness branch(int number) {
        return new ConditionedRandomness(noise.branch(number), address);
    }
}
