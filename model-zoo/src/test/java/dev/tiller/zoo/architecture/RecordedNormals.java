package dev.tiller.zoo.architecture;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.parity.ParityCase;

/**
 * The recorded normals of a GDSS sampler in place of randomness, as the uniforms that Box and
 * Muller's transform turns into them. Sample i is row i of the reference's batch.
 */
final class RecordedNormals implements Randomness {
    private final ParityCase parity;
    private final int nodes;
    private final int features;
    private final boolean splitting;
    private final int transitions;

    RecordedNormals(ParityCase parity) {
        this.parity = parity;
        JsonNode config = parity.config();
        this.nodes = config.get("N").asInt();
        this.features = config.get("F").asInt();
        this.splitting = config.get("predictor").asText().equals("S4");
        this.transitions = config.get("corrector").asText().equals("None") ? 1 : 2;
    }

    int size(long sampleId) {
        return parity.config().get("sizes").get((int) sampleId).asInt();
    }

    @Override
    public void fill(long sampleId, int step, Purpose purpose, int candidate, double[] out) {
        if (purpose == Purpose.SIZE) {
            out[0] = (size(sampleId) - 0.5) / nodes;
            return;
        }
        int parts = splitting && purpose == Purpose.PROPOSAL ? 3 : 1;
        // with two transitions per time a step is one of them, each of two draws
        int first = purpose == Purpose.PRIOR ? 0 : 2 + 2 * parts * step;
        int filled = 0;
        for (int part = 0; part < parts; part++) {
            filled = fill((int) sampleId, first + 2 * part, out, filled);
        }
        for (int i = 0; i < out.length; i += 2) {
            double second = i + 1 < filled ? out[i + 1] : 0;
            double radius = Math.hypot(out[i], second);
            double angle = Math.atan2(second, out[i]) / (2 * Math.PI);
            out[i] = Math.exp(-0.5 * radius * radius);
            out[i + 1] = angle < 0 ? angle + 1 : angle;
        }
    }

    private int fill(int row, int draw, double[] out, int filled) {
        float[] x = parity.floats(String.format("noise.%03d", draw));
        float[] adj = parity.floats(String.format("noise.%03d", draw + 1));
        int next = filled;
        for (int i = 0; i < size(row) * features; i++) {
            out[next++] = x[row * nodes * features + i];
        }
        for (int i = 0; i < size(row); i++) {
            for (int j = i + 1; j < size(row); j++) {
                out[next++] = adj[(row * nodes + i) * nodes + j];
            }
        }
        return next;
    }

    /** Returns the number of half-steps at each time. */
    int transitions() {
        return transitions;
    }

    @Override
    public Randomness branch(int number) {
        throw new UnsupportedOperationException("recorded noise has no branches");
    }
}
