package dev.tiller.rewards.external;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Reads all that a process writes to its standard error, so that the process never waits for a
 * reader, and keeps the last lines.
 */
final class StderrTail implements Runnable {
    private static final int LINES = 20;
    private static final int LINE_LENGTH = 300;

    private final InputStream stderr;
    private final Deque<String> lines = new ArrayDeque<>();
    private final StringBuilder line = new StringBuilder();

    StderrTail(InputStream stderr) {
        this.stderr = stderr;
    }

    @Override
    public void run() {
        char[] buffer = new char[8192];
        try (Reader reader = new InputStreamReader(stderr, StandardCharsets.UTF_8)) {
            for (int n = reader.read(buffer); n >= 0; n = reader.read(buffer)) {
                add(buffer, n);
            }
        } catch (IOException e) {
            add(("standard error cannot be read: " + e).toCharArray());
        }
    }

    private void add(char[] text) {
        add(text, text.length);
    }

    private synchronized void add(char[] text, int length) {
        for (int i = 0; i < length; i++) {
            if (text[i] == '\n') {
                endLine();
            } else if (line.length() < LINE_LENGTH && !Character.isISOControl(text[i])) {
                line.append(text[i]);
            }
        }
    }

    private void endLine() {
        lines.add(line.toString());
        line.setLength(0);
        if (lines.size() > LINES) {
            lines.remove();
        }
    }

    /** The last lines of a process that runs, after a moment in which they can arrive. */
    List<String> linesSoon() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return lines();
    }

    /** The last lines, oldest first; long ones are cut. */
    synchronized List<String> lines() {
        List<String> all = new ArrayList<>(lines);
        if (!line.isEmpty()) {
            all.add(line.toString());
        }
        return all;
    }
}
