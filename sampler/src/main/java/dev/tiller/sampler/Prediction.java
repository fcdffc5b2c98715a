package dev.tiller.sampler;

import java.util.List;

/**
 * What the denoiser said of a batch of states: one row of numbers for each particle, in host
 * memory. Its meaning belongs to the process that asked.
 *
 * @param rows one float32 row per particle; not to be modified, rows may be shared with a cache
 */
public record Prediction(List<float[]> rows) {
    /**
     * Returns one particle's row.
     *
     * @param particle the particle
     * @return its row, not to be modified
     */
    public float[] row(int particle) {
        return rows.get(particle);
    }
}
