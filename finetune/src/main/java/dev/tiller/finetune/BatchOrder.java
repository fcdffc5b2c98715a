package dev.tiller.finetune;

import dev.tiller.finetune.data.Split;
import dev.tiller.sampler.Randomness;
import java.util.Arrays;

/**
 * Which examples each step sees: a new permutation in each epoch, cut into batches; what is left
 * over at its end is not seen in that epoch. A function of the step; only the permutation of the
 * last epoch asked for is kept, as making it takes as long as a step of a small network.
 */
final class BatchOrder {
    private final int examples;
    private final int batchSize;
    private final Randomness noise;
    private int epoch = -1;
    private int[] order;

    BatchOrder(int examples, int batchSize, Randomness noise) {
        this.examples = examples;
        this.batchSize = Math.min(batchSize, examples);
        this.noise = noise;
    }

    /** Returns the examples of a step. */
    int[] batch(long step) {
        int perEpoch = examples / batchSize;
        int wanted = (int) (step / perEpoch);
        if (wanted != epoch) {
            // permutation 0 is the split's
            order = Split.permutation(examples, wanted + 1, noise);
            epoch = wanted;
        }
        int start = (int) (step % perEpoch) * batchSize;
        return Arrays.copyOfRange(order, start, start + batchSize);
    }
}
