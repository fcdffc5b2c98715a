package dev.tiller.zoo.registry;

import dev.tiller.rewards.Spelling;
import dev.tiller.zoo.ModelDirectory;
import dev.tiller.zoo.ModelZoo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * All models there are, by name: the built-in ones, those in the folders of {@code TILLER_MODELS}
 * in their order, those in the user's own folder, and those that can be fetched. Where a name is
 * found twice, the first is meant.
 *
 * <p>A folder that is named may be a model folder or hold model folders. A model is called as its
 * config.json says; where no model is called so, the name of a folder is taken.
 *
 * <p>Folders are read anew by each call. Nothing is fetched and no engine is started.
 */
public final class Registry {
    /** The place of a model that comes with the program. */
    public static final String BUILT_IN = "built-in";

    private final Places places;

    /**
     * Makes a registry.
     *
     * @param places where to look
     */
    public Registry(Places places) {
        this.places = Objects.requireNonNull(places);
    }

    /**
     * What can be fetched.
     *
     * @param models the models; of two with one name the first is meant
     * @param problems one line for each list that cannot be read
     */
    public record Remotes(List<RemoteModel> models, List<String> problems) {
        /** Copies the lists. */
        public Remotes {
            models = List.copyOf(models);
            problems = List.copyOf(problems);
        }
    }

    /**
     * Returns the registry of this process's environment.
     *
     * @return a new registry
     */
    public static Registry ofSystem() {
        return new Registry(Places.ofSystem());
    }

    /**
     * Finds a model.
     *
     * @param nameOrPath the name of a model that is here, a folder that holds config.json, or a
     *     checkpoint of GDSS
     * @return the model
     * @throws IllegalArgumentException if there is none, or it is broken; the text says what was
     *     looked for where
     */
    public ModelDirectory find(String nameOrPath) {
        if (ModelZoo.names().contains(nameOrPath)) {
            return ModelZoo.builtIn(nameOrPath);
        }
        Optional<Path> file = checkpoint(nameOrPath);
        if (file.isPresent()) {
            return ModelDirectory.ofCheckpoint(file.get());
        }
        Optional<Path> folder = explicit(nameOrPath).or(() -> search(nameOrPath));
        if (folder.isEmpty()) {
            return fetchedCheckpoint(nameOrPath).orElseThrow(() -> unknown(nameOrPath));
        }
        return ModelDirectory.open(folder.get());
    }

    /**
     * Lists the models that are here.
     *
     * @return first the built-in ones by name, then those of each folder in the order of the search
     */
    public List<FoundModel> models() {
        List<FoundModel> models = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (String name : ModelZoo.names()) {
            names.add(name);
            models.add(
                    new FoundModel(name, BUILT_IN, ModelZoo.builtIn(name).config(), null, false));
        }
        for (FoundModel model : inFolders()) {
            boolean shadowed = !names.add(model.name());
            models.add(
                    new FoundModel(
                            model.name(),
                            model.place(),
                            model.config(),
                            model.problem(),
                            shadowed));
        }
        return models;
    }

    /**
     * Lists the models that can be fetched: those that come with the program, then those of each
     * {@code remote.json} in the folders of the search.
     *
     * @return the models, fetched or not
     */
    public Remotes remotes() {
        List<RemoteModel> models = new ArrayList<>(RemoteList.builtIn().models());
        List<String> problems = new ArrayList<>();
        for (Path folder : places.searchPath()) {
            Path file = folder.resolve(RemoteList.FILE);
            if (Files.exists(file)) {
                try {
                    models.addAll(RemoteList.read(file).models());
                } catch (IllegalArgumentException e) {
                    problems.add(ModelFolders.oneLine(e));
                } catch (IOException e) {
                    problems.add(file + " cannot be read: " + ModelFolders.oneLine(e));
                }
            }
        }
        return new Remotes(models, problems);
    }

    /**
     * Finds a model that can be fetched.
     *
     * @param name its name
     * @return the model
     * @throws IllegalArgumentException if none has this name
     */
    public RemoteModel remote(String name) {
        List<RemoteModel> models = remotes().models();
        return models.stream()
                .filter(model -> model.name().equals(name))
                .findFirst()
                .orElseThrow(() -> unknownRemote(name, models));
    }

    /**
     * Tells where a remote model is, if it was fetched.
     *
     * @param model the model
     * @return the folder of its name in a folder of the search that has all its files in their
     *     right size; contents are not compared
     */
    public Optional<Path> fetched(RemoteModel model) {
        return places.searchPath().stream()
                .map(folder -> folder.resolve(model.name()))
                .filter(folder -> model.files().stream().allMatch(file -> isThere(folder, file)))
                .findFirst();
    }

    private static boolean isThere(Path folder, RemoteFile file) {
        try {
            Path path = folder.resolve(file.path());
            return Files.isRegularFile(path) && Files.size(path) == file.bytes();
        } catch (IOException e) {
            return false;
        }
    }

    /** A published checkpoint that can be used as it is. */
    private Optional<ModelDirectory> fetchedCheckpoint(String name) {
        for (RemoteModel remote : remotes().models()) {
            Optional<Path> folder = fetched(remote);
            if (remote.name().equals(name) && folder.isPresent() && remote.files().size() == 1) {
                try {
                    Path file = folder.get().resolve(remote.files().get(0).path());
                    return Optional.of(ModelDirectory.ofCheckpoint(file));
                } catch (IllegalArgumentException e) {
                    // of a kind that must be converted, which the caller says
                    return Optional.empty();
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<Path> explicit(String path) {
        try {
            return Optional.of(Path.of(path))
                    .filter(folder -> !path.isBlank() && ModelFolders.isModel(folder));
        } catch (InvalidPathException e) {
            // not a path on this system, so not a folder either
            return Optional.empty();
        }
    }

    private static Optional<Path> checkpoint(String path) {
        try {
            return Optional.of(Path.of(path))
                    .filter(file -> !path.isBlank() && Files.isRegularFile(file));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private Optional<Path> search(String name) {
        List<FoundModel> models = inFolders();
        Stream<FoundModel> byName = models.stream().filter(m -> m.name().equals(name));
        Stream<FoundModel> byFolder =
                models.stream().filter(m -> ModelFolders.name(Path.of(m.place())).equals(name));
        return Stream.concat(byName, byFolder).map(m -> Path.of(m.place())).findFirst();
    }

    private List<FoundModel> inFolders() {
        List<FoundModel> models = new ArrayList<>();
        Set<Path> seen = new HashSet<>();
        for (Path folder : places.searchPath()) {
            try {
                for (Path model : ModelFolders.in(folder)) {
                    // a folder that is named twice, or inside another that is named
                    if (seen.add(model.toAbsolutePath().normalize())) {
                        models.add(ModelFolders.describe(model));
                    }
                }
            } catch (IOException e) {
                models.add(ModelFolders.broken(folder, e));
            }
        }
        return models;
    }

    private IllegalArgumentException unknown(String name) {
        Remotes remotes = remotes();
        for (RemoteModel remote : remotes.models()) {
            if (remote.name().equals(name)) {
                return notUsable(remote);
            }
        }
        Set<String> known = new TreeSet<>(ModelZoo.names());
        inFolders().forEach(model -> known.add(model.name()));
        remotes.models().forEach(model -> known.add(model.name()));
        Stream<String> looked = places.searchPath().stream().map(Path::toString);
        List<String> names = ModelZoo.names();
        return new IllegalArgumentException(
                "unknown model '"
                        + name
                        + "'"
                        + Spelling.suggestion(name, known)
                        + "; built-in models: "
                        + (names.isEmpty() ? "none" : String.join(", ", names))
                        + "; looked in "
                        + String.join(", ", looked.toList())
                        + "; or give a folder that holds "
                        + ModelDirectory.CONFIG);
    }

    private IllegalArgumentException notUsable(RemoteModel remote) {
        Optional<Path> folder = fetched(remote);
        return new IllegalArgumentException(
                folder.isEmpty()
                        ? "model '"
                                + remote.name()
                                + "' was not fetched; run: tiller models fetch "
                                + remote.name()
                        : "model '"
                                + remote.name()
                                + "' is a published checkpoint in "
                                + folder.get()
                                + ", not a model folder; make one with: tiller models convert");
    }

    private static IllegalArgumentException unknownRemote(String name, List<RemoteModel> models) {
        List<String> names = models.stream().map(RemoteModel::name).distinct().toList();
        return new IllegalArgumentException(
                "unknown remote model '"
                        + name
                        + "'"
                        + Spelling.suggestion(name, names)
                        + "; models that can be fetched: "
                        + String.join(", ", names));
    }
}
