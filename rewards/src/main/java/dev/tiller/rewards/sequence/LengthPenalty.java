package dev.tiller.rewards.sequence;

import dev.tiller.rewards.Designs;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.RewardProvider;
import java.util.Objects;

/**
 * Penalises designs that are too short or too long: minus the number of letters by which the length
 * is outside [min, max]. 0 is best. Any letters are read. Immutable, hence safe for concurrent use.
 */
public final class LengthPenalty implements Reward {
    private static final String NAME = "length-penalty";

    private final Options options;

    /**
     * Makes the reward.
     *
     * @param options the range
     */
    public LengthPenalty(Options options) {
        this.options = Objects.requireNonNull(options, "options");
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String letters() {
        return AnyLetters.LETTERS;
    }

    @Override
    public double[] score(Designs designs) {
        designs.requireReadableBy(this);
        return designs.sequences().stream()
                .mapToDouble(sequence -> scoreOf(sequence.length()))
                .toArray();
    }

    private double scoreOf(int length) {
        int missing = Math.max(0, options.min() - length);
        int excess = Math.max(0, length - options.max());
        return 0 - (missing + excess);
    }

    /**
     * The lengths that cost nothing; a target length is a range of one.
     *
     * @param min the least number of letters, at least 0
     * @param max the greatest number of letters, at least {@code min}
     */
    public record Options(int min, int max) {

        /** Checks the range. */
        public Options {
            if (min < 0 || max < min) {
                throw new IllegalArgumentException(
                        "min and max must be 0 <= min <= max, got "
                                + min
                                + " and "
                                + max
                                + "; give both the same value for a target length");
            }
        }

        /**
         * Returns the options that hold where none are given.
         *
         * @return 1 to 200 letters
         */
        public static Options defaults() {
            return new Options(1, 200);
        }
    }

    /** Listed in META-INF/services under the name {@code length-penalty}. */
    public static final class Provider implements RewardProvider<Options> {

        /** Made by the service loader. */
        public Provider() {}

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public String description() {
            return "Minus the number of letters by which the length is out of a range (any"
                    + " alphabet).";
        }

        @Override
        public Class<Options> optionsType() {
            return Options.class;
        }

        @Override
        public Options defaults() {
            return Options.defaults();
        }

        @Override
        public Reward create(Options options, RewardContext context) {
            return new LengthPenalty(options);
        }
    }
}
