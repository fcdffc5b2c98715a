package dev.tiller.cli.evaluate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NoveltyTest {
    private static DesignSet set(String... designs) {
        return new DesignSet("x", 1, "x.fasta", List.of(designs));
    }

    private static List<String> random(int count, int length, String letters, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<String> sequences = new ArrayList<>();
        for (int n = 0; n < count; n++) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < length; i++) {
                text.append(letters.charAt(random.nextInt(letters.length())));
            }
            sequences.add(text.toString());
        }
        return sequences;
    }

    private static int bruteForce(String design, List<String> sequences) {
        return sequences.stream()
                .mapToInt(
                        other ->
                                (int)
                                        IntStream.range(0, design.length())
                                                .filter(i -> design.charAt(i) != other.charAt(i))
                                                .count())
                .min()
                .orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 50, 64, 65, 200})
    void hammingEqualsThatOfLetters(int length) {
        List<String> sequences = random(40, length, "ACGT", length);
        NearestHamming nearest = new NearestHamming(sequences);
        // N is a letter that no sequence has; the last design is one of them
        List<String> designs = random(20, length, "ACGTN", 1);
        designs.add(sequences.get(17));
        for (String design : designs) {
            assertEquals(bruteForce(design, sequences), nearest.distance(design), design);
        }
        assertEquals(0, nearest.distance(sequences.get(17)));
    }

    @Test
    void hammingOfProteins() {
        List<String> sequences = random(40, 70, "ACDEFGHIKLMNPQRSTVWY", 3);
        NearestHamming nearest = new NearestHamming(sequences);
        for (String design : random(20, 70, "ACDEFGHIKLMNPQRSTVWYX", 4)) {
            assertEquals(bruteForce(design, sequences), nearest.distance(design));
        }
    }

    @Test
    void hammingOfOneLetterAlone() {
        NearestHamming nearest = new NearestHamming(List.of("AAA", "AAA"));
        assertEquals(0, nearest.distance("AAA"));
        assertEquals(2, nearest.distance("CAG"));
    }

    @Test
    void countsWhatIsNewAndHowFar() {
        Novelty novelty = new Novelty(List.of("AAAA", "CCCC"), null);
        // a known one, one letter from AAAA, two from each
        assertArrayEquals(
                new double[] {2 / 3.0, 1, 2}, novelty.of(set("AAAA", "AAAC", "AACC")), 1e-15);
    }

    @Test
    void editDistanceWhereLengthsDiffer() {
        Novelty novelty = new Novelty(List.of("AAAA", "CCCCC"), null);
        // one letter taken out of CCCCC; two replaced in AAAA
        assertArrayEquals(new double[] {1, 1.5, 2}, novelty.of(set("CCCC", "AAGG")), 1e-15);
        Novelty even = new Novelty(List.of("AAAA", "CCCC"), null);
        assertArrayEquals(new double[] {1, 1, 2}, even.of(set("AAA")), 1e-15);
    }

    @Test
    void comparesWithEvenlySpreadRowsUpToTheLimit() {
        List<String> training = List.of("AAAA", "CCCC", "GGGG", "TTTT");
        // of four rows two are the first and the third
        Novelty two = new Novelty(training, 2);
        assertArrayEquals(new double[] {0, 4, 2}, two.of(set("CCCC")), 1e-15);
        assertArrayEquals(new double[] {0, 0, 2}, two.of(set("GGGG")), 1e-15);
        assertArrayEquals(new double[] {0, 0, 4}, new Novelty(training, 9).of(set("CCCC")), 1e-15);
        List<String> uneven = new ArrayList<>(random(1500, 4, "ACGT", 1));
        uneven.add("ACGTA");
        assertEquals(Novelty.LEVENSHTEIN_ROWS, new Novelty(uneven, null).of(set("ACGT"))[2]);
        assertThrows(IllegalArgumentException.class, () -> new Novelty(training, 0));
    }
}
