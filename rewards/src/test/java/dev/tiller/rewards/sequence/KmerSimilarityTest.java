package dev.tiller.rewards.sequence;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tiller.rewards.Designs;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.sequence.KmerSimilarity.Measure;
import dev.tiller.rewards.sequence.KmerSimilarity.Options;
import java.util.List;
import org.junit.jupiter.api.Test;

final class KmerSimilarityTest extends AnyLettersContract {

    @Override
    protected Reward reward() {
        return new KmerSimilarity(
                new Options(List.of("ACGTACCA", "GGTAC"), null, 2, Measure.PEARSON));
    }

    @Test
    void comparesWithPooledReferences() {
        // pooled words of one letter: A 3, C 1; the design has A 1, C 1, G 1
        Options options = new Options(List.of("AA", "AC"), null, 1, Measure.COSINE);
        double[] scores =
                new KmerSimilarity(options).score(new Designs(List.of("ACG", "AAAC", "G", "")));
        double cosine = (3 + 1) / (Math.sqrt(3) * Math.sqrt(10));
        assertArrayEquals(new double[] {cosine, 1, 0, 0}, scores, 1e-15);
    }

    @Test
    void correlatesCounts() {
        // A 2, C 1, G 0 against A 0, C 1, G 2: exactly opposite
        Options options = new Options(List.of("AAC"), null, 1, Measure.PEARSON);
        double[] scores = new KmerSimilarity(options).score(new Designs(List.of("CGG", "CAA")));
        assertArrayEquals(new double[] {-1, 1}, scores, 1e-15);
    }

    @Test
    void hasDigestOfReferences() {
        assertEquals(Fingerprint.of(List.of("ACGTACCA", "GGTAC")), reward().digest().orElseThrow());
    }

    @Test
    void rejectsReferencesWithoutWord() {
        assertEquals(
                "a reference of reward 'kmer-similarity' must have at least k letters, got k = 3;"
                        + " choose a smaller k",
                failure(List.of("AC"), 3));
        assertEquals(
                "reward 'kmer-similarity' must have a reference sequence, got none; set its option"
                        + " sequences or file",
                failure(List.of(), 3));
        assertEquals(
                "k must be at least 1, got 0; DRAKES counts words of 3 letters",
                failure(List.of("AC"), 0));
    }

    private static String failure(List<String> sequences, int k) {
        return assertThrows(
                        IllegalArgumentException.class,
                        () -> new KmerSimilarity(new Options(sequences, null, k, Measure.PEARSON)))
                .getMessage();
    }
}
