package dev.tiller.rewards.external;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;

/**
 * Reads the lines that a process prints into a queue of bounded size, and in the end why there are
 * no more.
 */
final class OutputReader implements Runnable {
    private static final String ENDED_WITHIN_LINE = "within a line, it ended";
    private static final String ENDED = "it ended";

    private final InputStream stdout;
    private final int mostBytes;
    private final BlockingQueue<Output> outputs;

    OutputReader(InputStream stdout, int mostBytes, BlockingQueue<Output> outputs) {
        this.stdout = stdout;
        this.mostBytes = mostBytes;
        this.outputs = outputs;
    }

    @Override
    public void run() {
        try {
            outputs.put(new Output(null, readLines()));
        } catch (InterruptedException e) {
            return; // the process was killed, nobody asks for more
        }
    }

    /** Reads until the end; returns why it is the end. */
    private String readLines() throws InterruptedException {
        try (InputStream in = new BufferedInputStream(stdout)) {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int b = in.read(); b >= 0; b = in.read()) {
                if (b == '\n') {
                    outputs.put(new Output(line.toString(StandardCharsets.UTF_8), null));
                    line.reset();
                } else if (line.size() == mostBytes) {
                    return "it printed a line of more than " + mostBytes + " bytes";
                } else {
                    line.write(b);
                }
            }
            return line.size() == 0 ? ENDED : ENDED_WITHIN_LINE;
        } catch (IOException e) {
            return "its output cannot be read (" + e.getMessage() + ")";
        }
    }

    /**
     * A line, or why there are no more.
     *
     * @param line the line without its end, or null
     * @param end the reason, or null
     */
    record Output(String line, String end) {

        /** Whether the process closed its output, as it does when it ends. */
        boolean ended() {
            return ENDED.equals(end) || ENDED_WITHIN_LINE.equals(end);
        }
    }
}
