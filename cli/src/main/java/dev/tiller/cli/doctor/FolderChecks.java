package dev.tiller.cli.doctor;

import dev.tiller.zoo.registry.FoundModel;
import dev.tiller.zoo.registry.Places;
import dev.tiller.zoo.registry.Registry;
import dev.tiller.zoo.registry.Sizes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Checks the folders of the user. */
public final class FolderChecks {
    private static final long LITTLE_SPACE = 200_000_000;

    private final Places places;

    /**
     * Prepares checks.
     *
     * @param places the folders
     */
    public FolderChecks(Places places) {
        this.places = places;
    }

    /**
     * Checks the cache.
     *
     * @return where it is, and whether it can be used
     */
    public Section cache() {
        return Section.of(
                "Cache",
                "set " + Places.CACHE + " to a folder that can be written",
                notes -> {
                    Path cache = places.cache();
                    notes.fact("folder", cache);
                    if (Files.isDirectory(cache)) {
                        notes.fact("size", Sizes.text(size(cache)));
                    } else {
                        notes.fact("size", "not there yet, made when needed");
                    }
                    Path existing = nearest(cache);
                    if (!Files.isDirectory(existing) || !Files.isWritable(existing)) {
                        notes.problem(
                                "cache must be a folder that can be written, got "
                                        + cache
                                        + (Files.exists(cache) ? "" : " in " + existing)
                                        + "; set "
                                        + Places.CACHE
                                        + " to another");
                        return;
                    }
                    long space = Files.getFileStore(existing).getUsableSpace();
                    notes.fact("free space", Sizes.text(space));
                    if (space < LITTLE_SPACE) {
                        notes.problem(
                                "file system of the cache should have 200 MB free, got "
                                        + Sizes.text(space)
                                        + "; make room or set "
                                        + Places.CACHE
                                        + " to another");
                    }
                });
    }

    /**
     * Checks where models are.
     *
     * @return the folders, the models in them, and what is wrong with some
     */
    public Section models() {
        return Section.of(
                "Models",
                "see " + Places.MODELS + " and " + Places.HOME,
                notes -> {
                    List<Path> named = places.namedFolders();
                    for (Path folder : named) {
                        notes.fact(folder.toString(), "of " + Places.MODELS);
                        if (!Files.isDirectory(folder)) {
                            notes.problem(
                                    Places.MODELS
                                            + " must name folders, got "
                                            + folder
                                            + (Files.exists(folder)
                                                    ? ", which is a file"
                                                    : ", which is not there")
                                            + "; take it out or make it");
                        }
                    }
                    Path own = places.models();
                    notes.fact(
                            own.toString(),
                            Files.isDirectory(own)
                                    ? "your own"
                                    : "your own; not there yet, made when needed");
                    count(new Registry(places), notes);
                });
    }

    private static void count(Registry registry, Section.Notes notes) {
        int builtIn = 0;
        int others = 0;
        for (FoundModel model : registry.models()) {
            if (model.problem() != null) {
                notes.problem(
                        "model folder "
                                + model.place()
                                + " is broken: "
                                + model.problem()
                                + "; mend or remove it");
            } else if (model.place().equals(Registry.BUILT_IN)) {
                builtIn++;
            } else {
                others++;
                if (model.shadowed()) {
                    notes.fact(
                            model.place(),
                            "shadowed by a model that is found first, both named '"
                                    + model.name()
                                    + "'");
                }
            }
        }
        notes.fact("found", builtIn + " built in, " + others + " in folders");
        for (String problem : registry.remotes().problems()) {
            notes.problem(problem + "; mend or remove that file");
        }
    }

    /** Returns the folder, or the nearest one above it that exists. */
    private static Path nearest(Path folder) {
        Path existing = folder.toAbsolutePath().normalize();
        while (existing.getParent() != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        return existing;
    }

    private static long size(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).mapToLong(FolderChecks::fileSize).sum();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static long fileSize(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            // another process has just deleted it
            return 0;
        }
    }
}
