package dev.tiller.zoo.registry;

import dev.tiller.zoo.ModelConfig;
import dev.tiller.zoo.ModelDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Model folders on disk. */
final class ModelFolders {
    private static final int LONGEST_PROBLEM = 300;

    /** How Jackson says where it was. */
    private static final Pattern SOURCE =
            Pattern.compile("\\[Source: [^\\]]*\\bline: (\\d+), column: \\d+\\]");

    private ModelFolders() {}

    /**
     * Lists model folders.
     *
     * @return the folder itself if it is one, else those of its children that are, by name; empty
     *     if the folder does not exist
     */
    static List<Path> in(Path folder) throws IOException {
        if (isModel(folder)) {
            return List.of(folder);
        }
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(folder)) {
            return children.filter(child -> !child.getFileName().toString().startsWith("."))
                    .filter(ModelFolders::isModel)
                    .sorted()
                    .toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    static boolean isModel(Path folder) {
        return Files.isRegularFile(folder.resolve(ModelDirectory.CONFIG));
    }

    /** Reads what a folder holds; a broken one is a result, not an exception. */
    static FoundModel describe(Path folder) {
        try {
            ModelConfig config = ModelDirectory.open(folder).config();
            return new FoundModel(config.name(), folder.toString(), config, null, false);
        } catch (IllegalArgumentException | UncheckedIOException e) {
            return broken(folder, e);
        }
    }

    static FoundModel broken(Path folder, Exception e) {
        return new FoundModel(name(folder), folder.toString(), null, oneLine(e), false);
    }

    /** Returns the name of a folder, also of one that is written as "." or "..". */
    static String name(Path folder) {
        return String.valueOf(folder.toAbsolutePath().normalize().getFileName());
    }

    static String oneLine(Exception e) {
        String text = e.getMessage() == null ? e.toString() : e.getMessage();
        String line = SOURCE.matcher(text.replaceAll("\\s*\\R\\s*", " ")).replaceAll("line $1");
        return line.length() <= LONGEST_PROBLEM
                ? line
                : line.substring(0, LONGEST_PROBLEM - 3) + "...";
    }
}
