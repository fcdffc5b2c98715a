package dev.tiller.cli.parity;

import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.parity.ParityCase;

/**
 * The uniforms that a reference implementation drew, at the addresses where our samplers ask for
 * them: draw {@code first + step * candidates + candidate}, row {@code sampleId}.
 */
final class RecordedNoise implements Randomness {
    private final ParityCase parity;
    private final int first;
    private final int candidates;

    RecordedNoise(ParityCase parity, int first, int candidates) {
        this.parity = parity;
        this.first = first;
        this.candidates = candidates;
    }

    @Override
    public void fill(long sampleId, int step, Purpose purpose, int candidate, double[] out) {
        String name = String.format("noise.%03d", first + step * candidates + candidate);
        fill(parity, name, (int) sampleId, out);
    }

    /** Copies the uniforms of one row of a draw of tokens [B, L, V]. */
    static void fill(ParityCase parity, String name, int row, double[] out) {
        float[] all = parity.floats(name);
        long[] shape = parity.shape(name);
        int letters = (int) shape[2];
        int length = (int) shape[1];
        int perPosition = out.length / length; // V, or K where the mask cannot be drawn
        for (int position = 0; position < length; position++) {
            for (int k = 0; k < perPosition; k++) {
                int at = (row * length + position) * letters + k;
                out[position * perPosition + k] = all[at];
            }
        }
    }

    @Override
    public Randomness branch(int number) {
        throw new UnsupportedOperationException("recorded noise has no branches");
    }
}
