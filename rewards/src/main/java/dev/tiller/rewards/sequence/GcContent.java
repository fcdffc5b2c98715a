package dev.tiller.rewards.sequence;

import dev.tiller.rewards.Designs;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.RewardProvider;
import java.util.Objects;

/**
 * Scores how near the share of G and C is to a target: -|gc - target|, in [-1, 0], 0 is best.
 *
 * <p>gc is the number of letters G and C divided by the length of the design. Reads DNA and RNA. An
 * empty design has no such share and is an error. Immutable, hence safe for concurrent use.
 */
public final class GcContent implements Reward {
    private static final String NAME = "gc-content";

    private final Options options;

    /**
     * Makes the reward.
     *
     * @param options the target
     */
    public GcContent(Options options) {
        this.options = Objects.requireNonNull(options, "options");
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String letters() {
        return "ACGTU";
    }

    @Override
    public double[] score(Designs designs) {
        designs.requireReadableBy(this);
        return designs.sequences().stream().mapToDouble(this::scoreOf).toArray();
    }

    private double scoreOf(String sequence) {
        if (sequence.isEmpty()) {
            throw new IllegalArgumentException(
                    "design must have a letter for reward '"
                            + NAME
                            + "', got an empty one; leave empty designs out");
        }
        long count = sequence.chars().filter(letter -> letter == 'G' || letter == 'C').count();
        double share = (double) count / sequence.length();
        return 0 - Math.abs(share - options.target()); // a minus sign would make -0.0 of 0
    }

    /**
     * What to aim at.
     *
     * @param target the wanted share of G and C, in [0, 1]
     */
    public record Options(double target) {

        /** Checks the target. */
        public Options {
            if (!(target >= 0 && target <= 1)) { // also rejects NaN
                throw new IllegalArgumentException(
                        "target must be in [0, 1], got " + target + "; 0.5 is half of the letters");
            }
        }

        /**
         * Returns the options that hold where none are given.
         *
         * @return a target of one half
         */
        public static Options defaults() {
            return new Options(0.5);
        }
    }

    /** Listed in META-INF/services under the name {@code gc-content}. */
    public static final class Provider implements RewardProvider<Options> {

        /** Made by the service loader. */
        public Provider() {}

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public String description() {
            return "Nearness of the share of G and C to a target (DNA, RNA).";
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
            return new GcContent(options);
        }
    }
}
