package dev.tiller.cli.parity;

import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.parity.ParityCase;

/**
 * The uniforms of a reference that resamples its whole batch, for one group of particles: in each
 * step a draw of tokens, whose rows are the particles, and one of ancestors.
 */
final class RecordedGroupNoise implements Randomness {
    private final ParityCase parity;
    private final int first;

    RecordedGroupNoise(ParityCase parity, int first) {
        this.parity = parity;
        this.first = first;
    }

    @Override
    public void fill(long sampleId, int step, Purpose purpose, int candidate, double[] out) {
        if (purpose == Purpose.PROPOSAL) {
            String name = String.format("noise.%03d", first + 2 * step);
            RecordedNoise.fill(parity, name, candidate, out);
        } else if (purpose == Purpose.RESAMPLING) {
            float[] recorded = parity.floats(String.format("noise.%03d", first + 2 * step + 1));
            for (int i = 0; i < out.length; i++) {
                out[i] = recorded[i];
            }
        } else {
            throw new IllegalArgumentException("the reference draws nothing for " + purpose);
        }
    }

    @Override
    public Randomness branch(int number) {
        throw new UnsupportedOperationException("recorded noise has no branches");
    }
}
