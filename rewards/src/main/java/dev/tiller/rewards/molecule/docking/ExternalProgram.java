package dev.tiller.rewards.molecule.docking;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a program once, in a folder of its own, for a limited time. */
final class ExternalProgram {
    private static final String LOG = "program.log";

    private ExternalProgram() {}

    /**
     * Checks that a program is there.
     *
     * @throws IllegalArgumentException if it is not; names the Debian package that has it
     */
    static void require(String option, String program, String debianPackage) {
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

    private static boolean isThere(String program) {
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

    /** Runs a program and throws the failure of the step if it does not end well in time. */
    static void run(DockStep step, List<String> command, Path folder, double seconds)
            throws DockFailure, IOException, InterruptedException {
        Path log = folder.resolve(LOG);
        Process process =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        try {
            process.getOutputStream().close();
            if (!process.waitFor((long) (1e9 * seconds), TimeUnit.NANOSECONDS)) {
                throw new DockFailure(step, "no end within " + seconds + " s");
            }
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        if (process.exitValue() != 0) {
            throw new DockFailure(step, "exit code " + process.exitValue() + lastLine(folder));
        }
    }

    /** Returns what the program of the last run said last, after a colon. */
    static String lastLine(Path folder) throws IOException {
        byte[] bytes = Files.readAllBytes(folder.resolve(LOG));
        String last =
                new String(bytes, StandardCharsets.UTF_8)
                        .lines()
                        .filter(line -> !line.isBlank())
                        .reduce("", (before, line) -> line.strip());
        return last.isEmpty() ? "" : ": " + last;
    }
}
