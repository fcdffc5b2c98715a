package dev.tiller.rewards.sequence;

import dev.tiller.rewards.Designs;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.RewardProvider;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Scores how similar the words of k letters of a design are to those of reference sequences: the
 * correlation or the cosine of its {@link KmerProfile} and the pooled profile of the references.
 *
 * <p>A design shorter than a word scores 0. DRAKES reports the correlation of whole sets of
 * designs; this is the same number for a set of one. Letters are compared as they are, so U is not
 * T. Immutable, hence safe for concurrent use.
 */
public final class KmerSimilarity implements Reward {
    private static final String NAME = "kmer-similarity";

    private final Measure measure;
    private final KmerProfile reference;
    private final String digest;

    /**
     * Makes the reward and reads the file.
     *
     * @param options the references and the measure
     * @throws IllegalArgumentException if no reference has a word, or the file cannot be read
     */
    public KmerSimilarity(Options options) {
        this.measure = options.measure();
        List<String> references = References.collect(NAME, options.sequences(), options.file());
        this.digest = Fingerprint.of(references);
        this.reference = KmerProfile.of(references, options.k());
        if (reference.counts().isEmpty()) {
            throw new IllegalArgumentException(
                    "a reference of reward '"
                            + NAME
                            + "' must have at least k letters, got k = "
                            + options.k()
                            + "; choose a smaller k");
        }
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
        return designs.sequences().stream().mapToDouble(this::scoreOf).toArray();
    }

    /**
     * Returns the fingerprint of the references.
     *
     * @return the SHA-256 of the references, one to a line
     */
    @Override
    public Optional<String> digest() {
        return Optional.of(digest);
    }

    private double scoreOf(String sequence) {
        if (sequence.length() < reference.k()) {
            return 0;
        }
        KmerProfile profile = KmerProfile.of(List.of(sequence), reference.k());
        return measure == Measure.PEARSON ? profile.pearson(reference) : profile.cosine(reference);
    }

    /** How profiles are compared. */
    public enum Measure {
        /** {@link KmerProfile#pearson}, in [-1, 1]. */
        PEARSON,
        /** {@link KmerProfile#cosine}, in [0, 1]. */
        COSINE
    }

    /**
     * What to compare with, and how.
     *
     * @param sequences the references, if given one by one
     * @param file a FASTA file of further references, or null
     * @param k letters of a word, at least 1
     * @param measure how profiles are compared
     */
    public record Options(List<String> sequences, Path file, int k, Measure measure) {

        /** Checks the word length. */
        public Options {
            sequences = List.copyOf(sequences);
            Objects.requireNonNull(measure, "measure");
            if (k < 1) {
                throw new IllegalArgumentException(
                        "k must be at least 1, got " + k + "; DRAKES counts words of 3 letters");
            }
        }

        /**
         * Returns the options that hold where none are given.
         *
         * @return no reference yet, and the correlation of words of 3 letters
         */
        public static Options defaults() {
            return new Options(List.of(), null, 3, Measure.PEARSON);
        }
    }

    /** Listed in META-INF/services under the name {@code kmer-similarity}. */
    public static final class Provider implements RewardProvider<Options> {

        /** Made by the service loader. */
        public Provider() {}

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public String description() {
            return "Similarity of the words of k letters to those of reference sequences (any"
                    + " alphabet).";
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
            return new KmerSimilarity(options);
        }
    }
}
