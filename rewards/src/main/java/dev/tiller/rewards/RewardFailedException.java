package dev.tiller.rewards;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.IntUnaryOperator;

/**
 * A reward that works outside of this program could not score all designs. The text names the
 * designs that have no score, with the reason of each, and ends with what the program said last.
 */
public final class RewardFailedException extends IllegalStateException {
    private static final int SHOWN_DESIGNS = 10;
    private static final int SHOWN_LETTERS = 40;

    private final String summary;
    private final List<Failure> failures;
    private final List<String> log;

    /**
     * Makes the exception.
     *
     * @param summary one line that says what went wrong
     * @param failures the designs that have no score; empty if it is not the designs' fault
     * @param log the last lines that the program wrote to its standard error, or none
     */
    public RewardFailedException(String summary, List<Failure> failures, List<String> log) {
        super(text(summary, failures, log));
        this.summary = Objects.requireNonNull(summary, "summary");
        this.failures = List.copyOf(failures);
        this.log = List.copyOf(log);
    }

    /**
     * Returns the designs that have no score.
     *
     * @return the failures, by number; empty if the reward failed as a whole
     */
    public List<Failure> failures() {
        return failures;
    }

    /**
     * Returns what the program wrote last to its standard error.
     *
     * @return the last lines, oldest first
     */
    public List<String> log() {
        return log;
    }

    /**
     * Says the same of a call of which this one was a part.
     *
     * @param number the number in the whole call of each design of this call, both from 0
     * @return the exception with its designs renumbered, and this one as its cause
     */
    public RewardFailedException renumbered(IntUnaryOperator number) {
        List<Failure> moved = new ArrayList<>();
        for (Failure failure : failures) {
            int row = number.applyAsInt(failure.row());
            moved.add(new Failure(row, failure.design(), failure.reason()));
        }
        RewardFailedException renumbered = new RewardFailedException(summary, moved, log);
        renumbered.initCause(this);
        return renumbered;
    }

    private static String text(String summary, List<Failure> failures, List<String> log) {
        StringBuilder text = new StringBuilder(summary);
        for (Failure failure : failures.subList(0, Math.min(SHOWN_DESIGNS, failures.size()))) {
            text.append("\n  design ").append(failure.row() + 1);
            text.append(" (").append(shortened(failure.design())).append("): ");
            text.append(failure.reason());
        }
        if (failures.size() > SHOWN_DESIGNS) {
            text.append("\n  and ").append(failures.size() - SHOWN_DESIGNS).append(" more");
        }
        if (!log.isEmpty()) {
            text.append("\nlast lines of its standard error:");
            log.forEach(line -> text.append("\n  ").append(line));
        }
        return text.toString();
    }

    private static String shortened(String design) {
        return design.length() <= SHOWN_LETTERS
                ? design
                : design.substring(0, SHOWN_LETTERS) + "..., " + design.length() + " letters";
    }

    /**
     * One design without a score.
     *
     * @param row the number of the design in the call, from 0
     * @param design the design
     * @param reason why it has none, in one line
     */
    public record Failure(int row, String design, String reason) {}
}
