package dev.tiller.rewards.sequence;

import dev.tiller.rewards.Designs;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.RewardProvider;
import java.util.Objects;

/**
 * Scores how much of a motif a design holds, on the strand as written.
 *
 * <p>The motif is written in the IUPAC codes for nucleotides, where for instance R stands for A or
 * G and N for any letter. T and U are the same letter, so one motif serves DNA and RNA. A placement
 * is a position at which the whole motif fits into the design; a design shorter than the motif has
 * none and scores 0. One design costs length times length of the motif comparisons. Immutable,
 * hence safe for concurrent use.
 */
public final class SequenceMotif implements Reward {
    private static final String NAME = "sequence-motif";

    private final Options options;
    private final IupacMotif motif;

    /**
     * Makes the reward.
     *
     * @param options the motif and how to score it
     */
    public SequenceMotif(Options options) {
        this.options = Objects.requireNonNull(options, "options");
        this.motif = IupacMotif.of(options.motif());
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
        return designs.sequences().stream()
                .mapToDouble(sequence -> scoreOf(Nucleotides.indices(sequence)))
                .toArray();
    }

    private double scoreOf(int[] sequence) {
        int occurrences = 0;
        int best = 0;
        for (int start = 0; start + motif.length() <= sequence.length; start++) {
            int matches = motif.matches(sequence, start);
            best = Math.max(best, matches);
            occurrences += matches == motif.length() ? 1 : 0;
        }
        return switch (options.mode()) {
            case COUNT -> occurrences;
            case PRESENCE -> Math.min(occurrences, 1);
            case BEST_MATCH -> (double) best / motif.length();
        };
    }

    /** How placements make a score. */
    public enum Mode {
        /** The number of placements that match in full; they may overlap. */
        COUNT,
        /** 1 if at least one placement matches in full, else 0. */
        PRESENCE,
        /** The largest share of matching positions over all placements, in [0, 1]. */
        BEST_MATCH
    }

    /**
     * What to look for.
     *
     * @param motif the motif in IUPAC codes; lower case is made upper case
     * @param mode how placements make a score
     */
    public record Options(String motif, Mode mode) {

        /** Checks the motif. */
        public Options {
            Objects.requireNonNull(motif, "motif");
            Objects.requireNonNull(mode, "mode");
            motif = IupacMotif.requireCodes(motif);
        }

        /**
         * Returns the options that hold where none are given.
         *
         * @return the best match to GCCACC, the start of the Kozak consensus
         */
        public static Options defaults() {
            return new Options("GCCACC", Mode.BEST_MATCH);
        }
    }

    /** Listed in META-INF/services under the name {@code sequence-motif}. */
    public static final class Provider implements RewardProvider<Options> {

        /** Made by the service loader. */
        public Provider() {}

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public String description() {
            return "Occurrences of, or nearness to, a motif in IUPAC codes (DNA, RNA).";
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
            return new SequenceMotif(options);
        }
    }
}
