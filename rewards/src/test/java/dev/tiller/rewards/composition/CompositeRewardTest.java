package dev.tiller.rewards.composition;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.tiller.rewards.Breakdown;
import dev.tiller.rewards.Designs;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.RewardContract;
import dev.tiller.rewards.Rewards;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class CompositeRewardTest extends RewardContract {
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final Map<String, Object> HALVES = Map.of("type", "linear", "low", 0, "high", 4);

    @Override
    protected Reward reward() {
        return Rewards.load().create(utr(), RewardContext.cpu());
    }

    private static RewardSpec utr() {
        try (InputStream in = CompositeRewardTest.class.getResourceAsStream("utr.yaml")) {
            Map<String, Object> job = YAML.readValue(in, new TypeReference<>() {});
            return RewardSpec.of(job.get("reward"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, Object> component(String reward, double weight) {
        return Map.of("reward", reward, "weight", weight, "transform", HALVES);
    }

    private static Map<String, Object> composed(String aggregate) {
        return Map.of(
                "aggregate",
                aggregate,
                "components",
                List.of(component("a", 2), component("c", 1)));
    }

    private static double score(Object yaml, String design) {
        try (Reward reward = TestRewards.counts().create(yaml)) {
            return reward.score(new Designs(List.of(design)))[0];
        }
    }

    @Test
    void aggregatesHaveTheirValuesByHand() {
        // T_a = 2 / 4, T_c = 1 / 4, weights 2 and 1
        assertEquals(1.25 / 3, score(composed("arithmetic"), "AACG"), 1e-15);
        assertEquals(Math.cbrt(0.5 * 0.5 * 0.25), score(composed("geometric"), "AACG"), 1e-15);
        assertEquals(0.5 * 0.5 * 0.25, score(composed("product"), "AACG"), 1e-15);
        assertEquals(0, score(composed("geometric"), "AAAG"));
        assertEquals(1, score(composed("geometric"), "AAAACCCC"));
    }

    @Test
    void aComponentWithoutTransformIsItsRawScore() {
        assertEquals(3, score(Map.of("components", List.of("a")), "AAAG"));
        Map<String, Object> both =
                Map.of("components", List.of("a", Map.of("reward", "c", "weight", 0)));
        assertEquals(3, score(both, "AAACG"));
    }

    @Test
    void theExampleScoresByHand() {
        try (Reward reward = reward()) {
            Breakdown breakdown =
                    reward.breakdown(
                            new Designs(List.of("GCCACCAAUU", "GCCACCAUGU", "GGGGAUAUCU")));
            assertEquals(
                    List.of(
                            "kozak",
                            "kozak.transformed",
                            "gc-content",
                            "gc-content.transformed",
                            "upstream-start",
                            "upstream-start.transformed",
                            "poly-g",
                            "poly-g.transformed"),
                    reward.columns());
            // sigmoid(1; 0.4, 0.8): exponent 10 * 0.5 * 0.4 / 0.4 = 5; reverse-sigmoid(0; 0, 3):
            // 2.5, of 1 match: 5 / 3 * 0.5 = 0.8333
            double kozak = 1 / 1.00001;
            double clean = 1 / (1 + Math.pow(10, -2.5));
            assertArrayEquals(
                    new double[] {1, kozak, 0, 1, 0, 1, 0, clean}, breakdown.values()[0], 1e-14);
            assertEquals(Math.cbrt(kozak * kozak) * clean, breakdown.scores()[0], 1e-14);
            double no = Double.NaN;
            assertArrayEquals(new double[] {no, no, no, no, 1, 0, no, no}, breakdown.values()[1]);
            assertEquals(0, breakdown.scores()[1]);
            assertEquals(1 / (1 + Math.pow(10, -5.0 / 6)), breakdown.values()[2][7], 1e-14);
        }
    }

    @Test
    void scoresAreThoseOfTheBreakdown() {
        try (Reward reward = reward()) {
            assertArrayEquals(reward.breakdown(designs()).scores(), reward.score(designs()));
        }
    }

    @Test
    void whatFailsAFilterCostsNoMore() {
        TestRewards rewards = TestRewards.counts();
        Map<String, Object> yaml =
                Map.of(
                        "components",
                        List.of("a"),
                        "filters",
                        List.of(
                                Map.of("reward", "c", "at-least", 1),
                                Map.of("reward", "g", "at-most", 1)),
                        "penalties",
                        List.of(
                                Map.of(
                                        "reward",
                                        "t",
                                        "transform",
                                        Map.of("type", "step", "high", 2))),
                        "floor",
                        -5);
        try (Reward reward = rewards.create(yaml)) {
            double[] scores =
                    reward.score(new Designs(List.of("AAC", "AAG", "CGG", "ACG", "CCTTT")));
            assertArrayEquals(new double[] {2, -5, -5, 1, 0}, scores);
            assertEquals(
                    List.of(
                            "c AAC", "c AAG", "c CGG", "c ACG", "c CCTTT", // all
                            "g AAC", "g CGG", "g ACG", "g CCTTT", // those with a C
                            "a AAC", "a ACG", "a CCTTT", // those with one G or none
                            "t AAC", "t ACG", "t CCTTT"),
                    rewards.calls);
        }
    }

    @Test
    void aRewardNamedTwiceScoresEachDesignOnce() {
        TestRewards rewards = TestRewards.counts();
        Map<String, Object> yaml =
                Map.of(
                        "components",
                        List.of("a", Map.of("reward", "a", "as", "again", "transform", HALVES)),
                        "filters",
                        List.of(Map.of("reward", "a", "as", "some", "at-least", 1)));
        Reward reward = rewards.create(yaml);
        double[] scores = reward.score(new Designs(List.of("AAC", "C")));
        assertArrayEquals(new double[] {1.25, 0}, scores);
        assertEquals(List.of("a AAC", "a C"), rewards.calls);
        reward.close();
        assertEquals(List.of("a"), rewards.closed);
    }

    @Test
    void penaltiesMultiply() {
        Map<String, Object> penalty = Map.of("reward", "g", "transform", HALVES, "weight", 2);
        Map<String, Object> yaml =
                Map.of("components", List.of("a"), "penalties", List.of(penalty));
        assertEquals(3 * 0.25 * 0.25, score(yaml, "AAAG"), 1e-15);
        assertEquals(3, score(yaml, "AAAGGGG"));
    }

    @Test
    void readsTheLettersThatAllRead() {
        TestRewards rewards =
                new TestRewards()
                        .add("dna", "ACGT", Optional.empty(), String::length)
                        .add("both", "UTGCA", Optional.empty(), String::length)
                        .add("protein", "WYX", Optional.empty(), String::length);
        assertEquals(
                "ACGT", rewards.create(Map.of("components", List.of("dna", "both"))).letters());
        assertEquals(
                "TGCA", rewards.create(Map.of("components", List.of("both", "dna"))).letters());
        assertEquals(
                "rewards of a composition must have letters in common, got ACGT of dna, WYX of"
                        + " protein",
                failure(() -> rewards.create(Map.of("components", List.of("dna", "protein")))));
        assertEquals(List.of("dna", "protein"), rewards.closed);
    }

    @Test
    void theRefereeIsThatOfTheOneComponentWhichHasOne() {
        TestRewards rewards =
                new TestRewards()
                        .add("x", "AC", Optional.of("x-referee"), String::length)
                        .add("y", "AC", Optional.of("y-referee"), String::length)
                        .add("z", "AC", Optional.empty(), String::length);
        assertEquals(
                Optional.of("x-referee"),
                rewards.create(Map.of("components", List.of("z", "x"))).referee());
        assertEquals(
                Optional.empty(),
                rewards.create(Map.of("components", List.of("x", "y"))).referee());
        assertEquals(
                Optional.empty(), rewards.create(Map.of("components", List.of("z"))).referee());
    }

    @Test
    void theDigestIsThatOfTheSpecification() {
        Reward one = TestRewards.counts().create(composed("product"));
        Reward same = TestRewards.counts().create(composed("product"));
        Reward other = TestRewards.counts().create(composed("geometric"));
        assertEquals(64, one.digest().orElseThrow().length());
        assertEquals(one.digest(), same.digest());
        assertNotEquals(one.digest(), other.digest());
    }

    @Test
    void scoresOutOfRangeAreErrors() {
        Map<String, Object> product = Map.of("aggregate", "product", "components", List.of("x"));
        TestRewards rewards =
                new TestRewards()
                        .add("x", design -> design.length() - 2.0)
                        .add("nan", design -> Double.NaN);
        Designs designs = new Designs(List.of("AAA", "A"));
        assertEquals(
                "transformed score of 'x' must be 0 or more in a product aggregate, got -1.0 for"
                        + " design 2; give it a transform such as sigmoid or linear",
                failure(() -> rewards.create(product).score(designs)));
        Map<String, Object> penalised =
                Map.of(
                        "components",
                        List.of("x"),
                        "penalties",
                        List.of(Map.of("reward", "x", "as", "p", "transform", HALVES)));
        assertEquals(
                "aggregate must be 0 or more for penalties to lower it, got -1.0 for design 2;"
                        + " give the components transforms",
                failure(() -> rewards.create(penalised).score(designs)));
        Map<String, Object> raw =
                Map.of(
                        "components",
                        List.of("x"),
                        "penalties",
                        List.of(Map.of("reward", "x", "as", "p")));
        assertEquals(
                "transformed score of 'p' must be in [0, 1] in a penalty, got 2.0 for design 1;"
                        + " give it a transform such as sigmoid or linear",
                failure(() -> rewards.create(raw).score(new Designs(List.of("AAAA")))));
        Map<String, Object> filtered =
                Map.of(
                        "components",
                        List.of("x"),
                        "filters",
                        List.of(Map.of("reward", "x", "as", "f", "at-most", 9)));
        assertEquals(
                "floor must not be above the score of a design that passes the filters, got 0.0"
                        + " above -1.0 of design 2; lower the floor, or give the components"
                        + " transforms",
                failure(() -> rewards.create(filtered).score(designs)));
        assertEquals(
                "score of 'nan' must be finite, got NaN for design 1",
                assertThrows(
                                IllegalStateException.class,
                                () ->
                                        rewards.create(Map.of("components", List.of("nan")))
                                                .score(designs))
                        .getMessage());
    }

    @Test
    void mistakesInAComponentNameItsColumn() {
        assertEquals(
                "'load': unknown reward 'b'; known rewards: a, c, g, t",
                failure(
                        () ->
                                TestRewards.counts()
                                        .create(
                                                Map.of(
                                                        "components",
                                                        List.of(
                                                                Map.of(
                                                                        "reward", "b", "as",
                                                                        "load"))))));
    }

    @Test
    void aRewardAloneIsItself() {
        try (Reward reward = TestRewards.counts().create("a")) {
            assertEquals("a", reward.name());
            assertEquals(List.of(), reward.columns());
            Breakdown breakdown = reward.breakdown(new Designs(List.of("AAC", "")));
            assertArrayEquals(new double[] {2, 0}, breakdown.scores());
            assertArrayEquals(new double[2][0], breakdown.values());
            assertFalse(reward.differentiable().isPresent());
        }
    }

    private static String failure(org.junit.jupiter.api.function.Executable action) {
        return assertThrows(IllegalArgumentException.class, action).getMessage();
    }
}
