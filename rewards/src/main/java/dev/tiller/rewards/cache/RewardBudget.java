package dev.tiller.rewards.cache;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many designs may be scored. One budget may be shared by several rewards and threads. Where
 * threads compete for the last calls, who gets them depends on their timing.
 */
public final class RewardBudget {
    private final long calls;
    private final AtomicLong spent = new AtomicLong();

    /**
     * Makes a budget of which nothing is spent.
     *
     * @param calls the most designs that may be scored, at least 1
     */
    public RewardBudget(long calls) {
        if (calls < 1) {
            throw new IllegalArgumentException(
                    "reward budget must be at least 1 call, got "
                            + calls
                            + "; leave it out for none");
        }
        this.calls = calls;
    }

    /**
     * Returns the size of the budget.
     *
     * @return the most designs that may be scored
     */
    public long calls() {
        return calls;
    }

    /**
     * Returns what was spent.
     *
     * @return designs that were sent to be scored; never more than {@link #calls()}
     */
    public long spent() {
        return spent.get();
    }

    /**
     * Returns what is left.
     *
     * @return designs that may still be scored
     */
    public long remaining() {
        return calls - spent.get();
    }

    /**
     * Counts what was spent before, as when a run is resumed.
     *
     * @param designs designs that were scored, at least 0; more than are left empty the budget
     */
    public void spentBefore(long designs) {
        spent.updateAndGet(before -> Math.min(calls, before + designs));
    }

    /** Takes a number of calls, or throws and takes none. */
    void spend(int designs) {
        long before = spent.get();
        while (true) {
            if (designs > calls - before) {
                throw new BudgetExhaustedException(calls, calls - before, designs);
            }
            if (spent.compareAndSet(before, before + designs)) {
                return;
            }
            before = spent.get();
        }
    }
}
