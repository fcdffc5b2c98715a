package dev.tiller.rewards.external;

/**
 * Counts requests that failed in a row, to tell a broken program from a few bad designs. Safe for
 * concurrent use.
 */
final class FailureStreak {
    private final int most;
    private int count;
    private boolean answeredOnce;

    /**
     * @param most as many as one bad design can cause on every connection
     */
    FailureStreak(int most) {
        this.most = most;
    }

    synchronized void answered() {
        answeredOnce = true;
        count = 0;
    }

    /**
     * Counts a failure. Bad designs may be neighbours, so a program that has ever answered gets
     * twice the patience.
     *
     * @return the length of the streak if that is too long, and starts anew; else 0
     */
    synchronized int failed() {
        count++;
        int length = count;
        if (length < (answeredOnce ? 2 * most : most)) {
            return 0;
        }
        count = 0;
        return length;
    }
}
