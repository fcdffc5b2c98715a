package dev.tiller.zoo.weights;

import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * Which of the weights in a checkpoint are meant.
 *
 * @param source the weights themselves, or their moving average
 * @param section the key of the state dict in the checkpoint, with dots between nested keys; found
 *     out if empty
 * @param prefix what the wanted names start with, which is then dropped; found out if empty
 */
public record Selection(Source source, Optional<String> section, Optional<String> prefix) {
    /** The weights themselves, wherever they are. */
    public static final Selection DEFAULT =
            new Selection(Source.RAW, Optional.empty(), Optional.empty());

    /** Which copy of the weights. */
    public enum Source {
        /** As the optimiser left them. */
        RAW,
        /** Their exponential moving average. */
        EMA;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Checks that all is given. */
    public Selection {
        Objects.requireNonNull(source);
        Objects.requireNonNull(section);
        Objects.requireNonNull(prefix);
    }
}
