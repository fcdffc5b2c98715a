package dev.tiller.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * Progress on stderr: a bar on a terminal, otherwise a plain line every tenth and, in long work,
 * every minute; nothing if quiet.
 *
 * <p>Whether stderr is a terminal is said by the launcher ({@code -Dtiller.tty=true}), since the
 * JDK cannot tell.
 */
final class Progress implements AutoCloseable {
    private static final long EVERY_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final PrintWriter err;
    private final String task;
    private final ProgressBar bar;
    private final boolean quiet;
    private final long began = System.nanoTime();
    private long lastTenth = -1;
    private long lastLine = began;

    Progress(String task, PrintWriter err, boolean quiet) {
        this.err = err;
        this.task = task;
        this.quiet = quiet;
        boolean terminal = Boolean.getBoolean("tiller.tty") && !quiet;
        this.bar =
                terminal
                        ? new ProgressBarBuilder()
                                .setTaskName(task)
                                .setInitialMax(1)
                                .setStyle(
                                        System.getenv("NO_COLOR") == null
                                                ? ProgressBarStyle.UNICODE_BLOCK
                                                : ProgressBarStyle.ASCII)
                                .setUpdateIntervalMillis(200)
                                .setConsumer(new ConsoleProgressBarConsumer(stderr()))
                                .build()
                        : null;
    }

    /** The bar is redrawn in place, past the buffer of {@code err}. */
    private static PrintStream stderr() {
        return new PrintStream(
                new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
    }

    void at(long done, long total, String note) {
        if (bar != null) {
            bar.maxHint(total);
            bar.stepTo(done);
            bar.setExtraMessage(note);
            return;
        }
        long tenth = done * 10 / Math.max(1, total);
        long now = System.nanoTime();
        if (!quiet && (tenth != lastTenth || now - lastLine > EVERY_NANOS)) {
            lastTenth = tenth;
            lastLine = now;
            double seconds = (now - began) / 1e9;
            err.printf(
                    Locale.ROOT,
                    "%s %3d %% %d/%d %s (%.1f s)%n",
                    task,
                    done * 100 / Math.max(1, total),
                    done,
                    total,
                    note,
                    seconds);
            err.flush();
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
