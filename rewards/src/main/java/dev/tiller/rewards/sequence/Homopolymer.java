package dev.tiller.rewards.sequence;

import dev.tiller.rewards.Designs;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.RewardProvider;
import java.util.Objects;

/**
 * Penalises runs of one letter, which are hard to synthesise and to sequence: minus the number of
 * letters by which the longest run is longer than allowed. 0 is best. Any letters are read.
 * Immutable, hence safe for concurrent use.
 */
public final class Homopolymer implements Reward {
    private static final String NAME = "homopolymer";

    private final Options options;

    /**
     * Makes the reward.
     *
     * @param options the allowed run
     */
    public Homopolymer(Options options) {
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
                .mapToDouble(sequence -> 0 - Math.max(0, longestRun(sequence) - options.allowed()))
                .toArray();
    }

    private static int longestRun(String sequence) {
        int longest = 0;
        int run = 0;
        for (int i = 0; i < sequence.length(); i++) {
            boolean goesOn = i > 0 && sequence.charAt(i) == sequence.charAt(i - 1);
            run = goesOn ? run + 1 : 1;
            longest = Math.max(longest, run);
        }
        return longest;
    }

    /**
     * What costs nothing.
     *
     * @param allowed the length of the longest run without a penalty, at least 1
     */
    public record Options(int allowed) {

        /** Checks the length. */
        public Options {
            if (allowed < 1) {
                throw new IllegalArgumentException(
                        "allowed must be at least 1, got "
                                + allowed
                                + "; 1 forbids any letter to follow itself");
            }
        }

        /**
         * Returns the options that hold where none are given.
         *
         * @return runs of up to 4 letters
         */
        public static Options defaults() {
            return new Options(4);
        }
    }

    /** Listed in META-INF/services under the name {@code homopolymer}. */
    public static final class Provider implements RewardProvider<Options> {

        /** Made by the service loader. */
        public Provider() {}

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public String description() {
            return "Minus the letters of the longest run of one letter beyond the allowed (any"
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
            return new Homopolymer(options);
        }
    }
}
