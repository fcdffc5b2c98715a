package dev.tiller.rewards.cache;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tiller.rewards.Breakdown;
import dev.tiller.rewards.Condition;
import dev.tiller.rewards.Designs;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContract;
import dev.tiller.rewards.RewardFailedException;
import dev.tiller.rewards.sequence.GcContent;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class CachedRewardTest extends RewardContract {
    private final CountingReward counting = new CountingReward();
    private final CachedReward cached =
            new CachedReward(counting, new MemoryScores(MemoryScores.Options.defaults()));

    @Override
    protected Reward reward() {
        return new CachedReward(
                new GcContent(GcContent.Options.defaults()),
                new MemoryScores(new MemoryScores.Options(3, 1 << 20)));
    }

    @Test
    void asksForEqualDesignsOnce() {
        Designs designs = new Designs(List.of("AC", "A", "AC", "AC"));
        assertArrayEquals(new double[] {2, 1, 2, 2}, cached.score(designs));
        assertArrayEquals(new double[] {2, 1, 2, 2}, cached.score(designs));
        assertArrayEquals(new double[] {2, 3}, cached.score(new Designs(List.of("AC", "ACG"))));
        assertEquals(List.of("AC", "A", "ACG"), counting.asked);
        assertEquals(3, cached.misses());
        assertEquals(3, cached.hits());
    }

    @Test
    void tellsDesignsOfDifferentConditionsApart() {
        Reward recovery =
                new CachedReward(
                        new ForItsCondition(), new MemoryScores(MemoryScores.Options.defaults()));
        Condition two = () -> "2";
        Condition three = () -> "3";
        Designs designs = new Designs(List.of("A", "A", "A", "C"), List.of(two, three, two, three));
        assertArrayEquals(new double[] {2, 3, 2, 3}, recovery.score(designs));
        assertArrayEquals(
                new double[] {3}, recovery.score(new Designs(List.of("A"), List.of(three))));
        assertArrayEquals(new double[] {0}, recovery.score(new Designs(List.of("A"))));
    }

    /** Scores a design by the number that its condition is. */
    private static final class ForItsCondition implements Reward {
        @Override
        public String name() {
            return "for-its-condition";
        }

        @Override
        public String letters() {
            return "AC";
        }

        @Override
        public double[] score(Designs designs) {
            return IntStream.range(0, designs.size())
                    .mapToDouble(
                            i ->
                                    designs.condition(i)
                                            .map(c -> Double.parseDouble(c.id()))
                                            .orElse(0.0))
                    .toArray();
        }
    }

    @Test
    void keepsWhatWasScoredBeforeAFailureAndRenumbersIt() {
        Designs designs = new Designs(List.of("A", "AC", "AX", "ACG", "GX"));
        cached.score(new Designs(List.of("AC")));
        RewardFailedException e =
                assertThrows(RewardFailedException.class, () -> cached.score(designs));
        assertEquals("failed\n  design 3 (AX): X\n  design 5 (GX): X", e.getMessage());
        assertEquals(2, e.failures().get(0).row());
        assertArrayEquals(
                new double[] {1, 2, 3}, cached.score(new Designs(List.of("A", "AC", "ACG"))));
        assertEquals(List.of("AC", "A", "AX", "ACG", "GX"), counting.asked);
    }

    @Test
    void passesOnWhatScoresAreMadeOf() {
        InParts parts = new InParts();
        CachedReward reward =
                new CachedReward(parts, new MemoryScores(MemoryScores.Options.defaults()));
        Designs designs = new Designs(List.of("AC", "A", "AC"));
        assertEquals(List.of("letters", "half"), reward.columns());
        Breakdown breakdown = reward.breakdown(designs);
        assertArrayEquals(new double[] {2, 1, 2}, breakdown.scores());
        assertArrayEquals(new double[][] {{2, 1}, {1, 0.5}, {2, 1}}, breakdown.values());
        assertEquals(List.of("AC", "A"), parts.asked);
        Reward gradient = reward.differentiable().orElseThrow();
        assertEquals(List.of("letters", "half"), gradient.columns());
        assertArrayEquals(new double[] {1, 0.5}, gradient.breakdown(designs).values()[1]);
    }

    /** Without columns there is nothing to ask for but the scores. */
    @Test
    void aBreakdownWithoutColumnsComesFromMemory() {
        Designs designs = new Designs(List.of("AC", "A"));
        cached.score(designs);
        assertArrayEquals(new double[] {2, 1}, cached.breakdown(designs).scores());
        assertEquals(List.of("AC", "A"), counting.asked);
    }

    @Test
    void doesNotKeepTheScoreOfAFailure() {
        counting.failureScore = -9;
        assertArrayEquals(new double[] {1, -9}, cached.score(new Designs(List.of("A", "X"))));
        assertArrayEquals(new double[] {1, -9}, cached.score(new Designs(List.of("A", "X"))));
        assertEquals(List.of("A", "X", "X"), counting.asked);
    }

    @Test
    void scoresOnceWhatManyThreadsAskFor() {
        List<String> designs = IntStream.range(1, 200).mapToObj("A"::repeat).toList();
        IntStream.range(0, 64)
                .parallel()
                .forEach(
                        call -> {
                            List<String> some =
                                    new SplittableRandom(call)
                                            .ints(50, 0, designs.size())
                                            .mapToObj(designs::get)
                                            .toList();
                            assertArrayEquals(
                                    some.stream().mapToDouble(String::length).toArray(),
                                    cached.score(new Designs(some)));
                        });
        assertEquals(counting.asked.size(), counting.asked.stream().distinct().count());
    }

    @Test
    void letsOthersTryWhatOneThreadFailedToScore() {
        List<Integer> failed =
                IntStream.range(0, 16)
                        .parallel()
                        .filter(
                                call -> {
                                    Designs designs = new Designs(List.of("A".repeat(call), "X"));
                                    assertThrows(
                                            RewardFailedException.class,
                                            () -> cached.score(designs));
                                    return true;
                                })
                        .boxed()
                        .toList();
        assertEquals(16, failed.size());
    }

    @Test
    void refusesScoresThatAreNotFinite() {
        Reward broken = new FixedReward(Double.NaN);
        MemoryScores store = new MemoryScores(MemoryScores.Options.defaults());
        CachedReward reward = new CachedReward(broken, store);
        assertEquals(
                "reward 'fixed' must give finite scores, got NaN for design 1",
                assertThrows(
                                IllegalStateException.class,
                                () -> reward.score(new Designs(List.of("A"))))
                        .getMessage());
        assertEquals(0, store.size());
    }

    private record FixedReward(double score) implements Reward {
        @Override
        public String name() {
            return "fixed";
        }

        @Override
        public String letters() {
            return "A";
        }

        @Override
        public double[] score(Designs designs) {
            return new double[] {score};
        }
    }

    @Test
    void passesOnWhatTheRewardSays() {
        assertEquals("counting", cached.name());
        assertEquals("ACGTX", cached.letters());
        assertEquals("other", cached.referee().orElseThrow());
        assertEquals("abc", cached.digest().orElseThrow());
        var gradient = cached.differentiable().orElseThrow();
        assertArrayEquals(new double[] {1}, gradient.score(new Designs(List.of("A"))));
        assertArrayEquals(new double[] {1}, cached.score(new Designs(List.of("A"))));
        assertEquals(1, counting.asked.size());
        assertEquals("abc", gradient.digest().orElseThrow());
        gradient.close();
        assertEquals(0, counting.closed);
        cached.close();
        assertEquals(1, counting.closed);
    }

    @Test
    void forgetsWhatWasUsedLeastRecently() {
        MemoryScores store = new MemoryScores(new MemoryScores.Options(2, 1 << 20));
        store.put("A", 1);
        store.put("B", 2);
        assertEquals(1, store.find("A").orElseThrow());
        store.put("C", 3);
        assertEquals(2, store.size());
        assertEquals(true, store.find("B").isEmpty());
        assertEquals(1, store.find("A").orElseThrow());
        MemoryScores small = new MemoryScores(new MemoryScores.Options(100, 3 * 144));
        IntStream.range(0, 10).forEach(i -> small.put("A" + i, i));
        assertEquals(3, small.size());
        assertEquals(9, small.find("A9").orElseThrow());
    }
}
