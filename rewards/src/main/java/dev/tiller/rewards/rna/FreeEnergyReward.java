package dev.tiller.rewards.rna;

import dev.tiller.rewards.Designs;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.RewardProvider;
import java.util.Locale;
import java.util.Objects;

/**
 * Scores designs by the least free energy of their RNA, in kcal/mol: how little structure they
 * have, how much, or how near they are to a wanted energy.
 *
 * <p>The energy is that of {@link MinimumFreeEnergy}, folded together with the sequences before and
 * behind the design. The more structure, the lower it is; an open chain has 0. Reads RNA and DNA.
 * Immutable, hence safe for concurrent use.
 */
public final class FreeEnergyReward implements Reward {
    private static final String NAME = "rna-mfe";

    private final Options options;

    /**
     * Makes the reward.
     *
     * @param options how energies make scores, and what stands beside a design
     */
    public FreeEnergyReward(Options options) {
        this.options = Objects.requireNonNull(options, "options");
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String letters() {
        return Bases.LETTERS;
    }

    @Override
    public double[] score(Designs designs) {
        designs.requireReadableBy(this);
        return designs.sequences().stream().mapToDouble(this::scoreOf).toArray();
    }

    private double scoreOf(String design) {
        double energy = MinimumFreeEnergy.energy(options.prefix() + design + options.suffix());
        return switch (options.form()) { // 0 - x, since a minus sign would make -0.0 of 0
            case UNSTRUCTURED -> energy;
            case STABLE -> 0 - energy;
            case TARGET -> 0 - Math.abs(energy - options.target());
        };
    }

    /** How an energy makes a score; the higher score is better. */
    public enum Form {
        /** The energy itself, at most 0: the best designs have no stable structure. */
        UNSTRUCTURED,
        /** Minus the energy, at least 0: the best designs have the most stable structure. */
        STABLE,
        /** Minus the distance from the energy to the target, at most 0. */
        TARGET
    }

    /**
     * What to score.
     *
     * @param form how an energy makes a score
     * @param target the wanted energy in kcal/mol, at most 0; only the form {@code target} heeds it
     * @param prefix the sequence that is folded before each design; lower case is made upper case
     * @param suffix the sequence that is folded behind each design; lower case is made upper case
     */
    public record Options(Form form, double target, String prefix, String suffix) {

        /** Checks the target and the letters. */
        public Options {
            Objects.requireNonNull(form, "form");
            if (!(target <= 0 && Double.isFinite(target))) { // also rejects NaN
                throw new IllegalArgumentException(
                        "target must be a number of kcal/mol, at most 0, got "
                                + target
                                + "; write for example -10");
            }
            prefix = requireBases(prefix, "prefix");
            suffix = requireBases(suffix, "suffix");
        }

        private static String requireBases(String sequence, String name) {
            String upper = sequence.toUpperCase(Locale.ROOT);
            if (upper.chars().anyMatch(letter -> Bases.LETTERS.indexOf(letter) < 0)) {
                throw new IllegalArgumentException(
                        name
                                + " must be letters of "
                                + Bases.LETTERS
                                + ", got '"
                                + sequence
                                + "'; write for example GGGACA");
            }
            return upper;
        }

        /**
         * Returns the options that hold where none are given.
         *
         * @return less structure is better, nothing beside the design
         */
        public static Options defaults() {
            return new Options(Form.UNSTRUCTURED, 0, "", "");
        }
    }

    /** Listed in META-INF/services under the name {@code rna-mfe}. */
    public static final class Provider implements RewardProvider<Options> {

        /** Made by the service loader. */
        public Provider() {}

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public String description() {
            return "Least free energy of the folded RNA in kcal/mol (DNA is read as RNA).";
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
            return new FreeEnergyReward(options);
        }
    }
}
