package dev.tiller.finetune.backpropagation;

import dev.tiller.guidance.BiasedDenoiser;
import dev.tiller.rewards.Condition;
import dev.tiller.sampler.Denoiser;
import dev.tiller.sampler.schedule.NoiseSchedule;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What the pretrained network is a model of.
 *
 * @param schedule the noise that it was trained with
 * @param alphabet the letter of each of the K clean tokens, token 0 first; the mask is K
 * @param length L, letters of a design
 * @param timeConditioning whether the network is told sigma(t), as its second input
 * @param label the class that is asked of a network with classes, its last input
 * @param conditioning what designs are given; its inputs come after the tokens
 * @param temperature of the letters, 1 for those of the network: log p is divided by it
 * @param excluded letters of the alphabet that no design may hold
 */
public record SequenceModel(
        NoiseSchedule schedule,
        String alphabet,
        int length,
        boolean timeConditioning,
        OptionalInt label,
        Conditioning conditioning,
        double temperature,
        String excluded) {
    /** Checks the sizes. */
    public SequenceModel {
        Objects.requireNonNull(schedule);
        Objects.requireNonNull(label);
        if (alphabet.length() < 2) {
            throw new IllegalArgumentException(
                    "alphabet must have at least 2 letters, got '" + alphabet + "'");
        }
        if (length < 1 || length != conditioning.layouts().length()) {
            throw new IllegalArgumentException(
                    "length must be at least 1 and that of the layouts, "
                            + conditioning.layouts().length()
                            + ", got "
                            + length);
        }
        if (conditioning.layouts().haveTies()) {
            throw new IllegalArgumentException(
                    "tied positions cannot be differentiated; fine-tune without ties");
        }
        if (!(temperature > 0) || Double.isInfinite(temperature)) {
            throw new IllegalArgumentException("temperature must be positive, got " + temperature);
        }
    }

    /**
     * Describes a model of designs that are given nothing.
     *
     * @param schedule as in the record
     * @param alphabet as in the record
     * @param length as in the record
     * @param timeConditioning as in the record
     * @param label as in the record
     */
    public SequenceModel(
            NoiseSchedule schedule,
            String alphabet,
            int length,
            boolean timeConditioning,
            OptionalInt label) {
        this(schedule, alphabet, length, timeConditioning, label, Conditioning.none(length), 1, "");
    }

    /** Returns the same model of designs that are given something else. */
    SequenceModel with(Conditioning other) {
        return new SequenceModel(
                schedule,
                alphabet,
                other.layouts().length(),
                timeConditioning,
                label,
                other,
                temperature,
                excluded);
    }

    /** Returns the letters that designs may hold, in the order of the alphabet. */
    String designLetters() {
        StringBuilder letters = new StringBuilder(alphabet);
        for (int i = letters.length() - 1; i >= 0; i--) {
            if (excluded.indexOf(letters.charAt(i)) >= 0) {
                letters.deleteCharAt(i);
            }
        }
        return letters.toString();
    }

    /** Returns the bias of a position that excludes letters, for {@link BiasedDenoiser}. */
    float[] exclusion() {
        float[] bias = new float[letters()];
        for (int k = 0; k < bias.length; k++) {
            boolean out = excluded.indexOf(alphabet.charAt(k)) >= 0;
            bias[k] = out ? Float.NEGATIVE_INFINITY : 0;
        }
        return bias;
    }

    /**
     * Returns a denoiser whose letters follow the law of this model: at its temperature, without
     * what is excluded.
     *
     * @param denoiser p(x0 | xt, condition) as the network says
     * @return the denoiser to sample from
     */
    public Denoiser law(Denoiser denoiser) {
        float[] position = exclusion();
        float[] table = new float[length * position.length];
        for (int i = 0; i < table.length; i++) {
            table[i] = position[i % position.length];
        }
        return new BiasedDenoiser(denoiser, temperature, List.of(table));
    }

    /**
     * Tells whether letters are drawn as the network says.
     *
     * @return true for temperature 1 and nothing excluded
     */
    public boolean isPlain() {
        return temperature == 1 && excluded.isEmpty();
    }

    /** Returns the conditions of samples. */
    int[] conditions(long[] sampleIds) {
        return Arrays.stream(sampleIds).mapToInt(conditioning.layouts()::condition).toArray();
    }

    /** Returns what designs of some samples are for; empty if for nothing. */
    List<Condition> told(long[] sampleIds) {
        return Arrays.stream(conditions(sampleIds))
                .mapToObj(conditioning::condition)
                .flatMap(Optional::stream)
                .toList();
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
