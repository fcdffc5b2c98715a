package dev.tiller.cli.evaluate;

import dev.tiller.rewards.sequence.KmerProfile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Pearson's correlation of the counts of words of k letters, pooled over a set, with those of the
 * reference, over the words that occur in either: the 3-mer correlation of DRAKES (Wang et al.
 * 2024, arXiv 2410.13643, section 6.1). It does not depend on how many sequences were counted.
 */
public final class KmerCorrelation implements Measure {
    private final int k;
    private final KmerProfile reference;

    /**
     * Counts the words of the reference.
     *
     * @param reference sequences, of which one has at least k letters
     * @param k letters of a word, at least 1
     */
    public KmerCorrelation(List<String> reference, int k) {
        if (k < 1) {
            throw new IllegalArgumentException("--kmer must be at least 1, got " + k);
        }
        this.k = k;
        this.reference = KmerProfile.of(reference, k);
        if (this.reference.counts().isEmpty()) {
            throw new IllegalArgumentException(
                    "a sequence of --reference must have the "
                            + k
                            + " letters of a word, got none; lower --kmer");
        }
    }

    @Override
    public List<Column> columns() {
        return List.of(new Column("kmer_pearson", k + "-mer Pearson", 3));
    }

    @Override
    public double[] of(DesignSet set) {
        Pairs pairs = pairs(set.designs());
        return new double[] {Correlation.pearson(pairs.reference(), pairs.designs())};
    }

    /** Counts of the words that occur in the reference or in designs, in alphabetical order. */
    record Pairs(double[] reference, double[] designs) {}

    Pairs pairs(List<String> designs) {
        Map<String, Long> theirs = reference.counts();
        Map<String, Long> ours = KmerProfile.of(designs, k).counts();
        TreeSet<String> union = new TreeSet<>(theirs.keySet());
        union.addAll(ours.keySet());
        List<String> words = new ArrayList<>(union);
        return new Pairs(counts(words, theirs), counts(words, ours));
    }

    private static double[] counts(List<String> words, Map<String, Long> counts) {
        return words.stream().mapToDouble(word -> counts.getOrDefault(word, 0L)).toArray();
    }

    int k() {
        return k;
    }
}
