package dev.tiller.guidance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.ndarray.NDManager;
import dev.tiller.rewards.Designs;
import dev.tiller.rewards.Reward;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Ledger.Account;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.State;
import dev.tiller.sampler.exact.TableChain;
import dev.tiller.sampler.exact.TableRuns;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CleanRewardIT {
    private static final int AAAA = 0;
    private static final int AABC = 6;
    private static final int CBAA = 2 * 64 + 16;

    private NDManager manager;
    private Ledger ledger;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager();
        ledger = new Ledger(new Ledger.Options(1, 2, true));
    }

    @AfterEach
    void close() {
        ledger.close();
        manager.close();
    }

    private double[] estimate(CleanReward reward, int... states) {
        try (State x0 = TableRuns.state(states, manager)) {
            return reward.estimate(x0, 0, ledger, new Philox(1));
        }
    }

    @Test
    void scoresEqualDesignsOnce() {
        TableReward reward = new TableReward(98);
        double[] table = reward.table();
        double[] scores = estimate(reward.clean(), AABC, AAAA, AABC, CBAA);
        assertArrayEquals(
                new double[] {table[AABC], table[AAAA], table[AABC], table[CBAA]}, scores);
        assertEquals(List.of("AABC", "AAAA", "CBAA"), reward.scored());
        assertEquals(3, ledger.rows(Account.REWARD));
        assertEquals(4, ledger.requestedRows(Account.REWARD));
    }

    @Test
    void readsAndRefusesMaskedStates() {
        CleanReward reward = new TableReward(98).clean();
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> estimate(reward, AABC, TableChain.START));
        assertEquals("x0 must be clean, got token 3 in row 1 at position 0", e.getMessage());
    }

    private record Broken(double... scores) implements Reward {
        @Override
        public String name() {
            return "broken";
        }

        @Override
        public String letters() {
            return TableReward.ALPHABET;
        }

        @Override
        public double[] score(Designs designs) {
            return scores.clone();
        }
    }

    private void assertRefused(String text, double... scores) {
        CleanReward reward = new CleanReward(new Broken(scores), DesignReader.ofTokens("ABC"));
        IllegalStateException e =
                assertThrows(
                        IllegalStateException.class,
                        () -> estimate(reward, AABC, CBAA),
                        Arrays.toString(scores));
        assertEquals(text, e.getMessage());
    }

    @Test
    void refusesAWrongNumberOfScores() {
        assertRefused("reward 'broken' must return one score per design, got 1 for 2", 1);
        assertRefused("reward 'broken' must return one score per design, got 3 for 2", 1, 2, 3);
    }

    @Test
    void refusesScoresThatAreNotFinite() {
        assertRefused("reward 'broken' must return finite scores, got NaN for CBAA", 1, Double.NaN);
        assertRefused(
                "reward 'broken' must return finite scores, got -Infinity for AABC",
                Double.NEGATIVE_INFINITY,
                1);
    }
}
