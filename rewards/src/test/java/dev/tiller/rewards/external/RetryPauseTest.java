package dev.tiller.rewards.external;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class RetryPauseTest {

    @Test
    void doublesUpToAMinute() {
        RetryPause pause = new RetryPause(0.5);
        assertEquals(Duration.ofMillis(500), pause.after(0, Optional.empty()));
        assertEquals(Duration.ofMillis(2000), pause.after(2, Optional.empty()));
        assertEquals(Duration.ofMinutes(1), pause.after(7, Optional.empty()));
        assertEquals(Duration.ofMinutes(1), pause.after(1000, Optional.empty()));
    }

    @Test
    void waitsAsLongAsTheServerAsks() {
        RetryPause pause = new RetryPause(0.5);
        assertEquals(Duration.ofSeconds(7), pause.after(0, Optional.of(" 7 ")));
        assertEquals(Duration.ofMinutes(10), pause.after(0, Optional.of("86400")));
        assertEquals(Duration.ofMillis(500), pause.after(0, Optional.of("soon")));
        Instant now = Instant.parse("2024-02-29T12:00:00Z");
        assertEquals(
                Optional.of(Duration.ofSeconds(30)),
                RetryPause.asked("Thu, 29 Feb 2024 12:00:30 GMT", now));
        assertEquals(
                Optional.of(Duration.ZERO), RetryPause.asked("Thu, 29 Feb 2024 11:00:00 GMT", now));
    }
}
