package dev.tiller.rewards.external;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tiller.rewards.Designs;
import dev.tiller.rewards.Notation;
import dev.tiller.rewards.RewardFailedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Scores stand whatever the worker does. */
final class ProcessRewardTest {
    private static final Designs SIX = new Designs(List.of("A", "AA", "C", "AAA", "CA", "AAAA"));
    private static final double[] SIX_SCORES = {1, 2, 0, 3, 1, 4};

    @TempDir Path folder;
    private ShellWorker worker;

    @BeforeEach
    void makeWorker() {
        worker = new ShellWorker(folder);
    }

    /** What the worker does at request 1, the second; it does the others as it should. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "exit 3",
                "sleep 100",
                "echo Traceback",
                "echo '{\"id\":1,\"scores\":[7,'; exit 0",
                "printf '{\"id\":1,\"scores\":[7,8]}'; exit 0",
                "echo '{\"id\":1,\"scores\":[7]}'",
                "echo '{\"id\":1,\"scores\":[7,8,9]}'",
                "answer 0",
                "echo '{\"id\":1,\"scores\":[NaN,null]}'",
                "echo '{\"id\":1,\"scores\":[Infinity,1e999]}'",
                "echo '{\"id\":1,\"scores\":[7,8],\"errors\":{\"0\":\"bad\",\"1\":\"bad\"}}'",
                "echo '{\"id\":1,\"scores\":[7,8],\"errors\":{\"2\":\"bad\"}}'",
                "echo '{\"id\":1,\"id\":1,\"scores\":[7,8]}'",
                "echo '{\"id\":1,\"scores\":[7,8]} {}'",
                "awk 'BEGIN { for (i = 0; i < 30000; i++) printf \"0123456789\" }'; answer",
                "exec 1>&-; sleep 100",
                "answer; echo and one more",
                "answer; echo; echo"
            })
    void survives(String misbehaviour) {
        String body = "if [ $id = 1 ]; then " + misbehaviour + "; else answer; fi";
        try (ProcessReward reward = new ProcessReward(worker.options(body, 1, 2, 0.7))) {
            Heard heard = new Heard();
            assertArrayEquals(SIX_SCORES, reward.score(SIX, heard));
            assertEquals(SIX.size(), heard.count);
            assertArrayEquals(
                    SIX_SCORES, heard.scores.values().stream().mapToDouble(s -> s).toArray());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "echo why >&2; exit 3 | it ended with exit code 3",
                "printf '{'; exit 0   | within a line, it ended with exit code 0",
                "echo Loading model   | it gave no JSON: Loading model",
                "echo '[1]'           | it gave no JSON object: [1]",
                "awk 'BEGIN { for (i = 0; i < 99999; i++) printf \"0\" }' | it printed a line of"
                        + " more than 73728 bytes",
                "answer 99            | it gave an answer to request 99 instead of ",
            })
    void saysWhatIsWrongWithTheProgram(String misbehaviour, String reason) {
        try (ProcessReward reward = new ProcessReward(worker.options(misbehaviour, 1, 2, 20))) {
            RewardFailedException e =
                    assertThrows(RewardFailedException.class, () -> reward.score(SIX));
            String start = "reward 'process' must answer requests, got 4 failures in a row: ";
            assertTrue(e.getMessage().startsWith(start + reason), e.getMessage());
            assertEquals(4, worker.lines("starts").size());
            boolean wrote = misbehaviour.contains(">&2");
            assertEquals(wrote ? List.of("why") : List.of(), e.log());
            assertEquals(
                    wrote, e.getMessage().endsWith("\nlast lines of its standard error:\n  why"));
        }
    }

    @Test
    void reportsDesignsWithoutScoreByNumberAndKeepsTheOthers() {
        String body =
                "case $line in *AAA*) echo fold failed >&2; echo"
                    + " \"{\\\"id\\\":$id,\\\"scores\\\":[null],\\\"errors\\\":{\\\"0\\\":\\\"no"
                    + " fold\\\"}}\";; *) answer;; esac";
        try (ProcessReward reward = new ProcessReward(worker.options(body, 1, 1, 20))) {
            Heard heard = new Heard();
            RewardFailedException e =
                    assertThrows(RewardFailedException.class, () -> reward.score(SIX, heard));
            assertEquals(
                    "reward 'process' gave no score for 2 designs after 2 attempts\n"
                            + "  design 4 (AAA): no fold\n"
                            + "  design 6 (AAAA): no fold\n"
                            + "last lines of its standard error:\n"
                            + String.join("\n", Collections.nCopies(4, "  fold failed")),
                    e.getMessage());
            assertEquals(Set.of(0, 1, 2, 4), heard.scores.keySet());
            assertEquals(List.of("A", "AA", "C", "CA"), worker.lines("seen"));
        }
    }

    @Test
    void findsTheDesignThatKillsTheWorker() {
        String body = "case $line in *AAAA*) exit 9;; esac; answer";
        try (ProcessReward reward = new ProcessReward(worker.options(body, 1, 6, 20))) {
            Heard heard = new Heard();
            RewardFailedException e =
                    assertThrows(RewardFailedException.class, () -> reward.score(SIX, heard));
            assertEquals(1, e.failures().size());
            assertEquals(5, e.failures().get(0).row());
            assertEquals("it ended with exit code 9", e.failures().get(0).reason());
            assertEquals(5, heard.count);
            assertEquals(5, worker.lines("seen").size());
        }
    }

    @Test
    void putsTheAgreedScoreWhereThereIsNone() {
        ProcessReward.Options base =
                worker.options("case $line in *AAAA*) exit 9;; esac; answer", 1, 6, 20);
        ProcessReward.Options options =
                new ProcessReward.Options(
                        base.command(),
                        1,
                        6,
                        20,
                        20,
                        1,
                        "AC",
                        Direction.MINIMISE,
                        OnFailure.SCORE,
                        -50.0,
                        folder,
                        "",
                        Notation.SEQUENCE);
        try (ProcessReward reward = new ProcessReward(options)) {
            Heard heard = new Heard();
            assertArrayEquals(new double[] {-1, -2, 0, -3, -1, -50}, reward.score(SIX, heard));
            assertEquals(5, heard.count); // the agreed score is nothing to remember
        }
    }

    /** 200 designs, 3 workers, two of five requests go wrong in ten ways: none lost, none twice. */
    @Test
    void losesNoDesignAndScoresNoneTwice() {
        String body =
                """
                case $((id * 7 % 25)) in
                  0) exit 1 ;;
                  1) echo garbage ;;
                  2) printf '{"id":%s,"sco' $id; exit 0 ;;
                  3) echo "{\\"id\\":$id,\\"scores\\":[]}" ;;
                  4) echo "{\\"id\\":$id,\\"scores\\":[1,2,3,4,5,6,7,8,9]}" ;;
                  5) echo "{\\"id\\":$((id - 1)),\\"scores\\":[1,2,3,4,5,6,7,8]}" ;;
                  6) echo "{\\"id\\":$id,\\"scores\\":[NaN,null,NaN,null,NaN,null,NaN,null]}" ;;
                  7) echo dying >&2; kill -9 $$ ;;
                  8) answer; exit 0 ;;
                  9) if [ $id -lt 25 ]; then sleep 100; else answer; fi ;;
                  *) answer ;;
                esac
                """;
        SplittableRandom random = new SplittableRandom(11);
        Set<String> distinct = new TreeSet<>();
        while (distinct.size() < 200) {
            distinct.add(
                    random.ints(12, 0, 4)
                            .collect(
                                    StringBuilder::new,
                                    (text, i) -> text.append("ACGT".charAt(i)),
                                    StringBuilder::append)
                            .toString());
        }
        List<String> designs = new ArrayList<>(distinct);
        // a request goes wrong with a chance of 0.36, so 20 in a row with one below 1e-8
        ProcessReward.Options base = worker.options(body, 3, 8, 2);
        ProcessReward.Options options =
                new ProcessReward.Options(
                        base.command(),
                        3,
                        8,
                        2,
                        20,
                        20,
                        "ACGT",
                        Direction.MAXIMISE,
                        OnFailure.FAIL,
                        null,
                        null,
                        "",
                        Notation.SEQUENCE);
        try (ProcessReward reward = new ProcessReward(options)) {
            Heard heard = new Heard();
            double[] scores = reward.score(new Designs(designs), heard);
            for (int i = 0; i < scores.length; i++) {
                long count = designs.get(i).chars().filter(c -> c == 'A').count();
                assertEquals(count, scores[i], designs.get(i));
                assertEquals(scores[i], heard.scores.get(i));
            }
            assertEquals(200, heard.count);
        }
        List<String> answered = new ArrayList<>(worker.lines("seen"));
        Collections.sort(answered);
        assertEquals(designs, answered); // each design was answered, and accepted, exactly once
        assertTrue(worker.lines("starts").size() > 5);
    }

    @Test
    void replacesWorkersThatEndAfterTheirSecondBatch() {
        String body = "answer; if [ $n = 2 ]; then exit 0; fi";
        try (ProcessReward reward = new ProcessReward(worker.options(body, 1, 1, 20))) {
            assertArrayEquals(SIX_SCORES, reward.score(SIX));
            assertEquals(6, worker.lines("seen").size());
            assertTrue(worker.lines("starts").size() >= 3);
        }
    }

    @Test
    void drainsStandardErrorWithoutEnd() {
        String body =
                "awk 'BEGIN { for (i = 0; i < 100000; i++) print \"noise line\" }' >&2; answer";
        try (ProcessReward reward = new ProcessReward(worker.options(body, 1, 6, 20))) {
            assertArrayEquals(SIX_SCORES, reward.score(SIX));
            assertEquals(1, worker.lines("starts").size());
        }
    }

    @Test
    void waitsForASlowStartAndSharesWorkersBetweenCalls() {
        ProcessReward.Options options = worker.options("answer", 2, 2, 20);
        try (ProcessReward reward = new ProcessReward(options)) {
            assertEquals(List.of(), worker.lines("starts")); // nothing starts before it is needed
            IntStream.range(0, 8)
                    .parallel()
                    .forEach(call -> assertArrayEquals(SIX_SCORES, reward.score(SIX)));
            assertTrue(worker.lines("starts").size() <= 2);
        }
        assertEquals(worker.lines("starts").size(), worker.lines("ends").size()); // by themselves
    }

    @Test
    void killsAllThatAHangingWorkerStarted() throws Exception {
        String body = "sleep 100 & echo $! > \"$folder/child\"; wait";
        try (ProcessReward reward = new ProcessReward(worker.options(body, 1, 1, 0.2))) {
            RewardFailedException e =
                    assertThrows(RewardFailedException.class, () -> reward.score(SIX));
            assertTrue(e.getMessage().contains("no answer within 0.2 s"), e.getMessage());
        }
        long child = Long.parseLong(worker.lines("child").get(0));
        for (int i = 0; i < 100 && isAlive(child); i++) {
            Thread.sleep(20);
        }
        assertFalse(isAlive(child));
    }

    private static boolean isAlive(long process) {
        return ProcessHandle.of(process).map(ProcessHandle::isAlive).orElse(false);
    }

    @Test
    void doesNotWaitForAWorkerThatDoesNotRead() {
        ShellWorker.requireShell();
        Designs large = new Designs(List.of("A".repeat(1 << 20)));
        ProcessReward.Options base = worker.options("", 1, 1, 0.2);
        ProcessReward.Options options =
                new ProcessReward.Options(
                        List.of("sh", "-c", "echo '{\"ready\":true}'; sleep 100"),
                        1,
                        1,
                        0.2,
                        20,
                        1,
                        base.letters(),
                        base.direction(),
                        base.onFailure(),
                        null,
                        null,
                        "",
                        Notation.SEQUENCE);
        try (ProcessReward reward = new ProcessReward(options)) {
            RewardFailedException e =
                    assertThrows(RewardFailedException.class, () -> reward.score(large));
            assertEquals(
                    "reward 'process' gave no score for 1 design after 1 attempt\n  design 1 ("
                            + "A".repeat(40)
                            + "..., 1048576 letters): it gave no answer within 0.2 s",
                    e.getMessage());
        }
    }

    @Test
    void endsRunningCallsWhenClosed() throws Exception {
        ProcessReward reward = new ProcessReward(worker.options("sleep 100", 1, 1, 60));
        List<Throwable> thrown = Collections.synchronizedList(new ArrayList<>());
        Thread caller =
                new Thread(
                        () ->
                                thrown.add(
                                        assertThrows(
                                                IllegalStateException.class,
                                                () -> reward.score(SIX))));
        caller.start();
        for (int i = 0; i < 500 && worker.lines("starts").isEmpty(); i++) {
            Thread.sleep(10);
        }
        reward.close();
        caller.join(10_000);
        assertEquals("reward 'process' is closed", thrown.get(0).getMessage());
        assertEquals(
                "reward 'process' is closed",
                assertThrows(IllegalStateException.class, () -> reward.score(SIX)).getMessage());
    }

    @Test
    void killsWorkersThatDoNotEnd() {
        ShellWorker.requireShell();
        String body = "answer; echo $$ > \"$folder/pid\"; trap '' TERM; exec 0<&-; sleep 100";
        ProcessReward reward = new ProcessReward(worker.options(body, 1, 6, 20));
        assertArrayEquals(SIX_SCORES, reward.score(SIX));
        reward.close();
        long pid = Long.parseLong(worker.lines("pid").get(0));
        assertFalse(isAlive(pid));
    }

    @Test
    void refusesAProgramOfAnotherVersion() throws Exception {
        ProcessReward.Options base = worker.options("answer", 1, 6, 20);
        ProcessReward.Options other = withVersion(base, "8");
        try (ProcessReward reward = new ProcessReward(other)) {
            assertEquals(
                    "version of the process must be that of option 'version', got '7' and '8'; set"
                            + " the option anew, scores of another version are not its own",
                    assertThrows(RewardFailedException.class, () -> reward.score(SIX))
                            .getMessage());
        }
        try (ProcessReward reward = new ProcessReward(withVersion(base, "7"));
                ProcessReward plain = new ProcessReward(base)) {
            assertArrayEquals(SIX_SCORES, reward.score(SIX));
            assertFalse(reward.digest().equals(plain.digest()));
        }
        String before = new ProcessReward(base).digest().orElseThrow();
        assertEquals(before, new ProcessReward(base).digest().orElseThrow());
        Files.writeString(folder.resolve("worker.sh"), "exit 1\n");
        assertFalse(before.equals(new ProcessReward(base).digest().orElseThrow()));
    }

    private static ProcessReward.Options withVersion(ProcessReward.Options base, String version) {
        return new ProcessReward.Options(
                base.command(),
                base.workers(),
                base.batchSize(),
                base.timeoutSeconds(),
                base.startTimeoutSeconds(),
                base.attempts(),
                base.letters(),
                base.direction(),
                base.onFailure(),
                base.failureScore(),
                base.workingDirectory(),
                version,
                Notation.SEQUENCE);
    }
}
