package dev.tiller.rewards.sequence;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tiller.rewards.Designs;
import dev.tiller.rewards.DifferentiableReward;
import dev.tiller.rewards.DifferentiableRewardContract;
import dev.tiller.rewards.RelaxedDesigns;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.ScoredGradient;
import dev.tiller.rewards.sequence.MotifCount.Options;
import dev.tiller.rewards.sequence.MotifCount.Unit;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class MotifCountTest extends DifferentiableRewardContract {

    @Override
    protected Reward reward() {
        return new MotifCount(
                new Options(List.of("AR", "GNT", "C"), true, Strands.BOTH, Unit.DENSITY));
    }

    @Test
    void countsOverlappingSitesOrNot() {
        // AAAAA: AA at 0, 1, 2, 3; without overlap at 0, 2
        assertScores(List.of("AA"), true, Strands.FORWARD, List.of("AAAAA", "A", ""), 4, 0, 0);
        assertScores(List.of("AA"), false, Strands.FORWARD, List.of("AAAAA", "AAATAA"), 2, 2);
    }

    @Test
    void addsUpMotifs() {
        // GATTACA: A at 1, 4, 6; AY at 1, 4
        assertScores(List.of("A", "ay"), true, Strands.FORWARD, List.of("GATTACA"), 5);
    }

    @Test
    void letsDifferentMotifsOverlap() {
        assertScores(List.of("AC", "CG"), false, Strands.FORWARD, List.of("ACG"), 2);
    }

    @Test
    void findsSitesOnOtherStrand() {
        // the other strand of GGT is ACC
        assertScores(List.of("GGT"), true, Strands.BOTH, List.of("GGTACC", "ACC", "CCA"), 2, 1, 0);
        assertScores(List.of("GGT"), true, Strands.FORWARD, List.of("GGUACC", "ACC"), 1, 0);
        // R = A or G becomes Y = C or T, N stays
        assertScores(List.of("RNG"), true, Strands.BOTH, List.of("CAT", "CAC", "CAA"), 1, 1, 0);
    }

    @Test
    void countsPalindromeOnce() {
        // CACGTG and AT are their own reverse complements; AN and NT both fit AT
        assertScores(List.of("CACGTG", "AT"), true, Strands.BOTH, List.of("CACGTGAT"), 2);
        assertScores(List.of("AN"), true, Strands.BOTH, List.of("AT", "AC", "GT"), 1, 1, 1);
    }

    @Test
    void skipsOverlapsOfBothStrands() {
        // GGTACC: GGT at 0, its reverse complement ACC at 3; GTAC: GTA at 0, TAC at 1
        assertScores(List.of("GGT"), false, Strands.BOTH, List.of("GGTACC"), 2);
        assertScores(List.of("GTA"), false, Strands.BOTH, List.of("GTAC"), 1);
    }

    @Test
    void givesSitesPerLetter() {
        Options options = new Options(List.of("A"), true, Strands.FORWARD, Unit.DENSITY);
        double[] scores = new MotifCount(options).score(new Designs(List.of("ACCA", "AC", "")));
        assertArrayEquals(new double[] {0.5, 0.5, 0}, scores);
    }

    @Test
    void expectsProductsOfProbabilities() {
        Options options = new Options(List.of("AC"), true, Strands.FORWARD, Unit.COUNT);
        DifferentiableReward reward = new MotifCount(options).differentiable().orElseThrow();
        float[] row = {0.5f, 0.5f, 0.25f, 0.75f, 1, 0};
        ScoredGradient found =
                reward.differentiate(new RelaxedDesigns("AC", 3, List.of(row))).get(0);
        // 0.5 * 0.75 + 0.25 * 0
        assertEquals(0.375, found.score());
        assertArrayEquals(new float[] {0.75f, 0, 0, 0.5f, 0, 0.25f}, found.gradient());
    }

    @Test
    void hasNoGradientWithoutOverlap() {
        Options options = new Options(List.of("AC"), false, Strands.FORWARD, Unit.COUNT);
        assertEquals(Optional.empty(), new MotifCount(options).differentiable());
    }

    @Test
    void rejectsMissingAndWrongMotifs() {
        assertEquals(
                "motifs must be one or more, got none; write for example TATAAA,CCAAT",
                failure(List.of()));
        assertEquals(
                "motif must be one or more of the IUPAC codes ACGTURYSWKMBDHVN, got 'AJ'; write for"
                        + " example GCCRCC",
                failure(List.of("A", "aj")));
    }

    private static String failure(List<String> motifs) {
        return assertThrows(
                        IllegalArgumentException.class,
                        () -> new Options(motifs, true, Strands.FORWARD, Unit.COUNT))
                .getMessage();
    }

    private static void assertScores(
            List<String> motifs,
            boolean overlapping,
            Strands strands,
            List<String> designs,
            double... expected) {
        Reward reward = new MotifCount(new Options(motifs, overlapping, strands, Unit.COUNT));
        assertArrayEquals(expected, reward.score(new Designs(designs)));
    }
}
