package dev.tiller.rewards.composition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tiller.rewards.Designs;
import dev.tiller.rewards.DifferentiableReward;
import dev.tiller.rewards.RelaxedDesigns;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.ScoredGradient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Gradients through transforms, aggregates and penalties, held against central differences. */
final class CompositeGradientTest {
    private static final int LENGTH = 3;
    private static final int SIZE = LENGTH * TestRewards.LETTERS.length();

    private static TestRewards waves() {
        return new TestRewards()
                .wave("x", 1, 0.5, 0.3)
                .wave("y", 2, 0.7, 1.1)
                .wave("z", 0, 0.4, 2.0)
                .add("black-box", String::length);
    }

    private static Map<String, Object> term(
            String reward, String column, double weight, Map<String, Object> transform) {
        return Map.of("reward", reward, "as", column, "weight", weight, "transform", transform);
    }

    private static Map<String, Object> transform(String type, double low, double high) {
        return Map.of("type", type, "low", low, "high", high);
    }

    private static Map<String, Object> yaml(String aggregate) {
        return Map.of(
                "aggregate",
                aggregate,
                "components",
                List.of(
                        term("x", "x", 2, transform("sigmoid", -5, 7)),
                        term("y", "y", 0.5, transform("double-sigmoid", -4, 8)),
                        term("y", "shown", 0, transform("linear", -9, 9)),
                        term("z", "z", 1.5, transform("linear", -6, 6))),
                "penalties",
                List.of(
                        term("z", "p", 2, transform("reverse-sigmoid", -4, 4)),
                        term("x", "q", 0.5, transform("linear", -5, 9))));
    }

    private static DifferentiableReward gradientOf(Object yaml) {
        return waves().create(yaml).differentiable().orElseThrow();
    }

    private static RelaxedDesigns relaxed(List<float[]> rows) {
        return new RelaxedDesigns(TestRewards.LETTERS, LENGTH, rows);
    }

    private static List<float[]> randomRows(int count) {
        SplittableRandom random = new SplittableRandom(7);
        List<float[]> rows = new ArrayList<>();
        for (int n = 0; n < count; n++) {
            float[] row = new float[SIZE];
            for (int i = 0; i < SIZE; i++) {
                row[i] = (float) random.nextDouble();
            }
            rows.add(row);
        }
        return rows;
    }

    @ParameterizedTest
    @ValueSource(strings = {"arithmetic", "geometric", "product"})
    void gradientsAreThoseOfDifferences(String aggregate) {
        DifferentiableReward reward = gradientOf(yaml(aggregate));
        float step = 1f / 1024; // exact in float32
        for (float[] row : randomRows(5)) {
            ScoredGradient scored = reward.differentiate(relaxed(List.of(row))).get(0);
            double largest = 0;
            for (float derivative : scored.gradient()) {
                largest = Math.max(largest, Math.abs(derivative));
            }
            assertTrue(largest > 1e-6, aggregate);
            for (int i = 0; i < SIZE; i++) {
                float[] more = row.clone();
                float[] less = row.clone();
                more[i] += step;
                less[i] -= step;
                List<ScoredGradient> ends = reward.differentiate(relaxed(List.of(more, less)));
                double difference =
                        (ends.get(0).score() - ends.get(1).score()) / ((double) more[i] - less[i]);
                assertEquals(difference, scored.gradient()[i], 1e-4 * largest);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"arithmetic", "geometric", "product"})
    void oneHotRowsScoreAsTheirLetters(String aggregate) {
        DifferentiableReward reward = gradientOf(yaml(aggregate));
        List<String> sequences = List.of("ACG", "TTA", "GGG");
        List<float[]> rows = new ArrayList<>();
        for (String sequence : sequences) {
            float[] row = new float[SIZE];
            for (int l = 0; l < LENGTH; l++) {
                row[l * 4 + TestRewards.LETTERS.indexOf(sequence.charAt(l))] = 1;
            }
            rows.add(row);
        }
        double[] scores = reward.score(new Designs(sequences));
        List<ScoredGradient> scored = reward.differentiate(relaxed(rows));
        for (int n = 0; n < scores.length; n++) {
            assertEquals(scores[n], scored.get(n).score(), 1e-12);
        }
        assertEquals(6 * 2, reward.columns().size());
        assertEquals(List.of(), reward.differentiate(relaxed(List.of())));
    }

    @Test
    void saturatedTermsGiveNoGradientAndNoNan() {
        Map<String, Object> yaml =
                Map.of(
                        "aggregate",
                        "geometric",
                        "components",
                        List.of(
                                term("x", "x", 1, transform("linear", 90, 100)),
                                term("y", "y", 1, transform("sigmoid", 9000, 9001))));
        ScoredGradient scored = gradientOf(yaml).differentiate(relaxed(randomRows(1))).get(0);
        assertEquals(0, scored.score());
        for (float derivative : scored.gradient()) {
            assertEquals(0f, derivative);
        }
    }

    @Test
    void infiniteSlopesAreErrors() {
        TestRewards rewards = new TestRewards().wave("zero", 0, 0, 0).wave("one", 1, 1, 0);
        Map<String, Object> yaml =
                Map.of("aggregate", "geometric", "components", List.of("zero", "one"));
        DifferentiableReward reward = rewards.create(yaml).differentiable().orElseThrow();
        float[] row = new float[SIZE];
        assertEquals(
                "gradient of 'zero' must be finite, got Infinity at a transformed score of 0.0;"
                        + " give it a transform that stays above 0, such as sigmoid",
                assertThrows(
                                IllegalStateException.class,
                                () -> reward.differentiate(relaxed(List.of(row))))
                        .getMessage());
    }

    @Test
    void stepsFiltersAndBlackBoxesHaveNoGradient() {
        try (Reward smooth = waves().create(yaml("product"))) {
            assertTrue(smooth.differentiable().isPresent());
        }
        Map<String, Object> step = Map.of("type", "step", "low", 1);
        assertSharp(Map.of("components", List.of(term("x", "x", 1, step))));
        assertSharp(Map.of("components", List.of("x", "black-box")));
        assertSharp(
                Map.of(
                        "components",
                        List.of("x"),
                        "filters",
                        List.of(Map.of("reward", "y", "at-least", 0))));
        assertSharp(
                Map.of("components", List.of("x"), "penalties", List.of(term("y", "p", 1, step))));
    }

    private static void assertSharp(Object yaml) {
        try (Reward reward = waves().create(yaml)) {
            assertFalse(reward.differentiable().isPresent(), yaml::toString);
        }
    }
}
