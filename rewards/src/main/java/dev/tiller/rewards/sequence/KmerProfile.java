package dev.tiller.rewards.sequence;

import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How often each word of k letters occurs in a set of sequences, overlapping occurrences included.
 * Immutable.
 *
 * <p>Two profiles are compared over the words that occur in at least one of them, as in the 3-mer
 * correlation of DRAKES (Wang et al. 2024, arXiv:2410.13643). Neither comparison depends on how
 * many sequences were counted.
 */
public final class KmerProfile {
    private final int k;
    private final SortedMap<String, Long> counts;

    private KmerProfile(int k, SortedMap<String, Long> counts) {
        this.k = k;
        this.counts = Collections.unmodifiableSortedMap(counts);
    }

    /**
     * Counts words.
     *
     * @param sequences the sequences; one shorter than a word has none
     * @param k letters of a word, at least 1
     * @return the counts of all sequences together
     */
    public static KmerProfile of(Collection<String> sequences, int k) {
        if (k < 1) {
            throw new IllegalArgumentException(
                    "k must be at least 1, got " + k + "; DRAKES counts words of 3 letters");
        }
        SortedMap<String, Long> counts = new TreeMap<>();
        for (String sequence : sequences) {
            for (int start = 0; start + k <= sequence.length(); start++) {
                counts.merge(sequence.substring(start, start + k), 1L, Long::sum);
            }
        }
        return new KmerProfile(k, counts);
    }

    /**
     * Returns the letters of a word.
     *
     * @return k
     */
    public int k() {
        return k;
    }

    /**
     * Returns the counts.
     *
     * @return the words that occur, sorted, with their numbers; unmodifiable
     */
    public SortedMap<String, Long> counts() {
        return counts;
    }

    /**
     * Returns Pearson's correlation of the counts of two profiles.
     *
     * @param other a profile of words of the same length
     * @return the correlation, in [-1, 1]; 0 where it is not defined because all counts of a
     *     profile are equal
     */
    public double pearson(KmerProfile other) {
        Collection<String> words = union(other);
        double mean = mean(counts, words.size());
        double otherMean = mean(other.counts, words.size());
        return correlation(other, words, mean, otherMean);
    }

    /**
     * Returns the cosine of the angle between the counts of two profiles.
     *
     * @param other a profile of words of the same length
     * @return the cosine, in [0, 1]; 0 if a profile has no word
     */
    public double cosine(KmerProfile other) {
        return correlation(other, union(other), 0, 0);
    }

    private Collection<String> union(KmerProfile other) {
        if (other.k != k) {
            throw new IllegalArgumentException(
                    "profiles must have words of the same length, got " + k + " and " + other.k);
        }
        Collection<String> words = new TreeSet<>(counts.keySet());
        words.addAll(other.counts.keySet());
        return words;
    }

    private static double mean(Map<String, Long> counts, int words) {
        double total = 0;
        for (long count : counts.values()) {
            total += count;
        }
        return total / words;
    }

    private double correlation(
            KmerProfile other, Collection<String> words, double centre, double otherCentre) {
        double product = 0;
        double square = 0;
        double otherSquare = 0;
        for (String word : words) {
            double a = counts.getOrDefault(word, 0L) - centre;
            double b = other.counts.getOrDefault(word, 0L) - otherCentre;
            product += a * b;
            square += a * a;
            otherSquare += b * b;
        }
        double norm = Math.sqrt(square) * Math.sqrt(otherSquare);
        return norm == 0 ? 0 : Math.max(-1, Math.min(1, product / norm));
    }
}
