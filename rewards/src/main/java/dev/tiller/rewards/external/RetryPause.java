package dev.tiller.rewards.external;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/**
 * How long to wait before the next attempt: twice as long after each failure, at most a minute, or
 * as long as the server asks for, at most ten minutes.
 */
record RetryPause(double firstSeconds) {
    private static final double MOST_SECONDS = 60;
    private static final long MOST_ASKED_SECONDS = 600;

    /** Returns the pause after the failure that follows {@code failures} others. */
    Duration after(int failures, Optional<String> retryAfter) {
        double own = Math.min(MOST_SECONDS, firstSeconds * (1L << Math.min(30, failures)));
        Duration pause = Duration.ofNanos((long) (1e9 * own));
        return retryAfter.flatMap(value -> asked(value.strip(), Instant.now())).orElse(pause);
    }

    /** Reads the header Retry-After, a number of seconds or a date (RFC 9110, 10.2.3). */
    static Optional<Duration> asked(String value, Instant now) {
        if (value.matches("\\d{1,9}")) {
            return Optional.of(bounded(Long.parseLong(value)));
        }
        try {
            Instant date = DateTimeFormatter.RFC_1123_DATE_TIME.parse(value, Instant::from);
            return Optional.of(bounded(Duration.between(now, date).toSeconds()));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private static Duration bounded(long seconds) {
        return Duration.ofSeconds(Math.max(0, Math.min(MOST_ASKED_SECONDS, seconds)));
    }
}
