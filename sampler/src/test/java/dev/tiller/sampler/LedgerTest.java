package dev.tiller.sampler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tiller.sampler.Ledger.Account;
import dev.tiller.sampler.Ledger.Options;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LedgerTest {
    private static final Object NETWORK = new Object();

    /** Asks for keys; the result of a key is itself with an exclamation mark. */
    private static final class Asker {
        private final Ledger ledger;
        private final List<List<String>> calls = Collections.synchronizedList(new ArrayList<>());

        Asker(Ledger ledger) {
            this.ledger = ledger;
        }

        List<String> ask(String... keys) {
            return ask(Account.DENOISER, NETWORK, keys);
        }

        List<String> ask(Account account, Object owner, String... keys) {
            return ledger.evaluate(
                    account,
                    owner,
                    List.of((Object[]) keys),
                    rows -> {
                        List<String> asked = Arrays.stream(rows).mapToObj(r -> keys[r]).toList();
                        calls.add(asked);
                        return asked.stream().map(key -> key + "!").toList();
                    });
        }
    }

    private static Ledger ledger(int threads, int rowsPerCall, boolean savings) {
        return new Ledger(new Options(threads, rowsPerCall, savings));
    }

    @Test
    void evaluatesEqualRowsOnce() {
        try (Ledger ledger = ledger(1, 100, true)) {
            Asker asker = new Asker(ledger);
            assertEquals(List.of("a!", "b!", "a!", "c!", "b!"), asker.ask("a", "b", "a", "c", "b"));
            assertEquals(List.of(List.of("a", "b", "c")), asker.calls);
            assertEquals(3, ledger.rows(Account.DENOISER));
            assertEquals(5, ledger.requestedRows(Account.DENOISER));
        }
    }

    @Test
    void countsEachAccountApart() {
        try (Ledger ledger = ledger(1, 100, true)) {
            Asker asker = new Asker(ledger);
            asker.ask(Account.DENOISER, NETWORK, "a");
            asker.ask(Account.VALUE, "value", "a", "b");
            asker.ask(Account.REWARD, "reward", "a", "a", "b", "c");
            assertEquals(1, ledger.rows(Account.DENOISER));
            assertEquals(2, ledger.rows(Account.VALUE));
            assertEquals(3, ledger.rows(Account.REWARD));
            assertEquals(4, ledger.requestedRows(Account.REWARD));
        }
    }

    @Test
    void remembersRowsUntilToldToForget() {
        try (Ledger ledger = ledger(1, 100, true)) {
            Asker asker = new Asker(ledger);
            asker.ask("parent", "other");
            assertEquals(List.of("parent!", "new!"), asker.ask("parent", "new"));
            assertEquals(List.of("other!", "parent!"), asker.ask("other", "parent"));
            ledger.forget();
            asker.ask("parent");
            assertEquals(
                    List.of(List.of("parent", "other"), List.of("new"), List.of("parent")),
                    asker.calls);
            assertEquals(4, ledger.rows(Account.DENOISER));
            assertEquals(7, ledger.requestedRows(Account.DENOISER));
        }
    }

    @Test
    void dropsTheRowsThatWereNotUsedForLongest() {
        RowCache cache = new RowCache(3 * (96 + 1 + 96 + 4));
        for (String key : List.of("a", "b", "c")) {
            cache.put(key, new float[1]);
        }
        assertTrue(cache.find("a") != null); // used again: b is the oldest now
        cache.put("d", new float[1]);
        assertTrue(cache.find("b") == null);
        for (String key : List.of("a", "c", "d")) {
            assertTrue(cache.find(key) != null, key);
        }
        cache.put("e", new float[1000]); // larger than all: nothing stays, nothing breaks
        assertTrue(cache.find("e") == null);
        cache.put("f", new float[1]);
        assertTrue(cache.find("f") != null);
    }

    @Test
    void neverMixesOwnersEvenIfTheyAreEqual() {
        try (Ledger ledger = ledger(1, 100, true)) {
            Asker asker = new Asker(ledger);
            List<String> first = new ArrayList<>(List.of("same"));
            List<String> second = new ArrayList<>(List.of("same"));
            asker.ask(Account.DENOISER, first, "a");
            asker.ask(Account.DENOISER, second, "a");
            asker.ask(Account.DENOISER, first, "a");
            assertEquals(List.of(List.of("a"), List.of("a")), asker.calls);
        }
    }

    @Test
    void evaluatesAllRowsWithoutSavings() {
        try (Ledger ledger = ledger(1, 100, false)) {
            Asker asker = new Asker(ledger);
            assertEquals(List.of("a!", "b!", "a!"), asker.ask("a", "b", "a"));
            asker.ask("a");
            assertEquals(List.of(List.of("a", "b", "a"), List.of("a")), asker.calls);
            assertEquals(4, ledger.rows(Account.DENOISER));
            assertEquals(4, ledger.requestedRows(Account.DENOISER));
        }
    }

    @Test
    void aCallNeverHasMoreRowsThanAllowed() {
        String[] keys = new String[10];
        Arrays.setAll(keys, i -> "k" + i);
        for (boolean savings : new boolean[] {true, false}) {
            try (Ledger ledger = ledger(1, 4, savings)) {
                Asker asker = new Asker(ledger);
                List<String> results = asker.ask(keys);
                assertEquals(List.of(4, 4, 2), asker.calls.stream().map(List::size).toList());
                assertEquals(Arrays.stream(keys).map(key -> key + "!").toList(), results);
            }
        }
    }

    @Test
    void anEmptyRequestCallsNothing() {
        for (boolean savings : new boolean[] {true, false}) {
            try (Ledger ledger = ledger(1, 4, savings)) {
                Asker asker = new Asker(ledger);
                assertEquals(List.of(), asker.ask());
                assertEquals(List.of(), asker.calls);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 7", "2, 1", "2, 3", "4, 2", "4, 1000"})
    void resultsDependOnNeitherThreadsNorCallsNorSavings(int threads, int rowsPerCall) {
        String[] keys = new String[100];
        Arrays.setAll(keys, i -> "k" + i % 37);
        List<String> expected = Arrays.stream(keys).map(key -> key + "!").toList();
        for (boolean savings : new boolean[] {true, false}) {
            try (Ledger ledger = ledger(threads, rowsPerCall, savings)) {
                assertEquals(expected, new Asker(ledger).ask(keys));
                assertEquals(savings ? 37 : 100, ledger.rows(Account.DENOISER));
            }
        }
    }

    @Test
    void runsAsManyCallsAtATimeAsThereAreThreads() {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CyclicBarrier bothAreHere = new CyclicBarrier(2);
        try (Ledger ledger = ledger(2, 1, true)) {
            ledger.evaluate(
                    Account.VALUE,
                    NETWORK,
                    List.of("a", "b", "c", "d"),
                    rows -> {
                        most.accumulateAndGet(running.incrementAndGet(), Math::max);
                        await(bothAreHere); // would time out if calls took turns
                        running.decrementAndGet();
                        return List.of("done");
                    });
        }
        assertEquals(2, most.get());
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void failuresOfWorkersSurfaceAsThemselves(int threads) {
        List<Throwable> failures =
                List.of(new UnsupportedOperationException("no"), new AssertionError("wrong"));
        for (Throwable failure : failures) {
            try (Ledger ledger = ledger(threads, 2, true)) {
                Throwable thrown =
                        assertThrows(
                                Throwable.class,
                                () ->
                                        ledger.evaluate(
                                                Account.REWARD,
                                                NETWORK,
                                                List.of("a", "b", "c", "d", "e"),
                                                rows -> fail(rows, failure)));
                assertSame(failure, thrown);
                // a failed request leaves no results behind, and the ledger goes on
                Asker asker = new Asker(ledger);
                assertEquals(List.of("a!", "e!"), asker.ask(Account.REWARD, NETWORK, "a", "e"));
                assertEquals(List.of(List.of("a", "e")), asker.calls);
            }
        }
    }

    private static List<String> fail(int[] rows, Throwable failure) {
        if (rows[0] != 2) {
            return Collections.nCopies(rows.length, "half");
        } else if (failure instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) failure;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void refusesAWrongNumberOfResults(int count) {
        try (Ledger ledger = ledger(1, 2, true)) {
            IllegalStateException e =
                    assertThrows(
                            IllegalStateException.class,
                            () ->
                                    ledger.evaluate(
                                            Account.VALUE,
                                            NETWORK,
                                            List.of("a", "b", "c"),
                                            rows -> Collections.nCopies(count, "x")));
            assertEquals(
                    "an evaluation must return one result for each of the 2 rows, got " + count,
                    e.getMessage());
        }
    }

    @Test
    void anInterruptEndsTheWaitAndStaysSet() {
        CountDownLatch release = new CountDownLatch(1);
        try (Ledger ledger = ledger(1, 1, true)) {
            Thread.currentThread().interrupt();
            IllegalStateException e =
                    assertThrows(
                            IllegalStateException.class,
                            () ->
                                    ledger.evaluate(
                                            Account.VALUE,
                                            NETWORK,
                                            List.of("a", "b"),
                                            rows -> waitFor(release)));
            assertEquals("interrupted while networks were evaluated", e.getMessage());
            assertTrue(Thread.interrupted()); // clears it for the tests that follow
        } finally {
            release.countDown();
        }
    }

    private static List<String> waitFor(CountDownLatch latch) {
        try {
            return List.of(latch.await(30, TimeUnit.SECONDS) ? "released" : "timed out");
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void refusesOptionsOutOfRange() {
        assertEquals(
                "threads must be at least 1, got 0",
                assertThrows(IllegalArgumentException.class, () -> new Options(0, 1, true))
                        .getMessage());
        assertEquals(
                "rowsPerCall must be at least 1, got 0",
                assertThrows(IllegalArgumentException.class, () -> new Options(1, 0, true))
                        .getMessage());
    }
}
