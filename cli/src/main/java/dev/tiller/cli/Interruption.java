package dev.tiller.cli;

import java.io.PrintWriter;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C: prints how to resume. The JVM then ends with exit code 130. Work that needs to finish
 * something first asks {@link #requested} and calls {@link #finished}.
 */
final class Interruption implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;

    private final Thread hook;
    private final CountDownLatch finished = new CountDownLatch(1);
    private volatile boolean waits;
    private volatile boolean requested;
    private volatile boolean done;

    /** Prints at once, unless work says that it {@link #finishesFirst}. */
    Interruption(String resumeCommand, PrintWriter err) {
        this.hook =
                new Thread(
                        () -> {
                            if (!done) {
                                requested = true;
                                await();
                                err.println();
                                err.println("interrupted; resume with: " + resumeCommand);
                                err.flush();
                            }
                        });
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void await() {
        try {
            if (waits && !finished.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Says that from now on the work finishes something before the JVM may end. */
    void finishesFirst() {
        waits = true;
    }

    /** Says that from now on nothing needs to be finished. */
    void endsAtOnce() {
        waits = false;
    }

    /** Tells whether Ctrl-C was pressed. */
    boolean requested() {
        return requested;
    }

    /** Says that nothing is left to be resumed. */
    void finished() {
        done = true;
    }

    @Override
    public void close() {
        finished.countDown();
        if (!requested) {
            done = true;
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // the JVM is on its way out already; the hook finds that it is done
            }
        }
    }
}
