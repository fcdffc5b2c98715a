package dev.tiller.rewards;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/** Jars with rewards that are not on the class path. */
final class PlugIns implements AutoCloseable {
    private static final String SERVICE = "META-INF/services/" + RewardProvider.class.getName();

    private final Set<Path> jars;
    private final URLClassLoader loader;

    private PlugIns(Set<Path> jars, ClassLoader application) {
        this.jars = jars;
        URL[] urls = jars.stream().map(PlugIns::url).toArray(URL[]::new);
        this.loader = new URLClassLoader("plug-ins", urls, application);
    }

    /**
     * Opens jars.
     *
     * @param files jars and folders of jars
     * @param application where the classes of the program come from
     */
    static PlugIns open(List<Path> files, ClassLoader application) {
        Set<Path> jars = new LinkedHashSet<>();
        for (Path file : files) {
            try {
                jars.addAll(jarsOf(file));
            } catch (IOException e) {
                throw new IllegalArgumentException(
                        "plug-in " + file + " cannot be read: " + e.getMessage(), e);
            }
        }
        return new PlugIns(jars, application);
    }

    private static List<Path> jarsOf(Path file) throws IOException {
        if (!Files.exists(file)) {
            throw new IllegalArgumentException(
                    "plug-in must be a jar or a folder of jars, got "
                            + file
                            + ", which does not exist");
        }
        if (!Files.isDirectory(file)) {
            if (!listsProvider(file)) {
                throw new IllegalArgumentException(
                        "plug-in must list a reward provider in "
                                + SERVICE
                                + ", got "
                                + file
                                + ", which has none");
            }
            return List.of(file.toRealPath());
        }
        List<Path> jars = new ArrayList<>();
        boolean provider = false;
        for (Path jar : jarsIn(file)) {
            jars.add(jar.toRealPath());
            provider |= listsProvider(jar);
        }
        if (!provider) {
            throw new IllegalArgumentException(
                    "folder of plug-ins must have a jar that lists a reward provider in "
                            + SERVICE
                            + ", got "
                            + file
                            + " with "
                            + jars.size()
                            + " jars and no provider");
        }
        return jars;
    }

    private static List<Path> jarsIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
        }
    }

    private static boolean listsProvider(Path file) throws IOException {
        try (JarFile jar = new JarFile(file.toFile())) {
            JarEntry list = jar.getJarEntry(SERVICE);
            if (list == null) {
                return false;
            }
            String text = new String(jar.getInputStream(list).readAllBytes(), UTF_8);
            return text.lines().anyMatch(line -> !line.isBlank() && !line.startsWith("#"));
        }
    }

    private static URL url(Path jar) {
        try {
            return jar.toUri().toURL();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes the providers of the program and of the jars. */
    List<RewardProvider<?>> providers() {
        List<RewardProvider<?>> found = new ArrayList<>();
        try {
            for (RewardProvider<?> provider : ServiceLoader.load(RewardProvider.class, loader)) {
                provider.name(); // fails here, where the jars can be named
                found.add(provider);
            }
        } catch (ServiceConfigurationError | LinkageError | RuntimeException e) {
            String reason = e.getCause() == null ? "" : ": " + e.getCause();
            throw new IllegalArgumentException(
                    "a reward of the plug-ins "
                            + jars.stream().map(jar -> jar.getFileName().toString()).toList()
                            + " cannot be loaded; mend it or leave it out: "
                            + (e.getMessage() + reason).replaceAll("\\s+", " "),
                    e);
        }
        return found;
    }

    /** Says which jar a class is from: " of NAME", or nothing if it is from none of these. */
    String placeOf(Class<?> type) {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        if (type.getClassLoader() != loader || source == null) {
            return "";
        }
        String place = source.getLocation().getPath();
        return " of " + place.substring(place.lastIndexOf('/') + 1);
    }

    /** Closes the jars. */
    @Override
    public void close() {
        try {
            loader.close();
        } catch (IOException e) {
            throw new UncheckedIOException("plug-ins cannot be closed", e);
        }
    }
}
