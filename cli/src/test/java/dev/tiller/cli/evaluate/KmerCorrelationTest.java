package dev.tiller.cli.evaluate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tiller.rewards.sequence.KmerProfile;
import dev.tiller.sampler.parity.ParityCase;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KmerCorrelationTest {
    /** The published correlations are kept as float32. */
    private static final double FLOAT32 = 1e-7;

    private static DesignSet set(List<String> designs) {
        return new DesignSet("x", 1, "x.fasta", designs);
    }

    static Stream<ParityCase> cases() {
        return ParityCase.find("09_metrics").stream();
    }

    private static List<String> sequences(long[] tokens, int length) {
        List<String> sequences = new ArrayList<>();
        for (int start = 0; start < tokens.length; start += length) {
            StringBuilder text = new StringBuilder();
            for (int i = start; i < start + length; i++) {
                text.append("ACGT".charAt((int) tokens[i]));
            }
            sequences.add(text.toString());
        }
        return sequences;
    }

    /** compare_kmer and cal_kmer_corr of DRAKES; both are Pearson's correlation. */
    @ParameterizedTest
    @MethodSource("cases")
    void equalsThePublishedCode(ParityCase parity) {
        int length = parity.config().get("L").asInt();
        List<String> reference = sequences(parity.longs("in.seqs_ref"), length);
        KmerCorrelation measure = new KmerCorrelation(reference, 3);
        List<String> generated = sequences(parity.longs("in.seqs_gen"), length);
        assertEquals(
                parity.json().get("scalars").get("out.kmer_pearson").asDouble(),
                measure.of(set(generated))[0],
                FLOAT32);
        KmerCorrelation.Pairs pairs = measure.pairs(generated);
        assertArrayEquals(counts(parity, "out.kmers_ref"), pairs.reference());
        assertArrayEquals(counts(parity, "out.kmers_gen"), pairs.designs());
        List<String> batches = sequences(parity.longs("in.seqs_gen10"), length);
        assertEquals(
                parity.json().get("scalars").get("out.kmer_corr").asDouble(),
                measure.of(set(batches))[0],
                FLOAT32);
    }

    /** Counts in the order AAA, AAC, ..., of words that occur on either side. */
    private static double[] counts(ParityCase parity, String name) {
        long[] reference = parity.longs("out.kmers_ref");
        long[] generated = parity.longs("out.kmers_gen");
        long[] counts = parity.longs(name);
        return IntStream.range(0, counts.length)
                .filter(i -> reference[i] + generated[i] > 0)
                .mapToDouble(i -> counts[i])
                .toArray();
    }

    @Test
    void comparesOverTheUnionOfWords() {
        List<String> reference = List.of("AAAC");
        List<String> designs = List.of("ACC", "CC");
        KmerCorrelation measure = new KmerCorrelation(reference, 2);
        KmerCorrelation.Pairs pairs = measure.pairs(designs); // of AA, AC, CC
        assertArrayEquals(new double[] {2, 1, 0}, pairs.reference());
        assertArrayEquals(new double[] {0, 1, 2}, pairs.designs());
        assertEquals(-1, measure.of(set(designs))[0], 1e-15);
        assertEquals(
                KmerProfile.of(reference, 2).pearson(KmerProfile.of(designs, 2)),
                measure.of(set(designs))[0],
                1e-15);
    }

    @Test
    void refusesWordsThatCannotOccur() {
        assertThrows(IllegalArgumentException.class, () -> new KmerCorrelation(List.of("AC"), 3));
        assertThrows(IllegalArgumentException.class, () -> new KmerCorrelation(List.of("AC"), 0));
    }
}
