package dev.tiller.rewards.sequence.pwm;

import dev.tiller.rewards.sequence.Nucleotides;
import dev.tiller.rewards.sequence.Strands;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * Which motifs, and how sites are scored.
 *
 * @param file the motifs, in a format that {@link MotifFile} reads
 * @param motifs identifiers or names of the motifs to take; empty takes all
 * @param mode what the log-odds of the sites make of a score
 * @param strands where sites may be
 * @param pseudocount added to each position in all, shared out by the background; above 0
 * @param background the probabilities of A, C, G and T; empty takes those of the file, or 0.25 each
 * @param cutoff what {@code level} is
 * @param level the threshold
 */
public record PwmOptions(
        Path file,
        List<String> motifs,
        BindingScore mode,
        Strands strands,
        double pseudocount,
        List<Double> background,
        Cutoff cutoff,
        double level) {

    /** Checks the numbers. */
    public PwmOptions {
        motifs = List.copyOf(motifs);
        background = List.copyOf(background);
        Objects.requireNonNull(mode, "mode");
        Objects.requireNonNull(strands, "strands");
        Objects.requireNonNull(cutoff, "cutoff");
        if (!(pseudocount > 0 && Double.isFinite(pseudocount))) {
            throw new IllegalArgumentException(
                    "pseudocount must be above 0, got "
                            + pseudocount
                            + "; without it a letter never seen makes a site impossible");
        }
        if (!background.isEmpty()) {
            requireBackground(background);
        }
        boolean legal =
                switch (cutoff) {
                    case P_VALUE -> level > 0 && level < 1;
                    case RELATIVE -> level >= 0 && level <= 1;
                    case LOG_ODDS -> Double.isFinite(level);
                };
        if (!legal) {
            throw new IllegalArgumentException(
                    "level must be in (0, 1) for a p-value, in [0, 1] for a relative cutoff and any"
                            + " number of nats for log-odds, got "
                            + level);
        }
    }

    static void requireBackground(List<Double> background) {
        double sum = background.stream().mapToDouble(Double::doubleValue).sum();
        if (background.size() != Nucleotides.COUNT
                || background.stream().anyMatch(share -> !(share > 0))
                || !(Math.abs(sum - 1) <= 0.01)) {
            throw new IllegalArgumentException(
                    "background must be four probabilities above 0 of A, C, G and T that add up to"
                            + " 1, got "
                            + background
                            + "; write for example 0.3,0.2,0.2,0.3");
        }
    }

    /**
     * Returns the options that hold where none are given.
     *
     * @return no file yet, all its motifs, occupancy on both strands, a pseudocount of 0.8 (Nishida
     *     et al. 2009), the background of the file, and a p-value of 0.0001 (the default of FIMO)
     */
    public static PwmOptions defaults() {
        return new PwmOptions(
                null,
                List.of(),
                BindingScore.OCCUPANCY,
                Strands.BOTH,
                0.8,
                List.of(),
                Cutoff.P_VALUE,
                1e-4);
    }
}
