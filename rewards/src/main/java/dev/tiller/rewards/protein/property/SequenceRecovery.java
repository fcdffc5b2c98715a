package dev.tiller.rewards.protein.property;

import dev.tiller.rewards.Designs;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.RewardProvider;
import dev.tiller.rewards.protein.Backbone;
import java.util.Locale;

/**
 * The share of positions at which a design has the residue of a given sequence: that of the
 * backbone it was made for, else that of the option. Positions where the given sequence has X are
 * not counted; an X of a design is a miss. In [0, 1]; 0 if no position counts. Immutable, hence
 * safe for concurrent use.
 */
public final class SequenceRecovery implements Reward {
    private static final String NAME = "sequence-recovery";

    private final Options options;

    /**
     * Makes the reward.
     *
     * @param options the sequence of designs that were made for no backbone
     */
    public SequenceRecovery(Options options) {
        this.options = options;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String letters() {
        return ProteinReward.LETTERS;
    }

    @Override
    public double[] score(Designs designs) {
        designs.requireReadableBy(this);
        double[] scores = new double[designs.size()];
        for (int n = 0; n < scores.length; n++) {
            scores[n] = of(designs.sequences().get(n), reference(designs, n));
        }
        return scores;
    }

    private String reference(Designs designs, int n) {
        String reference =
                designs.condition(n).orElse(null) instanceof Backbone backbone
                        ? backbone.sequence()
                        : options.sequence();
        if (reference.isEmpty()) {
            throw new IllegalArgumentException(
                    "reward '"
                            + NAME
                            + "' must have a sequence to compare with, got a design without a"
                            + " backbone; set its option sequence");
        }
        return reference;
    }

    /**
     * Returns the share of positions that are equal.
     *
     * @param design one-letter codes
     * @param reference as many; X is not counted
     * @return the share in [0, 1]
     * @throws IllegalArgumentException if the lengths differ
     */
    public static double of(String design, String reference) {
        if (design.length() != reference.length()) {
            throw new IllegalArgumentException(
                    "design must have the "
                            + reference.length()
                            + " residues of the sequence that it is compared with, got "
                            + design.length());
        }
        int same = 0;
        int counted = 0;
        for (int i = 0; i < reference.length(); i++) {
            char wanted = reference.charAt(i);
            counted += wanted == 'X' ? 0 : 1;
            same += wanted != 'X' && wanted == design.charAt(i) ? 1 : 0;
        }
        return counted == 0 ? 0 : (double) same / counted;
    }

    /**
     * What to compare with.
     *
     * @param sequence the sequence for designs that were made for no backbone; empty for none.
     *     Lower case is made upper case
     */
    public record Options(String sequence) {

        /** Checks the letters. */
        public Options {
            sequence = sequence.toUpperCase(Locale.ROOT);
            if (sequence.chars().anyMatch(c -> ProteinReward.LETTERS.indexOf(c) < 0)) {
                throw new IllegalArgumentException(
                        "sequence must have letters of "
                                + ProteinReward.LETTERS
                                + ", got "
                                + sequence);
            }
        }

        /**
         * Returns the options that hold where none are given.
         *
         * @return the backbone's sequence alone
         */
        public static Options defaults() {
            return new Options("");
        }
    }

    /** Listed in META-INF/services under the name {@code sequence-recovery}. */
    public static final class Provider implements RewardProvider<Options> {

        /** Made by the service loader. */
        public Provider() {}

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public String description() {
            return "Share of positions with the residue of the backbone's sequence or a given one.";
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
            return new SequenceRecovery(options);
        }
    }
}
