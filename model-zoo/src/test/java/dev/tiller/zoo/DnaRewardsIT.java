package dev.tiller.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tiller.rewards.Designs;
import dev.tiller.rewards.RelaxedDesigns;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.Rewards;
import dev.tiller.rewards.ScoredGradient;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Randomness.Purpose;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The built-in rewards of DNA and their referees. */
class DnaRewardsIT {
    private static final String ALPHABET = "ACGT";
    private static final int DESIGNS = 32;

    private static Reward create(String name, String backend) {
        return Rewards.load().create(name, Map.of(), new RewardContext("cpu", backend));
    }

    private static List<String> random(int length) {
        List<String> designs = new ArrayList<>();
        double[] uniforms = new double[length];
        for (int i = 0; i < DESIGNS; i++) {
            new Philox(41).fill(i, 0, Purpose.TRAINING_INPUT, 0, uniforms);
            StringBuilder design = new StringBuilder();
            for (double u : uniforms) {
                design.append(ALPHABET.charAt((int) (u * ALPHABET.length())));
            }
            designs.add(design.toString());
        }
        return designs;
    }

    private static float[] oneHot(String design) {
        float[] rows = new float[design.length() * ALPHABET.length()];
        for (int i = 0; i < design.length(); i++) {
            rows[i * ALPHABET.length() + ALPHABET.indexOf(design.charAt(i))] = 1;
        }
        return rows;
    }

    @ParameterizedTest
    @CsvSource({"yeast-expression, 80", "enhancer-class, 200"})
    void bothBackendsScoreAndDifferentiateAlike(String reward, int length) {
        List<String> designs = random(length);
        for (String name : List.of(reward, reward + "-referee")) {
            try (Reward torch = create(name, "pytorch");
                    Reward onnx = create(name, "onnx")) {
                double[] scores = torch.score(new Designs(designs));
                assertArrayEquals(scores, torch.score(new Designs(designs)));
                assertArrayEquals(scores, onnx.score(new Designs(designs)), 1e-4);
                assertEquals(DESIGNS, Arrays.stream(scores).distinct().count());
                RelaxedDesigns relaxed =
                        new RelaxedDesigns(
                                ALPHABET,
                                length,
                                designs.stream().map(DnaRewardsIT::oneHot).toList());
                List<ScoredGradient> gradients =
                        torch.differentiable().orElseThrow().differentiate(relaxed);
                List<ScoredGradient> others =
                        onnx.differentiable().orElseThrow().differentiate(relaxed);
                for (int i = 0; i < DESIGNS; i++) {
                    assertEquals(scores[i], gradients.get(i).score(), 1e-4);
                    assertArrayEquals(gradients.get(i).gradient(), others.get(i).gradient(), 1e-4f);
                }
            }
        }
    }

    /** Two networks that agree by and large, but are not the same. */
    @ParameterizedTest
    @CsvSource({"yeast-expression, 80", "enhancer-class, 200"})
    void theRefereeIsAnotherNetwork(String reward, int length) {
        try (Reward judged = create(reward, "pytorch");
                Reward referee = create(reward + "-referee", "pytorch")) {
            assertEquals(Optional.of(reward + "-referee"), judged.referee());
            assertEquals(Optional.empty(), referee.referee());
            Designs designs = new Designs(random(length));
            assertFalse(Arrays.equals(judged.score(designs), referee.score(designs)));
        }
    }

    private static double mean(String motif, Reward reward) {
        List<String> designs = new ArrayList<>();
        for (String design : random(80)) {
            designs.add(design.substring(0, 34) + motif + design.substring(34 + motif.length()));
        }
        return Arrays.stream(reward.score(new Designs(designs))).sum() / DESIGNS;
    }

    /** Two activators of constitutive yeast promoters: the site of Reb1, and a stretch of T. */
    @Test
    void theSiteOfReb1AndPolyTRaiseTheExpression() {
        for (String name : List.of("yeast-expression", "yeast-expression-referee")) {
            try (Reward reward = create(name, "pytorch")) {
                double without = mean("", reward);
                for (String motif : List.of("TTACCCG", "CGGGTAA", "TTTTTTTTTTTT")) {
                    double with = mean(motif, reward);
                    assertTrue(with > without, name + " " + motif + " " + with + ", " + without);
                }
            }
        }
    }
}
