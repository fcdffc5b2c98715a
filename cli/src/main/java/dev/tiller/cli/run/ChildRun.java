package dev.tiller.cli.run;

import dev.tiller.cli.Tiller;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One command line in a JVM of its own, so that its time and memory are its own. Its output goes to
 * a log beside its run folder. It ends with this JVM.
 */
public final class ChildRun {
    private static final Set<Process> LIVE = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> LIVE.forEach(Process::destroy), "child runs"));
    }

    private ChildRun() {}

    /**
     * Runs a command line and waits for it.
     *
     * @param arguments arguments of {@code tiller}
     * @param log receives what it prints
     * @return its exit code
     * @throws IOException if it cannot be started
     */
    public static int execute(List<String> arguments, Path log) throws IOException {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (!option.startsWith("-agentlib")
                    && !option.startsWith("-javaagent")
                    && !option.startsWith("-Dtiller.tty")) {
                line.add(option);
            }
        }
        line.add("--add-opens=java.base/java.nio=ALL-UNNAMED"); // Arrow; said by the jar's manifest
        line.add("-cp");
        line.add(absolute(System.getProperty("java.class.path")));
        line.add(Tiller.class.getName());
        line.addAll(arguments);
        Process child =
                new ProcessBuilder(line)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        LIVE.add(child);
        try {
            return child.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + log, e);
        } finally {
            child.destroy();
            LIVE.remove(child);
        }
    }

    private static String absolute(String classPath) {
        List<String> entries = new ArrayList<>();
        for (String entry : classPath.split(File.pathSeparator)) {
            entries.add(Path.of(entry).toAbsolutePath().toString());
        }
        return String.join(File.pathSeparator, entries);
    }

    /**
     * Returns what went wrong.
     *
     * @param log what a run printed
     * @return the last line that says so
     * @throws IOException if the log cannot be read
     */
    public static String reason(Path log) throws IOException {
        return Files.readAllLines(log).stream()
                .filter(text -> text.startsWith("tiller:"))
                .map(text -> text.substring("tiller:".length()).strip())
                .reduce((first, second) -> second)
                .orElse("see " + log);
    }
}
