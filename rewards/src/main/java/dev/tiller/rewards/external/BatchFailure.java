package dev.tiller.rewards.external;

import java.time.Duration;
import java.util.List;

/** A request got no right answer; the whole batch may be asked again. */
final class BatchFailure extends Exception {
    private final List<String> log;
    private final Duration pause;

    /** Makes a failure after which the next attempt may follow at once. */
    BatchFailure(String reason, List<String> log) {
        this(reason, log, Duration.ZERO);
    }

    /** Makes a failure after which the next attempt waits. */
    BatchFailure(String reason, List<String> log, Duration pause) {
        super(reason);
        this.log = List.copyOf(log);
        this.pause = pause;
    }

    /** What the program wrote last to its standard error. */
    List<String> log() {
        return log;
    }

    Duration pause() {
        return pause;
    }
}
