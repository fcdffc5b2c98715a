package dev.tiller.sampler;

import ai.djl.ndarray.NDManager;

/** Walks the reverse trajectory of a process and returns one design for each sample id. */
public interface Decoder {
    /**
     * Decodes a batch.
     *
     * @param process the diffusion model
     * @param sampleIds the designs to make; each depends on its own id alone
     * @param noise the only source of randomness
     * @param ledger where evaluations are counted, batched and saved
     * @param manager owner of the result
     * @param listener told after every step
     * @return clean designs, one row for each sample id, in order
     */
    State decode(
            ReverseProcess process,
            long[] sampleIds,
            Randomness noise,
            Ledger ledger,
            NDManager manager,
            StepListener listener);
}
