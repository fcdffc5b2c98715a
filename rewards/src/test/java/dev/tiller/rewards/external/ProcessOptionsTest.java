package dev.tiller.rewards.external;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tiller.rewards.Designs;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.RewardFailedException;
import dev.tiller.rewards.RewardOption;
import dev.tiller.rewards.Rewards;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ProcessOptionsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "workers        | 0   | workers must be at least 1, got 0",
                "batchSize      | -1  | batchSize must be at least 1, got -1",
                "attempts       | 0   | attempts must be at least 1, got 0",
                "timeoutSeconds | 0   | timeoutSeconds must be above 0 and at most 1000000, got"
                        + " 0.0",
                "timeoutSeconds | NaN | timeoutSeconds must be above 0 and at most 1000000, got"
                        + " NaN",
                "letters        | ACA | letters must be one or more letters, each once, got 'ACA';"
                        + " write for example ACGT",
                "failureScore   | -9  | failureScore must be left out if onFailure is fail, got"
                        + " -9.0; add onFailure=score",
                "onFailure    | score | failureScore must be a finite number if onFailure is score,"
                        + " got null; write for example failureScore=-1000",
            })
    void rejects(String option, String value, String reason) {
        Map<String, String> options = Map.of("command", "sh", option, value);
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> create(options));
        assertEquals("reward 'process': " + reason, e.getMessage());
    }

    @Test
    void rejectsNoCommand() {
        assertEquals(
                "command of reward 'process' must name a program, got none; write for example"
                        + " command=python3,score.py",
                assertThrows(IllegalArgumentException.class, () -> create(Map.of())).getMessage());
    }

    @Test
    void takesTextForAllOptions() {
        Map<String, String> options =
                Map.of(
                        "command", "sh, -c, exit",
                        "workers", "2",
                        "onFailure", "score",
                        "failureScore", "-9",
                        "direction", "minimise",
                        "letters", "ACGU");
        try (Reward reward = create(options)) {
            assertEquals("ACGU", reward.letters());
            assertEquals(0, reward.score(new Designs(List.of())).length); // asks nobody
        }
    }

    @Test
    void saysHowToWriteACommandThatDoesNotStart() {
        try (Reward reward = create(Map.of("command", "no-such-program gc.py"))) {
            RewardFailedException e =
                    assertThrows(
                            RewardFailedException.class,
                            () -> reward.score(new Designs(List.of("A"))));
            String text = e.getMessage();
            String start = "command of reward 'process' must start, got [no-such-program gc.py]: ";
            assertTrue(text.startsWith(start), text);
            assertTrue(
                    text.endsWith("; give program and arguments as a list, separated by commas"),
                    text);
        }
    }

    @Test
    void listsItsOptions() {
        List<RewardOption> options = Rewards.load().describe("process");
        assertTrue(options.contains(new RewardOption("command", "list of text", "")));
        assertTrue(options.contains(new RewardOption("failureScore", "number", "none")));
        assertTrue(options.contains(new RewardOption("onFailure", "fail|score", "fail")));
        assertTrue(options.contains(new RewardOption("workingDirectory", "path", "none")));
    }

    private static Reward create(Map<String, String> options) {
        return Rewards.load().create("process", options, RewardContext.cpu());
    }
}
