package dev.tiller.rewards.sequence;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class DiversityTest {
    @Test
    void isTheMeanOverPairs() {
        assertEquals(
                (0.25 + 1 + 0.75) / 3,
                Diversity.meanPairwiseDistance(List.of("AAAA", "AAAC", "CCCC")),
                1e-12);
    }

    @Test
    void countsLettersThatOneLacks() {
        assertEquals(0.5, Diversity.meanPairwiseDistance(List.of("AC", "ACGT")), 1e-12);
    }

    @Test
    void equalDesignsHaveNone() {
        assertEquals(0, Diversity.meanPairwiseDistance(List.of("ACGT", "ACGT")));
        assertEquals(0, Diversity.meanPairwiseDistance(List.of("ACGT")));
        assertEquals(0.5, Diversity.uniqueShare(List.of("A", "A", "C", "A")));
    }

    /** Pairs: AC-AG differ in 1 of 2, AC-TG in 2, AG-TG in 1: 4 of 6. */
    @Test
    void isTheShareOfDifferentPositions() {
        assertEquals(4.0 / 6, Diversity.meanPairwiseDistance(List.of("AC", "AG", "TG")), 1e-15);
        assertEquals(1, Diversity.meanPairwiseDistance(List.of("AAA", "CCC")), 0);
    }
}
