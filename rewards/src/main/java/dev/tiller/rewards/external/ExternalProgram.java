package dev.tiller.rewards.external;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs a program once, for a limited time. */
public final class ExternalProgram {
    private ExternalProgram() {}

    /**
     * Checks that a program is there.
     *
     * @param option the name of the option that names the program, for the error
     * @param program a path, or a name to look for in the folders of {@code PATH}
     * @param debianPackage the Debian package that has it
     * @throws IllegalArgumentException if it is not; names the package
     */
    public static void require(String option, String program, String debianPackage) {
        if (!isThere(program)) {
            throw new IllegalArgumentException(
                    option
                            + " must be an installed program, got '"
                            + program
                            + "' which is not found; install the Debian package "
                            + debianPackage
                            + " or set the option to the path of the program");
        }
    }

    /**
     * Tells whether a program is there.
     *
     * @param program a path, or a name to look for in the folders of {@code PATH}
     * @return whether it can be run
     */
    public static boolean isThere(String program) {
        if (program.indexOf(File.separatorChar) >= 0) {
            return Files.isExecutable(Path.of(program));
        }
        String folders = System.getenv().getOrDefault("PATH", "");
        for (String folder : folders.split(File.pathSeparator)) {
            if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, program))) {
                return true;
            }
        }
        return false;
    }

    /**
     * Runs a program. It and all that it has started end when the time is over or the thread is
     * interrupted.
     *
     * @param command the program and its arguments
     * @param directory where it runs; null for where this program runs
     * @param log a file for all that it says
     * @param seconds how long it may take
     * @throws ProgramFailure if it does not end with exit code 0 in time
     * @throws IOException if it cannot be started
     * @throws InterruptedException if the thread is interrupted
     */
    public static void run(List<String> command, Path directory, Path log, double seconds)
            throws ProgramFailure, IOException, InterruptedException {
        Process process =
                new ProcessBuilder(command)
                        .directory(directory == null ? null : directory.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        try {
            process.getOutputStream().close();
            if (!process.waitFor((long) (1e9 * seconds), TimeUnit.NANOSECONDS)) {
                throw new ProgramFailure("no end within " + seconds + " s");
            }
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        if (process.exitValue() != 0) {
            throw new ProgramFailure("exit code " + process.exitValue() + lastLine(log));
        }
    }

    /**
     * Returns what a program said last.
     *
     * @param log the file with all that it said
     * @return its last line after a colon; empty if it said nothing
     * @throws IOException if the file cannot be read
     */
    public static String lastLine(Path log) throws IOException {
        String last =
                new String(Files.readAllBytes(log), StandardCharsets.UTF_8)
                        .lines()
                        .filter(line -> !line.isBlank())
                        .reduce("", (before, line) -> line.strip());
        return last.isEmpty() ? "" : ": " + last;
    }

    /**
     * Removes a folder with all that is in it.
     *
     * @param folder the folder
     * @throws IOException if it cannot be removed
     */
    public static void deleteFolder(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
