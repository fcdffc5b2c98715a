package dev.tiller.sampler;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The one place through which networks and rewards are evaluated.
 *
 * <p>All rows of a request are evaluated together, in calls of a bounded number of rows that the
 * worker threads share, so memory is bounded by {@code threads * rowsPerCall} rows of activations.
 * Equal rows are evaluated once, and a row that is still remembered is not evaluated again: a
 * candidate equal to its parent, the winner of a step in the next one, and a candidate that was
 * passed over before, cost nothing. The rows used last are remembered, up to 128 MiB for each
 * owner. Results are pure functions of their row, so these savings are exact; {@link
 * Options#savings()} switches them off to prove it.
 *
 * <p>Requests come from one thread; only the evaluation is parallel.
 */
public final class Ledger implements AutoCloseable {
    /** What is counted. */
    public enum Account {
        /** Rows through the denoiser. */
        DENOISER,
        /** Rows through a value network. */
        VALUE,
        /** Designs scored by the reward. */
        REWARD,
        /** Rows through a network forwards and backwards, for a gradient. */
        GRADIENT
    }

    /**
     * How the ledger evaluates.
     *
     * @param threads worker threads, at least 1; results do not depend on it
     * @param rowsPerCall the largest number of rows in one network call, at least 1
     * @param savings false to evaluate each requested row (for tests; the results are the same)
     */
    public record Options(int threads, int rowsPerCall, boolean savings) {
        public Options {
            if (threads < 1) {
                throw new IllegalArgumentException("threads must be at least 1, got " + threads);
            }
            if (rowsPerCall < 1) {
                throw new IllegalArgumentException(
                        "rowsPerCall must be at least 1, got " + rowsPerCall);
            }
        }
    }

    /**
     * Evaluates some rows of a request; called on worker threads.
     *
     * @param <T> the result of one row
     */
    @FunctionalInterface
    public interface RowFunction<T> {
        /**
         * Evaluates rows.
         *
         * @param rows indices into the request
         * @return one result for each index, in order
         */
        List<T> apply(int[] rows);
    }

    /** Largest size of the remembered rows of one owner. */
    private static final long CACHE_BYTES = 128L << 20;

    private final Options options;
    private final ExecutorService workers;
    private final Map<Object, RowCache> caches = new IdentityHashMap<>();
    private final Map<Account, long[]> counts = new EnumMap<>(Account.class);

    /**
     * Opens a ledger.
     *
     * @param options how to evaluate
     */
    public Ledger(Options options) {
        this.options = options;
        for (Account account : Account.values()) {
            counts.put(account, new long[2]);
        }
        workers =
                Executors.newFixedThreadPool(
                        options.threads(),
                        task -> {
                            Thread thread = new Thread(task, "tiller-evaluation");
                            thread.setDaemon(true);
                            return thread;
                        });
    }

    /**
     * Evaluates a request.
     *
     * @param <T> the result of one row
     * @param account where it is counted
     * @param owner whose results these are (a network, a reward); keys of different owners never
     *     mix
     * @param keys one key per row; equal keys must mean equal results
     * @param function evaluates the rows that are not known yet
     * @return one result per row
     */
    @SuppressWarnings("unchecked")
    public <T> List<T> evaluate(
            Account account, Object owner, List<Object> keys, RowFunction<T> function) {
        long[] count = counts.get(account);
        count[1] += keys.size();
        if (!options.savings()) {
            count[0] += keys.size();
            int[] all = new int[keys.size()];
            java.util.Arrays.setAll(all, i -> i);
            return evaluateRows(all, function);
        }
        RowCache cache = caches.computeIfAbsent(owner, o -> new RowCache(CACHE_BYTES));
        Map<Object, Object> known = new HashMap<>();
        Map<Object, Integer> missing = new LinkedHashMap<>();
        for (int row = 0; row < keys.size(); row++) {
            Object key = keys.get(row);
            Object result = known.containsKey(key) ? known.get(key) : cache.find(key);
            known.put(key, result);
            if (result == null) {
                missing.putIfAbsent(key, row);
            }
        }
        if (!missing.isEmpty()) {
            int[] rows = toArray(missing.values());
            count[0] += rows.length;
            List<T> results = evaluateRows(rows, function);
            for (int i = 0; i < rows.length; i++) {
                known.put(keys.get(rows[i]), results.get(i));
                cache.put(keys.get(rows[i]), results.get(i));
            }
        }
        List<T> all = new ArrayList<>(keys.size());
        for (Object key : keys) {
            all.add((T) known.get(key));
        }
        return all;
    }

    /** Forgets all rows, as between batches: what a batch costs then depends on itself alone. */
    public void forget() {
        caches.values().forEach(RowCache::clear);
    }

    /**
     * Returns the rows that were evaluated.
     *
     * @param account of which kind
     * @return the count since the ledger was opened
     */
    public long rows(Account account) {
        return counts.get(account)[0];
    }

    /**
     * Returns the rows that were asked for, which is what would be evaluated without savings.
     *
     * @param account of which kind
     * @return the count since the ledger was opened
     */
    public long requestedRows(Account account) {
        return counts.get(account)[1];
    }

    private <T> List<T> evaluateRows(int[] rows, RowFunction<T> function) {
        List<Future<List<T>>> calls = new ArrayList<>();
        for (int start = 0; start < rows.length; start += options.rowsPerCall()) {
            int end = Math.min(rows.length, start + options.rowsPerCall());
            int[] part = java.util.Arrays.copyOfRange(rows, start, end);
            calls.add(workers.submit(() -> requireOneEach(part, function.apply(part))));
        }
        List<T> results = new ArrayList<>(rows.length);
        try {
            for (Future<List<T>> call : calls) {
                results.addAll(call.get());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while networks were evaluated", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            if (e.getCause() instanceof Error cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause().getMessage(), e.getCause());
        } finally {
            calls.forEach(call -> call.cancel(false));
        }
        return results;
    }

    /** A missing result would move those of the calls that follow to other rows. */
    private static <T> List<T> requireOneEach(int[] rows, List<T> results) {
        if (results.size() != rows.length) {
            throw new IllegalStateException(
                    "an evaluation must return one result for each of the "
                            + rows.length
                            + " rows, got "
                            + results.size());
        }
        return results;
    }

    private static int[] toArray(Collection<Integer> values) {
        return values.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Stops the worker threads. */
    @Override
    public void close() {
        workers.shutdown();
    }
}
