package dev.tiller.rewards.sequence;

import dev.tiller.rewards.Designs;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.RewardProvider;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.commons.text.similarity.LevenshteinDistance;

/**
 * Scores how near a design is to the nearest of given sequences by the Levenshtein distance d: the
 * least number of letters to put in, take out or replace (Levenshtein 1966).
 *
 * <p>The score is -d, or the similarity 1 - d / max(length of the design, length of the sequence),
 * which is in [0, 1] and takes the greatest value over the sequences. Each comparison is cut off
 * where it can no longer beat the best one so far. Any letters are read. Immutable, hence safe for
 * concurrent use.
 */
public final class Levenshtein implements Reward {
    private static final String NAME = "levenshtein";

    private final Measure measure;
    private final List<String> references;

    /**
     * Makes the reward and reads the file.
     *
     * @param options the sequences and the measure
     * @throws IllegalArgumentException if there is no sequence, or the file cannot be read
     */
    public Levenshtein(Options options) {
        this.measure = options.measure();
        this.references = References.collect(NAME, options.sequences(), options.file());
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String letters() {
        return AnyLetters.LETTERS;
    }

    @Override
    public double[] score(Designs designs) {
        designs.requireReadableBy(this);
        return designs.sequences().stream()
                .mapToDouble(
                        sequence ->
                                measure == Measure.DISTANCE
                                        ? 0 - leastDistance(sequence)
                                        : greatestSimilarity(sequence))
                .toArray();
    }

    /**
     * Returns the fingerprint of the sequences to compare with.
     *
     * @return the SHA-256 of the sequences, one to a line
     */
    @Override
    public Optional<String> digest() {
        return Optional.of(Fingerprint.of(references));
    }

    private int leastDistance(String sequence) {
        int least = Integer.MAX_VALUE;
        for (String reference : references) {
            int limit = Math.min(least, Math.max(reference.length(), sequence.length()));
            int distance = distance(sequence, reference, limit);
            least = distance < 0 ? least : Math.min(least, distance);
        }
        return least;
    }

    private double greatestSimilarity(String sequence) {
        double greatest = 0;
        for (String reference : references) {
            int longer = Math.max(reference.length(), sequence.length());
            int limit = (int) StrictMath.ceil((1 - greatest) * longer);
            int distance = distance(sequence, reference, limit);
            greatest = distance < 0 ? greatest : Math.max(greatest, 1 - (double) distance / longer);
        }
        return greatest;
    }

    /** Returns the distance, or -1 if it is greater than the limit. */
    private static int distance(String sequence, String reference, int limit) {
        return new LevenshteinDistance(limit).apply(sequence, reference);
    }

    /** What the distance makes of a score. */
    public enum Measure {
        /** Minus the least distance, in letters. */
        DISTANCE,
        /** The greatest similarity, in [0, 1]. */
        SIMILARITY
    }

    /**
     * What to compare with, and how.
     *
     * @param sequences the sequences, if given one by one
     * @param file a FASTA file of further sequences, or null
     * @param measure what the distance makes of a score
     */
    public record Options(List<String> sequences, Path file, Measure measure) {

        /** Copies the list. */
        public Options {
            sequences = List.copyOf(sequences);
            Objects.requireNonNull(measure, "measure");
        }

        /**
         * Returns the options that hold where none are given.
         *
         * @return no sequence yet, and similarity
         */
        public static Options defaults() {
            return new Options(List.of(), null, Measure.SIMILARITY);
        }
    }

    /** Listed in META-INF/services under the name {@code levenshtein}. */
    public static final class Provider implements RewardProvider<Options> {

        /** Made by the service loader. */
        public Provider() {}

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public String description() {
            return "Nearness to the nearest of given sequences by edit distance (any alphabet).";
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
            return new Levenshtein(options);
        }
    }
}
