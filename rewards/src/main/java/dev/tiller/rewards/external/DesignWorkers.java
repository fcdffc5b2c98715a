package dev.tiller.rewards.external;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The threads on which a reward lets programs work on designs. Safe for concurrent calls. */
public final class DesignWorkers implements AutoCloseable {
    private final String name;
    private final ExecutorService threads;

    /**
     * Makes the threads.
     *
     * @param name the name of the reward
     * @param workers how many designs are worked on at a time
     */
    public DesignWorkers(String name, int workers) {
        this.name = name;
        this.threads =
                Executors.newFixedThreadPool(
                        workers,
                        work -> {
                            Thread thread = new Thread(work, name);
                            thread.setDaemon(true);
                            return thread;
                        });
    }

    /**
     * Does work and waits for it. If one piece throws, those that have not begun are left out.
     *
     * @param <T> what a piece of work gives
     * @param work the pieces
     * @return what they gave, in order
     * @throws IllegalStateException if a piece throws or the caller is interrupted
     */
    public <T> List<T> all(List<Callable<T>> work) {
        List<Future<T>> pending = new ArrayList<>();
        work.forEach(piece -> pending.add(threads.submit(piece)));
        List<T> results = new ArrayList<>();
        try {
            for (Future<T> next : pending) {
                results.add(next.get());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(name + " was interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(name + " failed: " + e.getCause(), e);
        } finally {
            pending.forEach(next -> next.cancel(true));
        }
        return results;
    }

    /** Ends the threads and the programs that they wait for. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
