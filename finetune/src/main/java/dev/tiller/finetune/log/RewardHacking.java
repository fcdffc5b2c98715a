package dev.tiller.finetune.log;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Watches whether the reward rises while its referee falls, which is how a model looks that learns
 * the errors of the reward instead of what it stands for.
 *
 * <p>It reads the validation numbers {@code reward_median} and {@code referee_median} and is a
 * function of the rows, so a resumed run says the same.
 */
public final class RewardHacking {
    /** Validation number: median reward of the designs. */
    public static final String REWARD = "reward_median";

    /** Validation number: median of the referee's scores of the same designs. */
    public static final String REFEREE = "referee_median";

    private RewardHacking() {}

    /**
     * Looks at the last row.
     *
     * @param rows all rows so far
     * @return one line if between the last two validations the reward rose and the referee fell,
     *     and between the two before it was not so
     */
    public static Optional<String> warning(List<MetricsRow> rows) {
        int last = rows.size() - 1;
        if (!diverges(rows, last) || diverges(rows, last - 1)) {
            return Optional.empty();
        }
        MetricsRow before = rows.get(last - 1);
        MetricsRow now = rows.get(last);
        return Optional.of(
                String.format(
                        Locale.ROOT,
                        "warning: from step %d to %d the reward rose (median %.4f to %.4f) while"
                                + " its referee fell (%.4f to %.4f); the model may be exploiting"
                                + " the reward: look at the designs, raise the KL weight or stop"
                                + " here",
                        before.step(),
                        now.step(),
                        before.validation().get(REWARD),
                        now.validation().get(REWARD),
                        before.validation().get(REFEREE),
                        now.validation().get(REFEREE)));
    }

    private static boolean diverges(List<MetricsRow> rows, int last) {
        return last > 0 && change(rows, last, REWARD) > 0 && change(rows, last, REFEREE) < 0;
    }

    private static double change(List<MetricsRow> rows, int last, String name) {
        return rows.get(last).validation().getOrDefault(name, Double.NaN)
                - rows.get(last - 1).validation().getOrDefault(name, Double.NaN);
    }
}
