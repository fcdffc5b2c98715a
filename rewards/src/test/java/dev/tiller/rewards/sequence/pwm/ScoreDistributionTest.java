package dev.tiller.rewards.sequence.pwm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ScoreDistributionTest {
    private static final List<Double> BACKGROUND = List.of(0.3, 0.2, 0.1, 0.4);
    private static final LogOdds MOTIF =
            LogOdds.of(
                    new PositionMatrix(
                            "X",
                            "X",
                            List.of(
                                    List.of(7., 1., 2., 0.),
                                    List.of(1., 9., 0., 3.),
                                    List.of(0., 0., 12., 1.),
                                    List.of(4., 4., 1., 2.),
                                    List.of(2., 0., 3., 11.))),
                    0.8,
                    BACKGROUND);

    @Test
    void addsUpToOne() {
        assertEquals(1, ScoreDistribution.of(MOTIF, BACKGROUND).total(), 1e-12);
    }

    /** The threshold is that of all 1024 sites, to within the rounding of scores. */
    @ParameterizedTest
    @ValueSource(doubles = {0.5, 0.1, 0.02, 0.003, 0.0005})
    void agreesWithEnumeration(double probability) {
        double threshold = ScoreDistribution.of(MOTIF, BACKGROUND).threshold(probability);
        // five positions, each rounded by at most half a step, and half a step to either side
        double rounding = 6 * (MOTIF.highest() - MOTIF.lowest()) / 20_000;
        assertTrue(tail(threshold + rounding) <= probability, "too low: " + threshold);
        double lower = nextScoreBelow(threshold - rounding);
        assertTrue(tail(lower - 1e-12) > probability, "too high: " + threshold);
    }

    @Test
    void givesHighestScoreWhereProbabilityIsOutOfReach() {
        double threshold = ScoreDistribution.of(MOTIF, BACKGROUND).threshold(1e-9);
        assertEquals(MOTIF.highest(), threshold);
    }

    @Test
    void knowsMotifWithoutInformation() {
        List<Double> flat = List.of(1., 1., 1., 1.);
        LogOdds motif =
                LogOdds.of(
                        new PositionMatrix("X", "X", List.of(flat, flat)),
                        1,
                        List.of(0.25, 0.25, 0.25, 0.25));
        ScoreDistribution found = ScoreDistribution.of(motif, List.of(0.25, 0.25, 0.25, 0.25));
        assertEquals(0, found.threshold(0.01), 1e-15);
    }

    private static double tail(double threshold) {
        double tail = 0;
        for (int site = 0; site < 1024; site++) {
            tail += score(site) >= threshold ? probability(site) : 0;
        }
        return tail;
    }

    private static double nextScoreBelow(double threshold) {
        double next = Double.NEGATIVE_INFINITY;
        for (int site = 0; site < 1024; site++) {
            next = score(site) < threshold ? Math.max(next, score(site)) : next;
        }
        return next;
    }

    private static double score(int site) {
        double score = 0;
        for (int i = 0; i < 5; i++) {
            score += MOTIF.weight(i, (site >> (2 * i)) & 3);
        }
        return score;
    }

    private static double probability(int site) {
        double product = 1;
        for (int i = 0; i < 5; i++) {
            product *= BACKGROUND.get((site >> (2 * i)) & 3);
        }
        return product;
    }
}
