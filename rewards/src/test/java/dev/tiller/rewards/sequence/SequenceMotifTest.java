package dev.tiller.rewards.sequence;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tiller.rewards.Designs;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContract;
import dev.tiller.rewards.sequence.SequenceMotif.Mode;
import dev.tiller.rewards.sequence.SequenceMotif.Options;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SequenceMotifTest extends RewardContract {

    @Override
    protected Reward reward() {
        return new SequenceMotif(Options.defaults());
    }

    @Test
    void countsOverlappingOccurrences() {
        // AAAA holds AA at 0, 1, 2; AATAA at 0, 3; ATAT none
        assertScores("AA", Mode.COUNT, List.of("AAAA", "AATAA", "ATAT"), 3, 2, 0);
    }

    @Test
    void tellsPresenceFromAbsence() {
        assertScores("AA", Mode.PRESENCE, List.of("AAAA", "AATAA", "ATAT"), 1, 1, 0);
    }

    @Test
    void findsBestPlacement() {
        // GCCACC in full; with one, with three letters off; TTTTTT shares none
        List<String> designs = List.of("TTGCCACCTT", "GCCTCC", "GCCTTT", "TTTTTT");
        assertScores("GCCACC", Mode.BEST_MATCH, designs, 1, 5 / 6.0, 3 / 6.0, 0);
    }

    @Test
    void takesBestOfAllPlacements() {
        // ACG against AAACT: AAA 1/3, AAC 1/3, ACT 2/3
        assertScores("ACG", Mode.BEST_MATCH, List.of("AAACT"), 2 / 3.0);
    }

    @Test
    void readsThymineAsUracil() {
        assertScores("TU", Mode.COUNT, List.of("TT", "UU", "UT", "TA"), 1, 1, 1, 0);
    }

    @Test
    void scoresZeroWhereMotifDoesNotFit() {
        for (Mode mode : Mode.values()) {
            assertScores("AA", mode, List.of("A", ""), 0, 0);
        }
    }

    @Test
    void scoresSingleLetters() {
        for (Mode mode : Mode.values()) {
            assertScores("R", mode, List.of("A", "C", "G", "T"), 1, 0, 1, 0);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "A,A", "C,C", "G,G", "T,T", "U,T", "R,AG", "Y,CT", "S,CG", "W,AT", "K,GT", "M,AC", "B,CGT",
        "D,AGT", "H,ACT", "V,ACG", "N,ACGT"
    })
    void knowsEveryIupacCode(String code, String members) {
        for (String letter : List.of("A", "C", "G", "T")) {
            double expected = members.contains(letter) ? 1 : 0;
            assertScores(code, Mode.COUNT, List.of(letter), expected);
        }
    }

    @Test
    void readsLowerCaseMotif() {
        assertEquals(new Options("GCCRCC", Mode.COUNT), new Options("gccrcc", Mode.COUNT));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GCJ", "GC CC", "GC-"})
    void rejectsMotifOfOtherLetters(String motif) {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> new Options(motif, Mode.COUNT));
        assertEquals(
                "motif must be one or more of the IUPAC codes ACGTURYSWKMBDHVN, got '"
                        + motif
                        + "'; write for example GCCRCC",
                e.getMessage());
    }

    private static void assertScores(
            String motif, Mode mode, List<String> designs, double... expected) {
        try (Reward reward = new SequenceMotif(new Options(motif, mode))) {
            assertArrayEquals(expected, reward.score(new Designs(designs)));
        }
    }
}
