package dev.tiller.rewards.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tiller.rewards.external.ProcessReward;
import dev.tiller.rewards.sequence.GcContent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DiskScoresTest {
    private static final RewardIdentity IDENTITY = new RewardIdentity("gc 0.5");

    @TempDir Path root;

    private DiskScores open() {
        return new DiskScores(root, IDENTITY);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    @Test
    void givesBackEveryDoubleAndEveryText() {
        SplittableRandom random = new SplittableRandom(5);
        Map<String, Double> scores = new LinkedHashMap<>();
        for (double special : new double[] {0, -0.0, Double.MIN_VALUE, Double.MAX_VALUE, 0.1}) {
            scores.put("special " + special, special);
        }
        scores.put("", 1.0);
        scores.put("\n\"\\\ud800\u00e9", 2.0); // half of a surrogate pair, too
        scores.put("\n\"\\\ud801\u00e9", 3.0);
        while (scores.size() < 500) {
            double score = Double.longBitsToDouble(random.nextLong());
            if (Double.isFinite(score)) {
                scores.put("D" + scores.size(), score);
            }
        }
        try (DiskScores store = open()) {
            scores.forEach(store::put);
        }
        try (DiskScores store = open()) {
            assertEquals(scores.size(), store.size());
            scores.forEach((d, s) -> assertEquals(OptionalDouble.of(s), store.find(d), d));
            assertTrue(store.find("D").isEmpty());
        }
    }

    @Test
    void writesNothingBeforeThereIsAScore() throws IOException {
        Path folder = root.resolve("not-there");
        try (DiskScores store = new DiskScores(folder, IDENTITY)) {
            assertTrue(store.find("A").isEmpty());
        }
        assertTrue(Files.notExists(folder));
    }

    /** Whatever is left of the file, each score is right or not there, and new ones are kept. */
    @Test
    void neverGivesAWrongScoreFromAFileThatWasCutOff() throws IOException {
        Map<String, Double> scores = new LinkedHashMap<>();
        IntStream.range(0, 4).forEach(i -> scores.put("ACGT".repeat(i), 1234.5678 / (i + 1)));
        try (DiskScores store = open()) {
            scores.forEach(store::put);
        }
        Path file = files().get(0);
        byte[] whole = Files.readAllBytes(file);
        int before = 0;
        for (int length = 0; length <= whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            try (DiskScores store = open()) {
                int found = 0;
                for (Map.Entry<String, Double> entry : scores.entrySet()) {
                    OptionalDouble score = store.find(entry.getKey());
                    if (score.isPresent()) {
                        assertEquals(entry.getValue(), score.getAsDouble());
                        found++;
                    }
                }
                assertTrue(found == before || found == before + 1);
                before = found;
            }
        }
        assertEquals(scores.size(), before);
        Files.write(file, Arrays.copyOf(whole, whole.length - 3));
        try (DiskScores store = open()) {
            store.put("NEW", 7);
        }
        try (DiskScores store = open()) {
            assertEquals(scores.size(), store.size()); // one lost, one new
            assertEquals(7, store.find("NEW").orElseThrow());
        }
    }

    @Test
    void skipsDamagedLines() throws IOException {
        try (DiskScores store = open()) {
            store.put("A", 1);
        }
        Files.write(
                files().get(0).resolveSibling("scores-000002.jsonl"),
                List.of(
                        "{\"design\":\"B\",\"score\":2}",
                        "{\"design\":\"C\",\"sco{\"design\":\"D\",\"score\":3}",
                        "{\"design\":\"E\",\"score\":4}{\"design\":\"F\",\"score\":5}",
                        "{\"design\":\"G\",\"score\":\"6\"}",
                        "{\"design\":\"H\",\"score\":1e999}",
                        "\0\0\0",
                        "",
                        "[]",
                        "{\"design\":\"A\",\"score\":8}",
                        "{\"design\":\"I\",\"score\":9}"));
        try (DiskScores store = open()) {
            assertEquals(3, store.size());
            assertEquals(1, store.find("A").orElseThrow()); // the earlier file holds
            assertEquals(2, store.find("B").orElseThrow());
            assertEquals(9, store.find("I").orElseThrow());
        }
    }

    @Test
    void sharesAFolderBetweenWritersAtTheSameTime() throws IOException {
        IntStream.range(0, 8)
                .parallel()
                .forEach(
                        writer -> {
                            try (DiskScores store = open()) {
                                for (int i = 0; i < 100; i++) {
                                    store.put("W" + (writer / 2) + "-" + i, writer / 2 + i);
                                }
                            }
                        });
        try (DiskScores store = open()) {
            assertEquals(400, store.size());
            for (int i = 0; i < 400; i++) {
                String design = "W" + (i / 100) + "-" + i % 100;
                assertEquals(i / 100 + i % 100, store.find(design).orElseThrow());
            }
        }
    }

    @Test
    void keepsScoresOfInterruptedThreads() throws IOException {
        try (DiskScores store = open()) {
            store.put("A", 1);
            Thread.currentThread().interrupt();
            store.put("C", 2);
            store.put("G", 3);
        } finally {
            assertTrue(Thread.interrupted());
        }
        assertEquals(1, files().size());
        try (DiskScores store = open()) {
            assertEquals(3, store.size());
        }
    }

    @Test
    void keepsRewardsApart() {
        try (DiskScores store = open();
                DiskScores other = new DiskScores(root, new RewardIdentity("gc 0.4"))) {
            store.put("A", 1);
            other.put("A", 2);
        }
        try (DiskScores store = open();
                DiskScores other = new DiskScores(root, new RewardIdentity("gc 0.4"))) {
            assertEquals(1, store.find("A").orElseThrow());
            assertEquals(2, other.find("A").orElseThrow());
        }
    }

    @Test
    void refusesScoresThatAreNotFiniteAndUseAfterClose() {
        DiskScores store = open();
        assertEquals(
                "score in a cache must be finite, got NaN; leave it out",
                assertThrows(IllegalArgumentException.class, () -> store.put("A", Double.NaN))
                        .getMessage());
        store.close();
        store.close();
        assertThrows(IllegalStateException.class, () -> store.put("A", 1));
    }

    @Test
    void identityHoldsOptionsAndDigest() {
        GcContent.Provider gc = new GcContent.Provider();
        CountingReward reward = new CountingReward();
        RewardIdentity identity = RewardIdentity.of(gc, Map.of(), reward);
        assertEquals("reward 10 gc-content\ntarget 3 0.5\ndigest 3 abc\n", identity.text());
        assertEquals(identity, RewardIdentity.of(gc, Map.of("target", 0.5), reward));
        assertNotEquals(identity, RewardIdentity.of(gc, Map.of("target", "0.4"), reward));
        assertEquals(64, identity.digest().length());
        assertThrows(IllegalArgumentException.class, () -> new RewardIdentity(" "));
    }

    @Test
    void identityLeavesOutWhatHasNoEffectOnScores() {
        var process = new ProcessReward.Provider();
        CountingReward reward = new CountingReward();
        RewardIdentity identity = RewardIdentity.of(process, Map.of("command", "a,b"), reward);
        assertEquals(
                identity,
                RewardIdentity.of(
                        process, Map.of("command", List.of("a", "b"), "workers", 3), reward));
        assertNotEquals(
                identity,
                RewardIdentity.of(
                        process, Map.of("command", "a,b", "direction", "minimise"), reward));
    }
}
