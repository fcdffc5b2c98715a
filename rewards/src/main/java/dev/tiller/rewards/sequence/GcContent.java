package dev.tiller.rewards.sequence;

import dev.tiller.rewards.Designs;
import dev.tiller.rewards.DifferentiableReward;
import dev.tiller.rewards.RelaxedDesigns;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.RewardProvider;
import dev.tiller.rewards.ScoredGradient;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * Scores how near the share of G and C is to a target: -|gc - target|, in [-1, 0], 0 is best.
 *
 * <p>gc is the number of letters G and C divided by the length of the design. Reads DNA and RNA. An
 * empty design has no such share and is an error. Immutable, hence safe for concurrent use.
 *
 * <p>On a relaxed design the share is the mean over positions of the numbers of G and C, so the
 * derivative by each of these is 1/L below the target and -1/L above it. At the target, where the
 * two meet in a kink, it is given as 0.
 */
public final class GcContent implements DifferentiableReward {
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
        return Nucleotides.LETTERS;
    }

    @Override
    public double[] score(Designs designs) {
        designs.requireReadableBy(this);
        return designs.sequences().stream().mapToDouble(this::scoreOf).toArray();
    }

    @Override
    public List<ScoredGradient> differentiate(RelaxedDesigns designs) {
        requireLetter(designs.length());
        return IntStream.range(0, designs.size())
                .mapToObj(row -> differentiate(designs, row))
                .toList();
    }

    private ScoredGradient differentiate(RelaxedDesigns designs, int row) {
        double[][] relaxed = Nucleotides.relaxed(designs, row);
        int c = Nucleotides.index('C');
        int g = Nucleotides.index('G');
        double count = 0;
        for (double[] position : relaxed) {
            count += position[c] + position[g];
        }
        double excess = count / relaxed.length - options.target();
        double[][] gradient = new double[relaxed.length][Nucleotides.COUNT];
        for (double[] position : gradient) {
            position[c] = 0 - Math.signum(excess) / relaxed.length;
            position[g] = position[c];
        }
        return new ScoredGradient(
                0 - Math.abs(excess), Nucleotides.byLetter(gradient, designs.alphabet()));
    }

    private double scoreOf(String sequence) {
        requireLetter(sequence.length());
        long count = sequence.chars().filter(letter -> letter == 'G' || letter == 'C').count();
        double share = (double) count / sequence.length();
        return 0 - Math.abs(share - options.target()); // a minus sign would make -0.0 of 0
    }

    private static void requireLetter(int length) {
        if (length == 0) {
            throw new IllegalArgumentException(
                    "design must have a letter for reward '"
                            + NAME
                            + "', got an empty one; leave empty designs out");
        }
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
