package dev.tiller.rewards.sequence.pwm;

import dev.tiller.rewards.sequence.Nucleotides;
import java.util.Collection;
import java.util.List;

/**
 * Counts the sites of motifs in nucleotide sequences: the placements whose log-odds reach the
 * threshold of their motif. On both strands a palindromic site is two, as FIMO (Grant et al. 2011)
 * counts it.
 *
 * <p>A sequence costs its length times the total width of the motifs, times the number of strands.
 * Immutable, hence safe for concurrent use.
 */
public final class MotifSites {
    /** A best site reaches a threshold that is the highest score, in whatever order it is added. */
    private static final double ROUNDING = 1e-9;

    private final List<Pwm.Motif> motifs;

    /**
     * Takes motifs.
     *
     * @param source the motifs; those that {@code options} names are taken
     * @param options strands, pseudocount, background and threshold; file and mode are not read
     */
    public MotifSites(MotifFile source, PwmOptions options) {
        List<Double> background = Pwm.background(source, options);
        this.motifs =
                source.select(options.motifs()).stream()
                        .map(matrix -> Pwm.motif(matrix, options, background))
                        .toList();
    }

    /**
     * Counts sites.
     *
     * @param sequences the sequences, in {@link Nucleotides#LETTERS}
     * @return for each motif, in the order of the file, its sites in all sequences together
     * @throws IllegalArgumentException if a sequence has another letter
     */
    public long[] count(Collection<String> sequences) {
        long[] counts = new long[motifs.size()];
        for (String sequence : sequences) {
            int[] nucleotides = Nucleotides.indices(sequence);
            for (int i = 0; i < counts.length; i++) {
                counts[i] += count(motifs.get(i), nucleotides);
            }
        }
        return counts;
    }

    private static long count(Pwm.Motif motif, int[] nucleotides) {
        long count = 0;
        for (LogOdds strand : motif.strands()) {
            for (double score : strand.scan(nucleotides)) {
                count += score >= motif.threshold() - ROUNDING ? 1 : 0;
            }
        }
        return count;
    }
}
