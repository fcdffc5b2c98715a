package dev.tiller.finetune.objective;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class TokenBudgetTest {
    @Test
    void similarLengthsShareACallWithinTheBudget() {
        List<int[]> calls = TokenBudget.calls(new int[] {10, 50, 9, 200, 10, 45}, 100);
        assertEquals(3, calls.size());
        assertArrayEquals(new int[] {3}, calls.get(0), "longer than the budget");
        assertArrayEquals(new int[] {1, 5}, calls.get(1));
        assertArrayEquals(new int[] {0, 4, 2}, calls.get(2));
    }

    @Test
    void callsOfAStepHaveAddressesOfTheirOwn() {
        assertEquals(7, TokenBudget.address(7, 0));
        assertEquals(7 + (1 << 18), TokenBudget.address(7, 1));
    }
}
