package dev.tiller.finetune.objective;

import ai.djl.ndarray.NDArray;

/**
 * What a denoiser pays for each token of a corrupted batch; {@link MaskedDenoising} minimises it.
 */
public interface TokenLoss {
    /** A denoiser being trained. */
    @FunctionalInterface
    interface Denoiser {
        /**
         * Runs the network.
         *
         * @param tokens int64 [B, L]
         * @param times t of each row
         * @return logits, float32 [B, L, K + 1], owned by the manager of {@code tokens}
         */
        NDArray logits(NDArray tokens, double[] times);
    }

    /**
     * A batch of clean designs and what noise made of them.
     *
     * @param x0 clean tokens, int64 [B, L]
     * @param xt corrupted tokens, int64 [B, L]; K is the mask
     * @param times t of each row
     */
    record Batch(NDArray x0, NDArray xt, double[] times) {}

    /**
     * Returns what logs call the loss.
     *
     * @return the name, in snake case
     */
    String name();

    /**
     * Moves a time to where the loss is defined.
     *
     * @param t a time in (0, 1]
     * @return the time at which a row is corrupted instead; {@code t} itself unless a loss says
     *     otherwise
     */
    default double time(double t) {
        return t;
    }

    /**
     * Computes the loss.
     *
     * @param network the denoiser
     * @param batch the batch
     * @return the loss of each token in nats, float32 [B, L], owned by the manager of {@code
     *     batch.xt()}
     */
    NDArray of(Denoiser network, Batch batch);
}
