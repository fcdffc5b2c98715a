package dev.tiller.zoo.registry;

import java.io.File;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * The folders of this user: all that Tiller takes from the environment to find files.
 *
 * <p>Linux follows the XDG base directory specification, macOS {@code ~/Library}, Windows {@code
 * %LOCALAPPDATA%}. Nothing is created here.
 *
 * @param env the environment variables
 * @param userHome the user's home folder
 * @param osName the name of the operating system, as the property {@code os.name} spells it
 */
public record Places(Map<String, String> env, Path userHome, String osName) {
    /** Names folders that hold models, separated like the folders of PATH. */
    public static final String MODELS = "TILLER_MODELS";

    /** Names the folder of what Tiller keeps for the user, in place of the system's usual one. */
    public static final String HOME = "TILLER_HOME";

    /** Names the folder of what may be deleted at any time, in place of the usual one. */
    public static final String CACHE = "TILLER_CACHE";

    private static final String NAME = "tiller";

    /** Copies the environment. */
    public Places {
        env = Map.copyOf(env);
        Objects.requireNonNull(userHome);
        Objects.requireNonNull(osName);
    }

    /**
     * Reads the environment of this process.
     *
     * @return the places of the user who runs it
     */
    public static Places ofSystem() {
        String home = System.getProperty("user.home", "");
        // the JVM says "?" of a user whom the system does not know
        if (home.isBlank() || home.equals("?")) {
            home = System.getenv().getOrDefault("HOME", ".");
        }
        return new Places(System.getenv(), Path.of(home), System.getProperty("os.name", ""));
    }

    /**
     * Returns the folder of what can be made again, such as exported graphs.
     *
     * @return {@code $TILLER_CACHE}, or {@code tiller} in the system's cache folder
     * @throws IllegalArgumentException if {@code TILLER_CACHE} is not a path
     */
    public Path cache() {
        Path chosen = folder(CACHE);
        if (chosen != null) {
            return chosen;
        }
        if (isWindows()) {
            return localAppData().resolve(NAME).resolve("cache");
        }
        return isMac()
                ? userHome.resolve("Library").resolve("Caches").resolve(NAME)
                : xdg("XDG_CACHE_HOME", ".cache").resolve(NAME);
    }

    /**
     * Returns the user's own folder of models, to which they are fetched.
     *
     * @return {@code models} in {@code $TILLER_HOME} or in the system's folder of user data
     * @throws IllegalArgumentException if {@code TILLER_HOME} is not a path
     */
    public Path models() {
        return data().resolve("models");
    }

    /**
     * Returns the folders that the user named.
     *
     * @return the folders of {@code TILLER_MODELS} in their order, whether they exist or not
     * @throws IllegalArgumentException if one of them is not a path
     */
    public List<Path> namedFolders() {
        List<Path> folders = new ArrayList<>();
        for (String part : env.getOrDefault(MODELS, "").split(File.pathSeparator)) {
            if (!part.isBlank()) {
                folders.add(path(MODELS, part.strip()));
            }
        }
        return folders;
    }

    /**
     * Returns where models are looked for.
     *
     * @return the folders of {@code TILLER_MODELS}, and last the user's own
     * @throws IllegalArgumentException if one of them is not a path
     */
    public List<Path> searchPath() {
        List<Path> folders = namedFolders();
        folders.add(models());
        return List.copyOf(folders);
    }

    private Path data() {
        Path chosen = folder(HOME);
        if (chosen != null) {
            return chosen;
        }
        if (isWindows()) {
            return localAppData().resolve(NAME);
        }
        return isMac()
                ? userHome.resolve("Library").resolve("Application Support").resolve(NAME)
                : xdg("XDG_DATA_HOME", ".local/share").resolve(NAME);
    }

    /** The specification says that a relative path in these variables is to be ignored. */
    private Path xdg(String variable, String otherwise) {
        Path chosen = folder(variable);
        return chosen != null && chosen.isAbsolute() ? chosen : userHome.resolve(otherwise);
    }

    private Path localAppData() {
        Path chosen = folder("LOCALAPPDATA");
        return chosen != null ? chosen : userHome.resolve("AppData").resolve("Local");
    }

    private Path folder(String variable) {
        String value = env.getOrDefault(variable, "").strip();
        return value.isEmpty() ? null : path(variable, value);
    }

    private static Path path(String variable, String value) {
        try {
            return Path.of(value);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(
                    variable + " must name folders, got '" + value + "': " + e.getReason(), e);
        }
    }

    private boolean isWindows() {
        return osName.toLowerCase(Locale.ROOT).startsWith("windows");
    }

    private boolean isMac() {
        return osName.toLowerCase(Locale.ROOT).startsWith("mac");
    }
}
