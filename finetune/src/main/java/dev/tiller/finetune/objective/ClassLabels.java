package dev.tiller.finetune.objective;

import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.Randomness.Purpose;
import java.util.Arrays;

/**
 * The class of each example of a denoiser that is guided by classes. In training a share of the
 * examples is shown without its class, so one network learns p(x0 | xt, class) and p(x0 | xt)
 * (classifier-free guidance, Ho and Salimans 2022, algorithm 1).
 *
 * @param training the class of each training example, from 0
 * @param validation the class of each validation example
 * @param classes how many there are; this number stands for "none given"
 * @param dropout the share that is shown without, in [0, 1)
 */
public record ClassLabels(long[] training, long[] validation, int classes, double dropout) {
    /** Checks the share. */
    public ClassLabels {
        if (!(dropout >= 0 && dropout < 1)) {
            throw new IllegalArgumentException("dropout must be in [0, 1), got " + dropout);
        }
    }

    /**
     * Returns the same, with no class given in validation.
     *
     * @return labels that evaluate the unconditional model
     */
    public ClassLabels withoutClasses() {
        long[] none = new long[validation.length];
        Arrays.fill(none, classes);
        return new ClassLabels(training, none, classes, dropout);
    }

    /**
     * Returns what the network is told of a training batch.
     *
     * @param batch indices of training examples
     * @param step the training step
     * @param noise the only source of randomness; row i of the batch is sample i
     * @return for each the class, or {@link #classes} where it is dropped
     */
    long[] shown(int[] batch, long step, Randomness noise) {
        long[] shown = new long[batch.length];
        for (int i = 0; i < shown.length; i++) {
            boolean drops = noise.uniform(i, (int) step, Purpose.LABEL_DROPOUT, 0) < dropout;
            shown[i] = drops ? classes : training[batch[i]];
        }
        return shown;
    }
}
