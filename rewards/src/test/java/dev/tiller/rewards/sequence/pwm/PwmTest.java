package dev.tiller.rewards.sequence.pwm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tiller.rewards.Designs;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.Rewards;
import dev.tiller.rewards.sequence.Strands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PwmTest extends PwmContract {
    // with pseudocount 4 and background 1/4: (12 + 1) / 16 and 1 / 16, against 1/4
    private static final double HIT = Math.log(13 / 4.0);
    private static final double MISS = Math.log(1 / 4.0);
    private static final MotifFile AAG =
            new MotifFile(
                    List.of(
                            new PositionMatrix(
                                    "X1",
                                    "aag",
                                    List.of(
                                            List.of(12., 0., 0., 0.),
                                            List.of(12., 0., 0., 0.),
                                            List.of(0., 0., 12., 0.)))),
                    Optional.empty());

    PwmTest() {
        super(BindingScore.OCCUPANCY);
    }

    @Test
    void findsBestSite() {
        // AAG in full; ATG with one letter off; CTT has AAG on the other strand
        Designs designs = new Designs(List.of("CAAGC", "CATGC", "CTT", "CUU"));
        double off = 2 * HIT + MISS;
        assertScores(BindingScore.BEST, Strands.FORWARD, designs, 3 * HIT, off, 3 * MISS, 3 * MISS);
        assertScores(BindingScore.BEST, Strands.BOTH, designs, 3 * HIT, off, 3 * HIT, 3 * HIT);
    }

    @Test
    void addsUpWhatIsAboveThreshold() {
        // threshold 1: AAG is 3 HIT, AAA is 2 HIT + MISS = 0.97 and below it
        Designs designs = new Designs(List.of("AAGAAG", "AAA"));
        assertScores(BindingScore.SUM, Strands.FORWARD, designs, 2 * (3 * HIT - 1), 0);
    }

    @Test
    void countsBoundSites() {
        // AAAG: AAA and AAG; the other strand CTTT: CTT and TTT
        double half = 1;
        double expected =
                bound(2 * HIT + MISS - half) // AAA
                        + bound(3 * HIT - half) // AAG
                        + bound(3 * MISS - half) // CTT
                        + bound(3 * MISS - half); // TTT
        assertScores(BindingScore.OCCUPANCY, Strands.BOTH, new Designs(List.of("AAAG")), expected);
    }

    @Test
    void addsUpAffinities() {
        double expected = Math.log(Math.exp(2 * HIT + MISS) + Math.exp(3 * HIT));
        assertScores(BindingScore.LOG_SUM, Strands.FORWARD, new Designs(List.of("AAAG")), expected);
    }

    @Test
    void scoresDesignsThatAreTooShort() {
        Designs designs = new Designs(List.of("", "AA"));
        for (Strands strands : Strands.values()) {
            assertScores(BindingScore.BEST, strands, designs, 3 * MISS, 3 * MISS);
            assertScores(BindingScore.LOG_SUM, strands, designs, 3 * MISS, 3 * MISS);
            assertScores(BindingScore.SUM, strands, designs, 0, 0);
            assertScores(BindingScore.OCCUPANCY, strands, designs, 0, 0);
        }
    }

    @Test
    void countsPalindromeOnBothStrands() {
        MotifFile palindrome =
                new MotifFile(
                        List.of(
                                new PositionMatrix(
                                        "X",
                                        "X",
                                        List.of(
                                                List.of(12., 0., 0., 0.),
                                                List.of(0., 0., 0., 12.)))),
                        Optional.empty());
        Pwm reward =
                new Pwm(palindrome, options(BindingScore.SUM, Strands.BOTH, Cutoff.LOG_ODDS, 0));
        double[] scores = reward.score(new Designs(List.of("AT")));
        assertArrayEquals(new double[] {2 * 2 * HIT}, scores, 1e-12);
    }

    @Test
    void takesThresholdsInThreeWays() {
        // 3 HIT, the highest score, has probability 1/64; the next has 9 more
        Designs designs = new Designs(List.of("AAG"));
        double one = 2 * HIT + MISS;
        Map<Double, Pwm> rewards =
                Map.of(
                        3 * HIT,
                        new Pwm(
                                AAG,
                                options(BindingScore.SUM, Strands.FORWARD, Cutoff.P_VALUE, 0.1)),
                        one,
                        new Pwm(
                                AAG,
                                options(BindingScore.SUM, Strands.FORWARD, Cutoff.P_VALUE, 0.2)),
                        3 * MISS + 0.5 * 3 * (HIT - MISS),
                        new Pwm(
                                AAG,
                                options(BindingScore.SUM, Strands.FORWARD, Cutoff.RELATIVE, 0.5)),
                        1.25,
                        new Pwm(
                                AAG,
                                options(BindingScore.SUM, Strands.FORWARD, Cutoff.LOG_ODDS, 1.25)));
        rewards.forEach(
                (threshold, reward) ->
                        assertEquals(3 * HIT - threshold, reward.score(designs)[0], 1e-3));
    }

    @Test
    void weighsAgainstBackground() {
        PwmOptions options =
                new PwmOptions(
                        null,
                        List.of("aag"),
                        BindingScore.BEST,
                        Strands.FORWARD,
                        4,
                        List.of(0.4, 0.1, 0.1, 0.4),
                        Cutoff.LOG_ODDS,
                        0);
        // (12 + 4 * 0.4) / 16 / 0.4, twice, and (12 + 4 * 0.1) / 16 / 0.1
        double expected = 2 * Math.log(13.6 / 16 / 0.4) + Math.log(12.4 / 16 / 0.1);
        double[] scores = new Pwm(AAG, options).score(new Designs(List.of("AAG")));
        assertArrayEquals(new double[] {expected}, scores, 1e-12);
    }

    @Test
    void takesBackgroundOfFile() {
        List<Double> background = List.of(0.4, 0.1, 0.1, 0.4);
        MotifFile withBackground = new MotifFile(AAG.motifs(), Optional.of(background));
        PwmOptions silent = options(BindingScore.BEST, Strands.FORWARD, Cutoff.LOG_ODDS, 0);
        // as in weighsAgainstBackground
        double expected = 2 * Math.log(13.6 / 16 / 0.4) + Math.log(12.4 / 16 / 0.1);
        Pwm reward = new Pwm(withBackground, silent);
        assertEquals(expected, reward.score(new Designs(List.of("AAG")))[0], 1e-12);
        assertNotEquals(new Pwm(AAG, silent).digest(), reward.digest());
    }

    @Test
    void hasDigestOfChosenMotifs() {
        PwmOptions all = options(BindingScore.BEST, Strands.FORWARD, Cutoff.LOG_ODDS, 0);
        MotifFile renamed =
                new MotifFile(
                        List.of(new PositionMatrix("X9", "aag", AAG.motifs().get(0).counts())),
                        Optional.empty());
        String digest = new Pwm(AAG, all).digest().orElseThrow();
        assertTrue(digest.matches("[0-9a-f]{64}"), digest);
        assertEquals(digest, new Pwm(AAG, all).digest().orElseThrow());
        assertNotEquals(digest, new Pwm(renamed, all).digest().orElseThrow());
    }

    @Test
    void isMadeFromFile(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("m.jaspar");
        Files.writeString(file, ">X1 aag\nA 12 12 0\nC 0 0 0\nG 0 0 12\nT 0 0 0\n>X2\n1\n1\n1\n1");
        Map<String, Object> options =
                Map.of("file", file.toString(), "motifs", "aag", "mode", "best", "pseudocount", 4);
        Rewards rewards = Rewards.load();
        try (Reward reward = rewards.create("pwm", options, RewardContext.cpu())) {
            double[] scores = reward.score(new Designs(List.of("AAG")));
            assertArrayEquals(new double[] {3 * HIT}, scores, 1e-12);
        }
        assertEquals(
                "option 'file' of reward 'pwm' must be a file of motifs, got none; write for"
                        + " example file=motifs.jaspar",
                failure(() -> rewards.create("pwm", Map.of(), RewardContext.cpu())));
        String missing = directory.resolve("none").toString();
        String text =
                failure(() -> rewards.create("pwm", Map.of("file", missing), RewardContext.cpu()));
        assertTrue(text.contains(missing) && text.contains("option 'file'"), text);
    }

    @ParameterizedTest
    @CsvSource({
        "P_VALUE,0",
        "P_VALUE,1",
        "RELATIVE,1.1",
        "RELATIVE,-0.1",
        "LOG_ODDS,NaN",
        "P_VALUE,NaN"
    })
    void rejectsLevelOutOfRange(Cutoff cutoff, double level) {
        assertEquals(
                "level must be in (0, 1) for a p-value, in [0, 1] for a relative cutoff and any"
                        + " number of nats for log-odds, got "
                        + level,
                failure(() -> options(BindingScore.BEST, Strands.BOTH, cutoff, level)));
    }

    @Test
    void rejectsOtherBadNumbers() {
        assertEquals(
                "pseudocount must be above 0, got 0.0; without it a letter never seen makes a site"
                        + " impossible",
                failure(() -> background(0)));
        for (List<Double> wrong : List.of(List.of(1.0), List.of(0.5, 0.5, 0.0, 0.0))) {
            assertEquals(
                    "background must be four probabilities above 0 of A, C, G and T that add up to"
                            + " 1, got "
                            + wrong
                            + "; write for example 0.3,0.2,0.2,0.3",
                    failure(() -> background(1, wrong.toArray(Double[]::new))));
        }
    }

    private static void background(double pseudocount, Double... background) {
        new PwmOptions(
                null,
                List.of(),
                BindingScore.BEST,
                Strands.BOTH,
                pseudocount,
                List.of(background),
                Cutoff.LOG_ODDS,
                0);
    }

    private static String failure(Executable action) {
        return assertThrows(IllegalArgumentException.class, action).getMessage();
    }

    private static double bound(double excess) {
        return 1 / (1 + Math.exp(-excess));
    }

    private static PwmOptions options(
            BindingScore mode, Strands strands, Cutoff cutoff, double level) {
        return new PwmOptions(null, List.of(), mode, strands, 4, List.of(), cutoff, level);
    }

    private static void assertScores(
            BindingScore mode, Strands strands, Designs designs, double... expected) {
        Pwm reward = new Pwm(AAG, options(mode, strands, Cutoff.LOG_ODDS, 1));
        assertArrayEquals(expected, reward.score(designs), 1e-12);
    }
}
