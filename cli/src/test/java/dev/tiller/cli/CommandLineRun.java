package dev.tiller.cli;

import dev.tiller.zoo.registry.Places;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import picocli.CommandLine;

/** One command line, run in this JVM or in one of its own. */
record CommandLineRun(int exitCode, String out, String err) {
    static CommandLineRun of(Object... arguments) {
        return of(Places.ofSystem(), arguments);
    }

    /** Runs with the user's folders elsewhere. */
    static CommandLineRun of(Places places, Object... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine command = Tiller.commandLine(places);
        command.setOut(new PrintWriter(out, true));
        command.setErr(new PrintWriter(err, true));
        int exitCode = command.execute(strings(arguments).toArray(String[]::new));
        return new CommandLineRun(exitCode, out.toString(), err.toString());
    }

    /** Starts a JVM of its own with the launcher's options, its output going to {@code log}. */
    static Process start(Path log, Object... arguments) throws Exception {
        return start(log, builder -> {}, arguments);
    }

    /** Starts such a JVM in a changed environment. */
    static Process start(Path log, Consumer<ProcessBuilder> change, Object... arguments)
            throws Exception {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(
                List.of(
                        "-XX:+UseSerialGC",
                        "-Xms64m",
                        "-Xmx1g",
                        "-XX:MinHeapFreeRatio=10",
                        "-XX:MaxHeapFreeRatio=25",
                        "--add-opens=java.base/java.nio=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Tiller.class.getName()));
        line.addAll(strings(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(log.toFile());
        change.accept(builder);
        return builder.start();
    }

    private static List<String> strings(Object... arguments) {
        List<String> strings = new ArrayList<>();
        for (Object argument : arguments) {
            strings.add(argument.toString());
        }
        return strings;
    }
}
