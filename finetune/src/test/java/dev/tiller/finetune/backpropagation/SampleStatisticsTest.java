package dev.tiller.finetune.backpropagation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class SampleStatisticsTest {
    @Test
    void medianIsTheMiddle() {
        assertEquals(2, SampleStatistics.median(new double[] {9, 1, 2}), 0);
        assertEquals(2.5, SampleStatistics.median(new double[] {9, 1, 2, 3}), 0);
    }

    /** Pairs: AC-AG differ in 1 of 2, AC-TG in 2, AG-TG in 1: 4 of 6. */
    @Test
    void diversityIsTheShareOfDifferentPositions() {
        assertEquals(4.0 / 6, SampleStatistics.diversity(List.of("AC", "AG", "TG")), 1e-15);
        assertEquals(0, SampleStatistics.diversity(List.of("ACA", "ACA")), 0);
        assertEquals(1, SampleStatistics.diversity(List.of("AAA", "CCC")), 0);
    }

    @Test
    void uniqueCountsEqualDesignsOnce() {
        assertEquals(2.0 / 3, SampleStatistics.unique(List.of("AC", "AG", "AC")), 1e-15);
    }
}
