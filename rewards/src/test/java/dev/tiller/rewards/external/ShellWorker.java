package dev.tiller.rewards.external;

import dev.tiller.rewards.Notation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * A worker in shell that scores a design by its number of A, and misbehaves as told. It notes each
 * start, and each design for which it printed a right score.
 */
record ShellWorker(Path folder) {
    private static final String SCRIPT =
            """
            folder=$1
            echo started >> "$folder/starts"
            answer() { # prints the right answer to request $line
              printf '%s\\n' "$line" | awk -v seen="$folder/seen" -v id="${1:-$id}" '{
                  sub(/^.*\\[/, ""); sub(/\\].*$/, ""); gsub(/["]/, "")
                  n = split($0, designs, ","); scores = ""
                  for (i = 1; i <= n; i++) {
                    print designs[i] >> seen
                    scores = scores (i > 1 ? "," : "") gsub(/A/, "A", designs[i])
                  }
                  close(seen)
                  printf "{\\"id\\":%s,\\"scores\\":[%s]}\\n", id, scores
                }'
            }
            echo '{"ready":true,"version":"7"}'
            n=0
            while IFS= read -r line; do
              n=$((n + 1))
              id=${line#*:}
              id=${id%%,*}
              BODY
            done
            echo ended >> "$folder/ends"
            """;

    /** Writes the script; the body handles one request and may use $id, $n, $line and answer. */
    ProcessReward.Options options(String body, int workers, int batchSize, double seconds) {
        Path script = folder.resolve("worker.sh");
        try {
            Files.writeString(script, SCRIPT.replace("BODY", body));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        requireShell();
        ProcessReward.Options defaults = ProcessReward.Options.defaults();
        return new ProcessReward.Options(
                List.of("sh", script.toString(), folder.toString()),
                workers,
                batchSize,
                seconds,
                20,
                2,
                defaults.letters(),
                defaults.direction(),
                defaults.onFailure(),
                null,
                null,
                "",
                Notation.SEQUENCE);
    }

    /** The lines of a note: starts, seen, ends. */
    List<String> lines(String note) {
        Path file = folder.resolve(note);
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void requireShell() {
        Assumptions.assumeTrue(runs("sh", "-c", "echo | awk '{ exit 0 }'"), "needs sh and awk");
    }

    static boolean runs(String... command) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
