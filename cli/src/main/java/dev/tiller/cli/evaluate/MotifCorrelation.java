package dev.tiller.cli.evaluate;

import dev.tiller.rewards.sequence.pwm.MotifSites;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Spearman's correlation of how often each motif has a site in a set with how often it has one in
 * the reference: the motif correlation of DRAKES (Wang et al. 2024, arXiv 2410.13643, section 6.1).
 */
public final class MotifCorrelation implements Measure {
    /** Which motifs are compared. */
    public enum Over {
        /** All motifs of the file; one without a site counts 0. */
        ALL,
        /** Those with sites on both sides: the published evaluation drops the others unseen. */
        PUBLISHED
    }

    private final MotifSites motifs;
    private final long[] reference;
    private final Over over;

    /**
     * Scans the reference.
     *
     * @param motifs the motifs and what a site is
     * @param reference nucleotide sequences
     * @param over which motifs are compared
     */
    public MotifCorrelation(MotifSites motifs, List<String> reference, Over over) {
        this.motifs = motifs;
        this.reference = motifs.count(reference);
        this.over = over;
        if (Arrays.stream(this.reference).allMatch(count -> count == 0)) {
            throw new IllegalArgumentException(
                    "a motif of --motifs must have a site in --reference, got none of "
                            + this.reference.length
                            + "; loosen --motif-level");
        }
    }

    @Override
    public List<Column> columns() {
        return List.of(
                new Column("motif_spearman", "motif Spearman", 3),
                new Column("motifs_compared", "motifs compared", 0));
    }

    @Override
    public double[] of(DesignSet set) {
        long[] counts = motifs.count(set.designs());
        int[] compared =
                IntStream.range(0, counts.length)
                        .filter(i -> over == Over.ALL || (counts[i] > 0 && reference[i] > 0))
                        .toArray();
        double[] theirs = Arrays.stream(compared).mapToDouble(i -> reference[i]).toArray();
        double[] ours = Arrays.stream(compared).mapToDouble(i -> counts[i]).toArray();
        double correlation = compared.length == 0 ? Double.NaN : Correlation.spearman(theirs, ours);
        return new double[] {correlation, compared.length};
    }
}
