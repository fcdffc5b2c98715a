package dev.tiller.zoo.registry;

import dev.tiller.zoo.weights.Digests;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Fetches models: the only class that opens connections.
 *
 * <p>Files are fetched to a folder beside the model's, verified by size and SHA-256, and moved into
 * place together when all are there. What an interrupted attempt left is continued by the next.
 * Proxies are those of the JVM's standard properties ({@code https.proxyHost} and so on).
 */
public final class Fetcher {
    private final HttpClient client;
    private final Options options;

    /**
     * How long to wait.
     *
     * @param connect for a connection
     * @param idle for an answer, and then for each piece of it
     */
    public record Options(Duration connect, Duration idle) {
        /** What slow lines need. */
        public static final Options DEFAULTS =
                new Options(Duration.ofSeconds(15), Duration.ofSeconds(60));

        /** Checks that both are positive. */
        public Options {
            if (connect.isNegative() || connect.isZero() || idle.isNegative() || idle.isZero()) {
                throw new IllegalArgumentException(
                        "time-outs must be positive, got " + connect + " and " + idle);
            }
        }
    }

    /** Is told how far a model is. */
    @FunctionalInterface
    public interface Listener {
        /**
         * Called now and then, from the thread that fetches.
         *
         * @param done the bytes of the model that are here
         * @param total the bytes of the model
         * @param file the file that is being fetched
         */
        void at(long done, long total, String file);
    }

    /**
     * Where a model is.
     *
     * @param folder its folder
     * @param anew false if it was there already, and right
     */
    public record Fetched(Path folder, boolean anew) {}

    /**
     * Makes a fetcher.
     *
     * @param options how long to wait
     */
    public Fetcher(Options options) {
        this.options = Objects.requireNonNull(options);
        this.client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .connectTimeout(options.connect())
                        .build();
    }

    /**
     * Fetches a model.
     *
     * @param model the model
     * @param parent the folder to make the model's folder in; made if it does not exist
     * @param replace whether to replace a folder of that name that holds something else
     * @param listener is told how far it is
     * @return the model's folder
     * @throws IllegalArgumentException if there is such a folder and it is not to be replaced
     * @throws IOException if a file cannot be fetched or is not the right one; one line
     */
    public Fetched fetch(RemoteModel model, Path parent, boolean replace, Listener listener)
            throws IOException {
        Path target = parent.resolve(model.name());
        if (Files.exists(target)) {
            if (isWhole(model, target)) {
                return new Fetched(target, false);
            }
            if (!replace) {
                throw new IllegalArgumentException(
                        "folder for model '"
                                + model.name()
                                + "' must not hold anything else, got "
                                + target
                                + "; replace it with --force, or choose another folder with --to");
            }
        }
        Files.createDirectories(parent);
        Path lock = parent.resolve("." + model.name() + ".lock");
        try (FileChannel channel =
                        FileChannel.open(
                                lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock held = lock(channel, target)) {
            try {
                Path partial = parent.resolve("." + model.name() + ".partial");
                download(model, partial, listener);
                removeOthers(model, partial);
                putInPlace(partial, target);
                return new Fetched(target, true);
            } finally {
                Files.deleteIfExists(lock);
            }
        }
    }

    private static FileLock lock(FileChannel channel, Path target) throws IOException {
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null;
        }
        if (lock == null) {
            throw new IOException("another process is fetching " + target + "; wait for it to end");
        }
        return lock;
    }

    private void download(RemoteModel model, Path folder, Listener listener) throws IOException {
        long before = 0;
        for (RemoteFile file : model.files()) {
            long start = before;
            new Download(
                            client,
                            options,
                            file,
                            folder.resolve(file.path()),
                            done -> listener.at(start + done, model.bytes(), file.path()))
                    .run();
            before += file.bytes();
        }
    }

    private static boolean isWhole(RemoteModel model, Path folder) throws IOException {
        for (RemoteFile file : model.files()) {
            Path path = folder.resolve(file.path());
            if (!Files.isRegularFile(path)
                    || Files.size(path) != file.bytes()
                    || !Digests.sha256(path).equals(file.sha256())) {
                return false;
            }
        }
        return true;
    }

    /** Removes what attempts at an earlier list of files left. */
    private static void removeOthers(RemoteModel model, Path folder) throws IOException {
        Set<Path> wanted = new HashSet<>();
        model.files().forEach(file -> wanted.add(folder.resolve(file.path())));
        for (Path file : filesBelow(folder)) {
            if (Files.isRegularFile(file) && !wanted.contains(file)) {
                Files.delete(file);
            }
        }
    }

    private static void putInPlace(Path partial, Path target) throws IOException {
        if (!Files.exists(target)) {
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
            return;
        }
        Path old = target.resolveSibling("." + target.getFileName() + ".replaced");
        delete(old);
        Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
        Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
        delete(old);
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            for (Path file : filesBelow(folder)) {
                Files.delete(file);
            }
        }
    }

    /** All files and folders below and including a folder, the deepest first. */
    private static List<Path> filesBelow(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.sorted(Comparator.reverseOrder()).toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
