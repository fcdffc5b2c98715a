package dev.tiller.rewards;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every reward keeps. To test a reward, extend this class and say how it is made. */
public abstract class RewardContract {

    /** Makes the reward under test. */
    protected abstract Reward reward();

    /** Designs that the reward can read: all of one and two letters, and one long one. */
    protected Designs designs() {
        String letters = reward().letters();
        List<String> sequences = new ArrayList<>();
        for (char first : letters.toCharArray()) {
            sequences.add(String.valueOf(first));
            for (char second : letters.toCharArray()) {
                sequences.add("" + first + second);
            }
        }
        sequences.add(letters.repeat(40));
        return new Designs(sequences);
    }

    @Test
    final void hasKebabCaseName() {
        try (Reward reward = reward()) {
            assertTrue(Spelling.isKebabCase(reward.name()), reward.name());
        }
    }

    @Test
    final void readsDistinctUpperCaseLetters() {
        try (Reward reward = reward()) {
            String letters = reward.letters();
            assertTrue(!letters.isEmpty());
            assertEquals(letters.length(), letters.chars().distinct().count());
            assertTrue(
                    reward.notation() == Notation.SMILES
                            || letters.chars().noneMatch(Character::isLowerCase),
                    letters);
        }
    }

    @Test
    final void givesOneFiniteScorePerDesign() {
        try (Reward reward = reward()) {
            double[] scores = reward.score(designs());
            assertEquals(designs().size(), scores.length);
            for (double score : scores) {
                assertTrue(Double.isFinite(score), () -> "score " + score);
            }
        }
    }

    @Test
    final void givesNoScoreForNoDesign() {
        try (Reward reward = reward()) {
            assertArrayEquals(new double[0], reward.score(new Designs(List.of())));
        }
    }

    @Test
    final void repeatsItsScoresExactly() {
        try (Reward reward = reward();
                Reward twin = reward()) {
            double[] scores = reward.score(designs());
            assertArrayEquals(scores, reward.score(designs()));
            assertArrayEquals(scores, twin.score(designs()));
        }
    }

    @Test
    final void permutesScoresWithDesigns() {
        try (Reward reward = reward()) {
            List<String> reversed = new ArrayList<>(designs().sequences());
            Collections.reverse(reversed);
            double[] scores = reward.score(designs());
            double[] expected =
                    IntStream.range(0, scores.length)
                            .mapToDouble(i -> scores[scores.length - 1 - i])
                            .toArray();
            assertArrayEquals(expected, reward.score(new Designs(reversed)));
        }
    }

    @Test
    final void scoresEachDesignByItself() {
        try (Reward reward = reward()) {
            double[] alone =
                    designs().sequences().stream()
                            .mapToDouble(s -> reward.score(new Designs(List.of(s)))[0])
                            .toArray();
            assertArrayEquals(reward.score(designs()), alone);
        }
    }

    @Test
    final void servesConcurrentCalls() {
        try (Reward reward = reward()) {
            double[] expected = reward.score(designs());
            List<double[]> results =
                    IntStream.range(0, 64)
                            .parallel()
                            .mapToObj(call -> reward.score(designs()))
                            .toList();
            results.forEach(scores -> assertArrayEquals(expected, scores));
        }
    }

    @Test
    final void rejectsLettersItCannotRead() {
        try (Reward reward = reward()) {
            String none = reward.notation() == Notation.SMILES ? "!" : "#";
            Designs unreadable = new Designs(List.of(reward.letters(), none));
            IllegalArgumentException e =
                    assertThrows(IllegalArgumentException.class, () -> reward.score(unreadable));
            assertTrue(e.getMessage().contains("'" + none + "'"), e.getMessage());
        }
    }

    @Test
    final void mayBeClosedTwice() {
        Reward reward = reward();
        reward.close();
        reward.close();
    }
}
