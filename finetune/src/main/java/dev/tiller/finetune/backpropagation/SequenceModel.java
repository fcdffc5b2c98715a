package dev.tiller.finetune.backpropagation;

import dev.tiller.sampler.schedule.NoiseSchedule;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * What the pretrained network is a model of.
 *
 * @param schedule the noise that it was trained with
 * @param alphabet the letter of each of the K clean tokens, token 0 first; the mask is K
 * @param length L, letters of a design
 * @param timeConditioning whether the network is told sigma(t), as its second input
 * @param label the class that is asked of a network with classes, its last input
 */
public record SequenceModel(
        NoiseSchedule schedule,
        String alphabet,
        int length,
        boolean timeConditioning,
        OptionalInt label) {
    /** Checks the sizes. */
    public SequenceModel {
        Objects.requireNonNull(schedule);
        Objects.requireNonNull(label);
        if (alphabet.length() < 2) {
            throw new IllegalArgumentException(
                    "alphabet must have at least 2 letters, got '" + alphabet + "'");
        }
        if (length < 1) {
            throw new IllegalArgumentException("length must be at least 1, got " + length);
        }
    }

    /**
     * Returns the number of clean tokens.
     *
     * @return K; the mask is token K
     */
    public int letters() {
        return alphabet.length();
    }

    /** Elements of a relaxed design, [L, K + 1]. */
    int width() {
        return length * (letters() + 1);
    }
}
