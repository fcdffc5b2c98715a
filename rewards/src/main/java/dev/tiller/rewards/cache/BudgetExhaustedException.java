package dev.tiller.rewards.cache;

/**
 * A call was refused because it does not fit into what is left of a {@link RewardBudget}. It scored
 * nothing. A run ends cleanly with the designs it has.
 */
public final class BudgetExhaustedException extends RuntimeException {

    /**
     * Says that a budget is spent.
     *
     * @param message what happened, and what to do
     */
    public BudgetExhaustedException(String message) {
        super(message);
    }

    BudgetExhaustedException(long calls, long remaining, int asked) {
        super(
                "reward budget of "
                        + calls
                        + " calls is spent: "
                        + remaining
                        + " left, "
                        + asked
                        + " more asked for");
    }
}
