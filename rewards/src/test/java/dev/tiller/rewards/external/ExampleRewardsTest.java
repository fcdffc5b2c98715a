package dev.tiller.rewards.external;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tiller.rewards.Designs;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.RewardFailedException;
import dev.tiller.rewards.Rewards;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The examples run as their page says. */
final class ExampleRewardsTest {
    private static final Path FOLDER = Path.of("..", "examples", "rewards");
    private static final Designs DESIGNS = new Designs(List.of("ACGT", "GGGC", "AAT", "C", "TTTG"));

    @Test
    void pythonScoresShareOfGc() {
        Assumptions.assumeTrue(ShellWorker.runs("python3", "--version"), "needs python3");
        Map<String, String> options = Map.of("command", "python3," + FOLDER.resolve("gc.py"));
        try (Reward reward = Rewards.load().create("process", options, RewardContext.cpu())) {
            assertArrayEquals(new double[] {0.5, 1, 0, 1, 0.25}, reward.score(DESIGNS));
            RewardFailedException e =
                    assertThrows(
                            RewardFailedException.class,
                            () -> reward.score(new Designs(List.of("A", ""))));
            assertEquals(
                    "reward 'process' gave no score for 1 design after 3 attempts\n"
                            + "  design 2 (): an empty design has no share of G and C",
                    e.getMessage());
        }
    }

    @Test
    void shellScoresShareOfAt() {
        ShellWorker.requireShell();
        Map<String, String> options =
                Map.of("command", "sh,at_content.sh", "workingDirectory", FOLDER.toString());
        try (Reward reward = Rewards.load().create("process", options, RewardContext.cpu())) {
            assertArrayEquals(new double[] {0.5, 0, 1, 0, 0.75}, reward.score(DESIGNS));
        }
    }

    @Test
    void pageShowsWhatPythonPrints() throws IOException, InterruptedException {
        Assumptions.assumeTrue(ShellWorker.runs("python3", "--version"), "needs python3");
        List<String> page = Files.readAllLines(FOLDER.resolve("README.md"));
        int call = page.indexOf(page.stream().filter(l -> l.contains("echo '")).findAny().get());
        String request = page.get(call).replaceAll("^ *echo '(.*)' \\|.*$", "$1");
        Process process = new ProcessBuilder("python3", FOLDER.resolve("gc.py").toString()).start();
        process.getOutputStream().write((request + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
        byte[] printed = process.getInputStream().readAllBytes();
        assertEquals(
                page.get(call + 1).strip(), new String(printed, StandardCharsets.UTF_8).strip());
        assertEquals(0, process.waitFor());
        assertTrue(page.get(call).contains("gc.py"));
    }
}
