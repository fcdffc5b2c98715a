package dev.tiller.finetune.objective;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Cuts proteins of many lengths into calls of a network. */
final class TokenBudget {
    private static final int STEP_BITS = 18;
    private static final int CALLS = 64;

    private TokenBudget() {}

    /**
     * Puts rows of similar lengths together, as many as a budget allows.
     *
     * @param lengths the length of each row
     * @param budget the most tokens of a call, padding included; a call has one row at least
     * @return the rows of each call, the longest first
     */
    static List<int[]> calls(int[] lengths, int budget) {
        int[] order =
                IntStream.range(0, lengths.length)
                        .boxed()
                        .sorted(Comparator.comparingInt((Integer row) -> -lengths[row]))
                        .mapToInt(Integer::intValue)
                        .toArray();
        List<int[]> calls = new ArrayList<>();
        int start = 0;
        while (start < order.length) {
            int rows = Math.max(1, budget / lengths[order[start]]);
            int end = Math.min(order.length, start + rows);
            calls.add(IntStream.range(start, end).map(i -> order[i]).toArray());
            start = end;
        }
        return calls;
    }

    /** Returns the address of the dropout of one of the calls of a step. */
    static long address(long step, int call) {
        return step + ((long) (call % CALLS) << STEP_BITS);
    }
}
