package dev.tiller.rewards.sequence.pwm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tiller.rewards.sequence.Strands;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class MotifSitesTest {
    private static PositionMatrix motif(String word) {
        List<List<Double>> counts = new ArrayList<>();
        for (int i = 0; i < word.length(); i++) {
            List<Double> column = new ArrayList<>(List.of(0., 0., 0., 0.));
            column.set("ACGT".indexOf(word.charAt(i)), 7.);
            counts.add(column);
        }
        return new PositionMatrix(word, word, counts);
    }

    private static MotifSites sites(Strands strands, Cutoff cutoff, double level, String... words) {
        MotifFile file =
                new MotifFile(
                        List.of(words).stream().map(MotifSitesTest::motif).toList(),
                        Optional.empty());
        return new MotifSites(
                file,
                new PwmOptions(
                        null,
                        List.of(),
                        BindingScore.BEST,
                        strands,
                        0.8,
                        List.of(),
                        cutoff,
                        level));
    }

    @Test
    void countsFullMatchesOfAllSequencesTogether() {
        // of the log-odds a relative level of 1 leaves the best site alone
        MotifSites forward = sites(Strands.FORWARD, Cutoff.RELATIVE, 1, "AAC", "GG");
        assertArrayEquals(new long[] {2, 3}, forward.count(List.of("AACGGG", "TAAC", "GG", "A")));
        assertArrayEquals(new long[] {0, 0}, forward.count(List.of()));
    }

    @Test
    void countsTheOtherStrand() {
        MotifSites both = sites(Strands.BOTH, Cutoff.RELATIVE, 1, "AAC", "ACGT");
        // GTT is AAC on the other strand; a palindrome is a site on each
        assertArrayEquals(new long[] {2, 2}, both.count(List.of("AACGTT")));
        assertArrayEquals(new long[] {2, 2}, both.count(List.of("AACGUU")));
    }

    @Test
    void thresholdIsReachedNotPassed() {
        // 1 of 16 random sites is AC: at that p-value AC is a site and nothing else
        MotifSites exact = sites(Strands.FORWARD, Cutoff.P_VALUE, 1 / 16.0, "AC");
        assertArrayEquals(new long[] {1}, exact.count(List.of("AACCG")));
        // 7 of 16 random sites have A first or C second
        MotifSites loose = sites(Strands.FORWARD, Cutoff.P_VALUE, 7 / 16.0, "AC");
        assertArrayEquals(new long[] {3}, loose.count(List.of("AACCG")));
    }

    @Test
    void refusesOtherLetters() {
        MotifSites any = sites(Strands.FORWARD, Cutoff.RELATIVE, 1, "AC");
        assertThrows(IllegalArgumentException.class, () -> any.count(List.of("ACN")));
    }
}
