package dev.tiller.zoo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Makes a model folder under a temporary name, so that it appears whole or not at all. */
final class FolderWriter {
    /** Fills a folder. */
    @FunctionalInterface
    interface Content {
        void write(Path folder) throws IOException;
    }

    private FolderWriter() {}

    static ModelDirectory write(Path folder, Content content) throws IOException {
        Path target = folder.toAbsolutePath().normalize();
        requireFree(target);
        Path parent = target.getParent();
        Files.createDirectories(parent);
        long process = ProcessHandle.current().pid();
        Path part = parent.resolve(target.getFileName() + "." + process + ".part");
        delete(part);
        try {
            content.write(part);
            Files.deleteIfExists(target);
            Files.move(part, target);
        } finally {
            delete(part);
        }
        return ModelDirectory.open(folder);
    }

    private static void requireFree(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        boolean free = Files.isDirectory(folder);
        if (free) {
            try (Stream<Path> entries = Files.list(folder)) {
                free = entries.findAny().isEmpty();
            }
        }
        if (!free) {
            throw new IllegalArgumentException(
                    "output must be a new or empty folder, got " + folder + "; remove it first");
        }
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
