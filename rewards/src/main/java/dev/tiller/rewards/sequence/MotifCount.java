package dev.tiller.rewards.sequence;

import dev.tiller.rewards.Designs;
import dev.tiller.rewards.DifferentiableReward;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.RewardProvider;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Counts the sites of motifs in a design.
 *
 * <p>Motifs are written in the IUPAC codes for nucleotides; T and U are the same letter. A site of
 * a motif is a position at which the whole motif fits, on the strand as written or, if asked for,
 * on its reverse complement. A position at which it fits on both strands is one site, so a
 * palindrome is not counted twice. The score is the number of sites of all motifs together, or that
 * number per letter; a design without a letter scores 0. Immutable, hence safe for concurrent use.
 *
 * <p>If overlapping sites all count, {@link #differentiable()} gives the expected number of sites
 * when letters are drawn independently at each position.
 */
public final class MotifCount implements Reward {
    private static final String NAME = "motif-count";

    private final Options options;
    private final List<Site> sites;

    /**
     * Makes the reward.
     *
     * @param options the motifs and how to count
     */
    public MotifCount(Options options) {
        this.options = Objects.requireNonNull(options, "options");
        this.sites =
                options.motifs().stream().map(codes -> new Site(IupacMotif.of(codes))).toList();
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

    /**
     * Returns the expected count, which equals the count on one-hot designs.
     *
     * @return the differentiable form, or empty if sites must not overlap: which of two overlapping
     *     sites counts then depends on all letters before them
     */
    @Override
    public Optional<DifferentiableReward> differentiable() {
        return options.overlapping() ? Optional.of(new ExpectedMotifCount(this)) : Optional.empty();
    }

    List<IupacMotif> motifs() {
        return sites.stream().map(Site::motif).toList();
    }

    boolean onBothStrands() {
        return options.strands() == Strands.BOTH;
    }

    /** Returns what one site is worth in a design of so many letters. */
    double worth(int length) {
        return options.unit() == Unit.COUNT || length == 0 ? 1 : 1.0 / length;
    }

    private double scoreOf(int[] sequence) {
        long count = 0;
        for (Site site : sites) {
            int start = 0;
            while (start + site.motif().length() <= sequence.length) {
                boolean found = site.isAt(sequence, start, onBothStrands());
                count += found ? 1 : 0;
                start += found && !options.overlapping() ? site.motif().length() : 1;
            }
        }
        return count * worth(sequence.length);
    }

    /** A motif and what it is on the other strand. */
    private record Site(IupacMotif motif, IupacMotif reverse) {
        Site(IupacMotif motif) {
            this(motif, motif.reverseComplement());
        }

        boolean isAt(int[] sequence, int start, boolean onBothStrands) {
            int full = motif.length();
            return motif.matches(sequence, start) == full
                    || (onBothStrands && reverse.matches(sequence, start) == full);
        }
    }

    /** What the number of sites is given in. */
    public enum Unit {
        /** The number of sites. */
        COUNT,
        /** The number of sites divided by the number of letters of the design. */
        DENSITY
    }

    /**
     * The motifs and how to count.
     *
     * @param motifs at least one motif in IUPAC codes; lower case is made upper case
     * @param overlapping true if each site counts; false if, from the left, a site of a motif
     *     counts only where the last counted site of the same motif has ended
     * @param strands where sites may be
     * @param unit what the score is given in
     */
    public record Options(List<String> motifs, boolean overlapping, Strands strands, Unit unit) {

        /** Checks the motifs. */
        public Options {
            motifs = motifs.stream().map(IupacMotif::requireCodes).toList();
            Objects.requireNonNull(strands, "strands");
            Objects.requireNonNull(unit, "unit");
            if (motifs.isEmpty()) {
                throw new IllegalArgumentException(
                        "motifs must be one or more, got none; write for example TATAAA,CCAAT");
            }
        }

        /**
         * Returns the options that hold where none are given.
         *
         * @return the number of all TATA boxes TATAWAW on the strand as written
         */
        public static Options defaults() {
            return new Options(List.of("TATAWAW"), true, Strands.FORWARD, Unit.COUNT);
        }
    }

    /** Listed in META-INF/services under the name {@code motif-count}. */
    public static final class Provider implements RewardProvider<Options> {

        /** Made by the service loader. */
        public Provider() {}

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public String description() {
            return "Number or density of sites of motifs in IUPAC codes (DNA, RNA).";
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
            return new MotifCount(options);
        }
    }
}
