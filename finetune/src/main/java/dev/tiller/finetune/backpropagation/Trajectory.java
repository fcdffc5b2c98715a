package dev.tiller.finetune.backpropagation;

import java.util.List;

/**
 * The states of a batch of trajectories, in host memory: what the gradient needs.
 *
 * @param hard the states of indices 0 .. T - K, tokens, each int64 [B * L]
 * @param soft the states of indices T - K .. T, each float32 row-major [B, L, K + 1]; the first is
 *     the last hard one
 */
record Trajectory(List<long[]> hard, List<float[]> soft) {
    /** The state of the first relaxed step, one-hot. */
    static float[] oneHot(long[] tokens, int columns) {
        float[] hot = new float[tokens.length * columns];
        for (int i = 0; i < tokens.length; i++) {
            hot[i * columns + (int) tokens[i]] = 1;
        }
        return hot;
    }

    /** The index of the first relaxed step. */
    int firstRelaxed() {
        return hard.size() - 1;
    }

    /** The state of an index from the first relaxed step on. */
    float[] softAt(int index) {
        return soft.get(index - firstRelaxed());
    }

    /** The relaxed designs. */
    float[] last() {
        return soft.get(soft.size() - 1);
    }
}
