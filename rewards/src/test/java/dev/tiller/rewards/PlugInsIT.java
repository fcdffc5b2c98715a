package dev.tiller.rewards;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rewards from jars that are compiled here. */
final class PlugInsIT {
    private static final String SERVICE = "META-INF/services/dev.tiller.rewards.RewardProvider";

    /** A provider whose name is a resource of its jar; it cannot be made if that is "fail". */
    private static final String SOURCE =
            """
            package plug;

            import dev.tiller.rewards.*;

            public final class Vowels implements RewardProvider<Vowels.Options> {
                public record Options(double each) {}

                public Vowels() {
                    if (name().equals("fail")) {
                        throw new IllegalStateException("no\\nkey");
                    }
                }

                @Override public String name() {
                    try (var in = Vowels.class.getResourceAsStream("name")) {
                        return new String(in.readAllBytes());
                    } catch (java.io.IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                }

                @Override public String description() { return "A test."; }

                @Override public Class<Options> optionsType() { return Options.class; }

                @Override public Options defaults() { return new Options(1); }

                @Override public Reward create(Options options, RewardContext context) {
                    return new Counter(options.each());
                }
            }

            final class Counter implements Reward {
                private final double each;

                Counter(double each) { this.each = each; }

                @Override public String name() { return "counter"; }

                @Override public String letters() { return "ACGT"; }

                @Override public double[] score(Designs designs) {
                    return designs.sequences().stream()
                            .mapToDouble(d -> each * d.chars().filter(c -> c == 'A').count())
                            .toArray();
                }
            }
            """;

    @TempDir private static Path compiled;
    @TempDir private Path folder;

    @BeforeAll
    static void compile() throws IOException {
        Path source = Files.writeString(compiled.resolve("Vowels.java"), SOURCE);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        String path = System.getProperty("java.class.path");
        String[] arguments = {
            "-proc:none", "-cp", path, "-d", compiled.toString(), source.toString()
        };
        assertEquals(0, compiler.run(null, null, null, arguments));
    }

    /** Packs the classes with the name of the reward and the list of providers. */
    private Path jar(String file, String name, String services) throws IOException {
        Path jar = folder.resolve(file);
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                Stream<Path> made = Files.list(compiled.resolve("plug"))) {
            for (Path type : made.toList()) {
                put(out, "plug/" + type.getFileName(), Files.readAllBytes(type));
            }
            put(out, "plug/name", name.getBytes(StandardCharsets.UTF_8));
            put(out, SERVICE, services.getBytes(StandardCharsets.UTF_8));
        }
        return jar;
    }

    /** A jar that holds something, but no provider. */
    private Path library(String file) throws IOException {
        Path jar = folder.resolve(file);
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            put(out, "data.txt", new byte[] {1});
        }
        return jar;
    }

    private static void put(JarOutputStream out, String name, byte[] bytes) throws IOException {
        out.putNextEntry(new JarEntry(name));
        out.write(bytes);
        out.closeEntry();
    }

    private Path good(String file) throws IOException {
        return jar(file, "vowels", "plug.Vowels\n");
    }

    @Test
    void aJarBringsItsRewards() throws IOException {
        Path jar = good("vowels.jar");
        List<String> builtIn = Rewards.load().names();
        try (Rewards rewards = Rewards.load(List.of(jar, jar))) {
            List<String> expected = new ArrayList<>(builtIn);
            expected.add("vowels");
            assertEquals(expected.stream().sorted().toList(), rewards.names());
            try (Reward reward =
                    rewards.create("vowels", Map.of("each", "0.5"), RewardContext.cpu())) {
                assertArrayEquals(
                        new double[] {1, 0}, reward.score(new Designs(List.of("ACA", "GG"))));
            }
        }
        Files.delete(jar); // fails on Windows if the jar is still open
        assertEquals(builtIn, Rewards.load(List.of()).names());
    }

    @Test
    void aFolderMayHoldLibrariesToo() throws IOException {
        Path plugIns = Files.createDirectories(folder.resolve("plug-ins"));
        Files.move(good("vowels.jar"), plugIns.resolve("vowels.jar"));
        Files.move(library("library.jar"), plugIns.resolve("library.jar"));
        Files.writeString(plugIns.resolve("notes.txt"), "not a jar");
        try (Rewards rewards = Rewards.load(List.of(plugIns))) {
            assertTrue(rewards.names().contains("vowels"));
        }
        Files.delete(plugIns.resolve("vowels.jar"));
        assertEquals(
                "folder of plug-ins must have a jar that lists a reward provider in "
                        + SERVICE
                        + ", got "
                        + plugIns
                        + " with 1 jars and no provider",
                failure(plugIns));
    }

    @Test
    void filesThatAreNoPlugInsAreNamed() throws IOException {
        Path missing = folder.resolve("missing.jar");
        assertEquals(
                "plug-in must be a jar or a folder of jars, got "
                        + missing
                        + ", which does not exist",
                failure(missing));
        Path text = Files.writeString(folder.resolve("text.jar"), "no archive");
        String start = "plug-in " + text + " cannot be read: ";
        assertTrue(failure(text).startsWith(start), failure(text));
        for (Path silent : List.of(library("library.jar"), jar("x.jar", "x", "# none\n\n"))) {
            assertEquals(
                    "plug-in must list a reward provider in "
                            + SERVICE
                            + ", got "
                            + silent
                            + ", which has none",
                    failure(silent));
        }
    }

    @Test
    void providersThatFailAreNamed() throws IOException {
        Path wrong = jar("wrong.jar", "vowels", "plug.Consonants");
        assertEquals(
                "a reward of the plug-ins [wrong.jar] cannot be loaded; mend it or leave it out:"
                        + " dev.tiller.rewards.RewardProvider: Provider plug.Consonants not found",
                failure(wrong));
        Path failing = jar("failing.jar", "fail", "plug.Vowels");
        assertEquals(
                "a reward of the plug-ins [failing.jar] cannot be loaded; mend it or leave it"
                        + " out: dev.tiller.rewards.RewardProvider: Provider plug.Vowels could not"
                        + " be instantiated: java.lang.IllegalStateException: no key",
                failure(failing));
        Files.delete(failing);
    }

    @Test
    void namesOfBuiltInRewardsAreTaken() throws IOException {
        Path clash = jar("clash.jar", "gc-content", "plug.Vowels");
        String message = failure(clash);
        assertEquals(
                "name of a reward must be unique, got 'gc-content' from both"
                        + " dev.tiller.rewards.sequence.GcContent$Provider and plug.Vowels of"
                        + " clash.jar; remove one of them from the class path",
                message);
    }

    private static String failure(Path plugIn) {
        String message =
                assertThrows(IllegalArgumentException.class, () -> Rewards.load(List.of(plugIn)))
                        .getMessage();
        assertEquals(1, message.lines().count(), message);
        return message;
    }
}
