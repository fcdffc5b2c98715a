package dev.tiller.rewards.protein.property;

import dev.tiller.rewards.NumberForm;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.RewardProvider;
import dev.tiller.rewards.protein.Backbone;

/**
 * Penalises stretches of few kinds of residues: minus the share of the residues that are in
 * low-complexity segments as the first stage of SEG finds them (Wootton and Federhen, Computers and
 * Chemistry 17, 1993). A segment is a window whose entropy is at most {@code trigger} bits,
 * together with all windows next to it whose entropy is at most {@code extension}; SEG's second
 * stage, which shortens segments, is left out. In [-1, 0], 0 is best. A window that holds an X has
 * no entropy and is in no segment; a design shorter than the window has none.
 */
public final class LowComplexity {
    private static final String NAME = "low-complexity";

    private LowComplexity() {}

    private static double share(String sequence, Options options) {
        int windows = sequence.length() - options.window() + 1;
        boolean[] low = new boolean[sequence.length()];
        int start = 0; // of a run of windows that may be a segment
        boolean triggered = false;
        for (int i = 0; i <= Math.max(0, windows); i++) {
            double entropy =
                    i < windows
                            ? entropy(sequence.substring(i, i + options.window()))
                            : Double.POSITIVE_INFINITY;
            if (entropy <= options.extension()) {
                triggered |= entropy <= options.trigger();
                continue;
            }
            for (int k = start; triggered && k < i + options.window() - 1; k++) {
                low[k] = true;
            }
            start = i + 1;
            triggered = false;
        }
        int count = 0;
        for (boolean residue : low) {
            count += residue ? 1 : 0;
        }
        return (double) count / sequence.length();
    }

    /** In bits; infinite with an X. */
    private static double entropy(String window) {
        int[] counts = new int[Backbone.AMINO_ACIDS.length()];
        for (char letter : window.toCharArray()) {
            int index = Backbone.AMINO_ACIDS.indexOf(letter);
            if (index < 0) {
                return Double.POSITIVE_INFINITY;
            }
            counts[index]++;
        }
        double entropy = 0;
        for (int count : counts) {
            double share = (double) count / window.length();
            entropy -= count == 0 ? 0 : share * StrictMath.log(share) / StrictMath.log(2);
        }
        return entropy;
    }

    /**
     * What counts as low.
     *
     * @param window residues of a window, at least 2
     * @param trigger the most bits of a window that begins a segment
     * @param extension the most bits of a window that goes on with one, at least {@code trigger}
     */
    public record Options(int window, double trigger, double extension) {

        /** Checks the sizes. */
        public Options {
            if (window < 2) {
                throw new IllegalArgumentException("window must be at least 2, got " + window);
            }
            if (!(trigger >= 0 && extension >= trigger && Double.isFinite(extension))) {
                throw new IllegalArgumentException(
                        "trigger and extension must be bits, 0 or more, the trigger not above the"
                                + " extension, got "
                                + trigger
                                + " and "
                                + extension);
            }
        }

        /**
         * Returns the options that hold where none are given.
         *
         * @return those of SEG: windows of 12, 2.2 and 2.5 bits
         */
        public static Options defaults() {
            return new Options(12, 2.2, 2.5);
        }
    }

    /** Listed in META-INF/services under the name {@code low-complexity}. */
    public static final class Provider implements RewardProvider<Options> {

        /** Made by the service loader. */
        public Provider() {}

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public String description() {
            return "Minus the share of the residues of a protein in low-complexity segments (SEG).";
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
            return new ProteinReward(
                    NAME,
                    sequence -> share(sequence, options),
                    new PropertyOptions(NumberForm.NEGATIVE, 0));
        }
    }
}
