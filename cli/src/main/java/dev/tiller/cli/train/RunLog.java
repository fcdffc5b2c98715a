package dev.tiller.cli.train;

import dev.tiller.finetune.TrainingInterruptedException;
import dev.tiller.finetune.job.JobFolder;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.Consumer;

/** What a run tells of itself: to the user, and with the time to {@code log.txt} in its folder. */
public final class RunLog implements Consumer<String>, AutoCloseable {
    private final Consumer<String> user;
    private final PrintWriter file;

    /**
     * Opens the log of a run; lines are appended.
     *
     * @param folder the existing folder of the run
     * @param user told the same lines
     * @throws IOException if the file cannot be opened
     */
    public RunLog(Path folder, Consumer<String> user) throws IOException {
        this.user = user;
        this.file =
                new PrintWriter(
                        Files.newBufferedWriter(
                                folder.resolve(JobFolder.LOG),
                                StandardOpenOption.CREATE,
                                StandardOpenOption.APPEND),
                        true);
    }

    @Override
    public void accept(String line) {
        user.accept(line);
        append(line);
    }

    private void append(String line) {
        file.println(Instant.now().truncatedTo(ChronoUnit.SECONDS) + " " + line);
    }

    /**
     * Notes why a run ended before its end, in the file alone; of errors that are none of the
     * user's with the stack trace.
     *
     * @param reason the reason
     */
    public void ended(Throwable reason) {
        append("ended: " + reason.getMessage());
        boolean expected =
                reason instanceof IllegalArgumentException
                        || reason instanceof TrainingInterruptedException;
        if (!expected) {
            reason.printStackTrace(file);
        }
    }

    @Override
    public void close() {
        file.close();
    }
}
