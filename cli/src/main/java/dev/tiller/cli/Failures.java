package dev.tiller.cli;

import dev.tiller.finetune.TrainingInterruptedException;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;

/** Turns exceptions into one line on stderr and an exit code. */
final class Failures {
    /** A run stopped before its end, to be resumed. */
    static final int INTERRUPTED = 130;

    private Failures() {}

    static int report(Exception error, CommandLine command, boolean stacktrace) {
        PrintWriter err = command.getErr();
        if (stacktrace) {
            error.printStackTrace(err);
        }
        if (error instanceof TrainingInterruptedException) {
            err.println("tiller: " + error.getMessage());
            return INTERRUPTED;
        }
        if (error instanceof NoSuchFileException missing) {
            err.println("tiller: file must exist, got " + missing.getFile());
            return CommandLine.ExitCode.USAGE;
        }
        String message = error.getMessage() == null ? error.toString() : error.getMessage();
        err.println("tiller: " + message);
        return error instanceof IllegalArgumentException
                ? CommandLine.ExitCode.USAGE
                : CommandLine.ExitCode.SOFTWARE;
    }
}
