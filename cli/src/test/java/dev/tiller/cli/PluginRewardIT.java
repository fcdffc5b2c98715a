package dev.tiller.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tiller.rewards.RewardProvider;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A reward of the user's own, in a jar that the class path does not have. */
class PluginRewardIT {
    private static final String SOURCE =
            """
            package own;
            import dev.tiller.rewards.*;
            public final class CountA implements RewardProvider<CountA.Options> {
                public record Options(double each) {}
                public String name() { return "a-count-with-a-rather-long-name"; }
                public String description() { return "Counts A."; }
                public Class<Options> optionsType() { return Options.class; }
                public Options defaults() { return new Options(1); }
                public Reward create(Options options, RewardContext context) {
                    return new Reward() {
                        public String name() { return "a-count-with-a-rather-long-name"; }
                        public String letters() { return "ACGT"; }
                        public double[] score(Designs designs) {
                            return designs.sequences().stream()
                                .mapToDouble(d -> options.each() * d.chars().filter(c -> c == 'A').count())
                                .toArray();
                        }
                    };
                }
            }
            """;
    private static final String NAME = "a-count-with-a-rather-long-name";

    @TempDir private Path folder;

    private Path jar() throws Exception {
        Path source = Files.createDirectories(folder.resolve("src/own")).resolve("CountA.java");
        Files.writeString(source, SOURCE);
        Path classes = Files.createDirectories(folder.resolve("classes"));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        int result =
                compiler.run(
                        null,
                        OutputStream.nullOutputStream(),
                        null,
                        "-proc:none",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-d",
                        classes.toString(),
                        source.toString());
        assertEquals(0, result);
        Path jar = folder.resolve("own.jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                out.putNextEntry(
                        new JarEntry(classes.relativize(file).toString().replace('\\', '/')));
                out.write(Files.readAllBytes(file));
            }
            out.putNextEntry(new JarEntry("META-INF/services/" + RewardProvider.class.getName()));
            out.write("own.CountA\n".getBytes(StandardCharsets.UTF_8));
        }
        return jar;
    }

    @Test
    void servesEveryCommand() throws Exception {
        Path jar = jar();
        Path run = folder.resolve("run");
        List<Object> job =
                List.of(
                        "--method",
                        "best-of-n",
                        "--candidates",
                        3,
                        "--num",
                        2,
                        "--steps",
                        4,
                        "--reward",
                        NAME,
                        "--reward-option",
                        "each=2",
                        "--plugins",
                        jar);
        String designs = RunFiles.designs(run, job);
        RunFiles.rows(run)
                .forEach(
                        row ->
                                assertEquals(
                                        2.0 * row.design().replaceAll("[^A]", "").length(),
                                        row.reward()));
        Path again = folder.resolve("again");
        List<Object> replay = List.of("--job", run.resolve("job.yaml"));
        assertEquals(designs, RunFiles.designs(again, replay));
        CommandLineRun scored =
                CommandLineRun.of(
                        "score", "--reward", NAME, "--plugins", jar, run.resolve("designs.fasta"));
        assertEquals(0, scored.exitCode(), scored.err());
        assertTrue(scored.out().startsWith("id\t" + NAME + "\n"), scored.out());
        CommandLineRun list = CommandLineRun.of("rewards", "list", "--plugins", jar);
        assertTrue(list.out().contains(NAME + "  Counts A."), list.out());
        CommandLineRun shown = CommandLineRun.of("rewards", "show", NAME, "--plugins", jar);
        assertTrue(shown.out().contains("each  number  default: 1"), shown.out());
        assertEquals(2, CommandLineRun.of("rewards", "show", NAME).exitCode());
    }

    /** Long names push their columns aside for all rows alike. */
    @Test
    void columnsAreAligned() {
        for (String[] arguments : new String[][] {{"list"}, {"show", "process"}}) {
            Object[] line = Stream.concat(Stream.of("rewards"), Stream.of(arguments)).toArray();
            List<String> rows = CommandLineRun.of(line).out().lines().toList();
            List<String> table = arguments[0].equals("show") ? rows.subList(1, rows.size()) : rows;
            String mark = arguments[0].equals("show") ? "  default: " : "";
            if (mark.isEmpty()) {
                long widths =
                        table.stream()
                                .map(row -> row.length() - row.replaceFirst("^\\S+ +", "").length())
                                .distinct()
                                .count();
                assertEquals(1, widths, String.join("\n", table));
            } else {
                long places = table.stream().map(row -> row.indexOf(mark)).distinct().count();
                assertEquals(1, places, String.join("\n", table));
            }
        }
    }
}
