package dev.tiller.rewards.cache;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tiller.rewards.Designs;
import dev.tiller.rewards.RelaxedDesigns;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContract;
import dev.tiller.rewards.RewardFailedException;
import dev.tiller.rewards.sequence.GcContent;
import dev.tiller.rewards.sequence.Homopolymer;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class BudgetedRewardTest extends RewardContract {
    private final CountingReward counting = new CountingReward();

    @Override
    protected Reward reward() {
        return new BudgetedReward(
                new GcContent(GcContent.Options.defaults()), new RewardBudget(100_000));
    }

    @Test
    void refusesACallThatDoesNotFitWhole() {
        RewardBudget budget = new RewardBudget(5);
        BudgetedReward reward = new BudgetedReward(counting, budget);
        reward.score(new Designs(List.of("A", "C", "G")));
        assertEquals(2, budget.remaining());
        assertEquals(
                "reward budget of 5 calls is spent: 2 left, 3 more asked for",
                assertThrows(
                                BudgetExhaustedException.class,
                                () -> reward.score(new Designs(List.of("A", "C", "G"))))
                        .getMessage());
        assertEquals(3, counting.asked.size());
        assertEquals(3, budget.spent());
        reward.score(new Designs(List.of("A", "C")));
        assertEquals(5, budget.spent());
        assertEquals(0, reward.score(new Designs(List.of())).length);
    }

    @Test
    void countsBehindTheCacheAlone() {
        RewardBudget budget = new RewardBudget(2);
        CachedReward reward =
                new CachedReward(
                        new BudgetedReward(counting, budget),
                        new MemoryScores(MemoryScores.Options.defaults()));
        Designs designs = new Designs(List.of("A", "AC", "A"));
        assertArrayEquals(new double[] {1, 2, 1}, reward.score(designs));
        assertArrayEquals(new double[] {1, 2, 1}, reward.score(designs));
        Designs further = new Designs(List.of("A", "G"));
        assertThrows(BudgetExhaustedException.class, () -> reward.score(further));
        assertThrows(BudgetExhaustedException.class, () -> reward.score(further)); // no claim left
        assertEquals(2, budget.spent());
        assertArrayEquals(new double[] {1, 2, 1}, reward.score(designs));
    }

    @Test
    void keepsWhatWasToldBeforeAFailure() {
        BudgetedReward budgeted = new BudgetedReward(counting, new RewardBudget(9));
        MemoryScores store = new MemoryScores(MemoryScores.Options.defaults());
        CachedReward reward = new CachedReward(budgeted, store);
        assertThrows(
                RewardFailedException.class, () -> reward.score(new Designs(List.of("A", "X"))));
        assertEquals(1, store.size());
    }

    @Test
    void neverSpendsMoreThanThereIs() {
        RewardBudget budget = new RewardBudget(1000);
        BudgetedReward reward = new BudgetedReward(counting, budget);
        AtomicInteger refused = new AtomicInteger();
        IntStream.range(0, 500)
                .parallel()
                .forEach(
                        call -> {
                            try {
                                reward.score(new Designs(Collections.nCopies(3, "A")));
                            } catch (BudgetExhaustedException e) {
                                refused.incrementAndGet();
                            }
                        });
        assertEquals(999, budget.spent());
        assertEquals(999, counting.asked.size());
        assertEquals(500 - 333, refused.get());
    }

    @Test
    void countsGradients() {
        RewardBudget budget = new RewardBudget(3);
        BudgetedReward reward = new BudgetedReward(counting, budget);
        RelaxedDesigns two = new RelaxedDesigns("AC", 1, List.of(new float[2], new float[2]));
        var gradient = reward.differentiable().orElseThrow();
        assertEquals(2, gradient.differentiate(two).size());
        assertEquals(1, budget.remaining());
        assertThrows(BudgetExhaustedException.class, () -> gradient.differentiate(two));
        gradient.score(new Designs(List.of("A")));
        assertEquals(0, budget.remaining());
    }

    @Test
    void passesOnWhatTheRewardSays() {
        BudgetedReward reward = new BudgetedReward(counting, new RewardBudget(1));
        assertEquals("counting", reward.name());
        assertEquals("other", reward.referee().orElseThrow());
        assertEquals("abc", reward.digest().orElseThrow());
        reward.close();
        assertEquals(1, counting.closed);
        assertTrue(
                new BudgetedReward(
                                new Homopolymer(Homopolymer.Options.defaults()),
                                new RewardBudget(1))
                        .differentiable()
                        .isEmpty());
    }

    @Test
    void passesOnWhatScoresAreMadeOf() {
        RewardBudget budget = new RewardBudget(3);
        BudgetedReward reward = new BudgetedReward(new InParts(), budget);
        Designs designs = new Designs(List.of("A", "AC"));
        assertEquals(List.of("letters", "half"), reward.columns());
        assertArrayEquals(new double[] {2, 1}, reward.breakdown(designs).values()[1]);
        assertEquals(1, budget.remaining());
        Reward gradient = reward.differentiable().orElseThrow();
        assertEquals(List.of("letters", "half"), gradient.columns());
        assertThrows(BudgetExhaustedException.class, () -> gradient.breakdown(designs));
        assertEquals(1, budget.remaining());
    }

    @Test
    void rejectsABudgetOfNothing() {
        assertEquals(
                "reward budget must be at least 1 call, got 0; leave it out for none",
                assertThrows(IllegalArgumentException.class, () -> new RewardBudget(0))
                        .getMessage());
    }
}
