package dev.tiller.zoo.registry;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.tiller.zoo.ModelDirectory;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A model that is known by name and can be fetched: a model folder, or a checkpoint as its authors
 * published it.
 *
 * @param name its name, and that of its folder once it is fetched
 * @param description one line
 * @param licence the licence of the weights, or that none is stated
 * @param source who published it, where
 * @param files all its files, at least one
 */
public record RemoteModel(
        String name, String description, String licence, String source, List<RemoteFile> files) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,99}");

    /** Checks that the name can be that of a folder, and that no file is there twice. */
    public RemoteModel {
        if (name == null || !NAME.matcher(name).matches() || name.endsWith(".")) {
            throw new IllegalArgumentException(
                    "name of a remote model must be letters, digits, '-', '_' and '.', got '"
                            + name
                            + "'");
        }
        description = filled(name, "description", description);
        licence = filled(name, "licence", licence);
        source = filled(name, "source", source);
        if (files == null || files.isEmpty() || files.stream().anyMatch(Objects::isNull)) {
            throw new IllegalArgumentException(
                    "files of remote model '" + name + "' must be one or more, got " + files);
        }
        files = List.copyOf(files);
        Set<String> paths = new HashSet<>();
        for (RemoteFile file : files) {
            // some systems take two names that differ in case for one
            if (!paths.add(file.path().toLowerCase(Locale.ROOT))) {
                throw new IllegalArgumentException(
                        "files of remote model '"
                                + name
                                + "' must have different paths, got '"
                                + file.path()
                                + "' twice");
            }
        }
    }

    private static String filled(String name, String key, String value) {
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException(
                    key + " of remote model '" + name + "' must be given, got " + value);
        }
        return value;
    }

    /**
     * Tells whether the files make up a model folder.
     *
     * @return false for a checkpoint: one of GDSS is a model as it is, others must be converted
     */
    @JsonIgnore
    public boolean isModelFolder() {
        return files.stream().anyMatch(file -> file.path().equals(ModelDirectory.CONFIG));
    }

    /**
     * Returns the size.
     *
     * @return the bytes of all files
     */
    @JsonIgnore
    public long bytes() {
        return files.stream().mapToLong(RemoteFile::bytes).sum();
    }
}
