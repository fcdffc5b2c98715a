package dev.tiller.zoo.onnx;

import dev.tiller.zoo.weights.Digests;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Exported graphs, kept between runs under the digest of everything they were made from.
 *
 * <p>An entry starts with the digest of its contents; one that does not match is made anew. Entries
 * appear whole or not at all, so concurrent processes do not see each other's halves. Where the
 * folder cannot be written nothing is kept. Entries that were not used for {@value #DAYS_KEPT} days
 * are removed when another one is written.
 */
public final class OnnxCache {
    private static final String SUFFIX = ".graph";
    private static final int DIGEST_BYTES = 64;
    private static final int DAYS_KEPT = 90;
    private static final AtomicLong WRITES = new AtomicLong();

    private final Path folder;

    /**
     * Uses a folder.
     *
     * @param folder where entries are kept; made when the first one is written
     */
    public OnnxCache(Path folder) {
        this.folder = folder;
    }

    /**
     * Returns an entry, and makes it if there is none.
     *
     * @param parts all that the graph depends on
     * @param export makes the contents of the ONNX file
     * @return the contents
     */
    public byte[] get(String[] parts, Supplier<byte[]> export) {
        byte[] joined = String.join("\n", parts).getBytes(StandardCharsets.UTF_8);
        Path entry = folder.resolve(Digests.sha256(ByteBuffer.wrap(joined)) + SUFFIX);
        Optional<byte[]> kept = read(entry);
        if (kept.isPresent()) {
            return kept.get();
        }
        byte[] made = export.get();
        try {
            write(entry, made);
        } catch (IOException | UncheckedIOException e) {
            return made; // a cache that cannot be written costs time, nothing else
        }
        return made;
    }

    private static Optional<byte[]> read(Path entry) {
        try {
            byte[] bytes = Files.readAllBytes(entry);
            if (bytes.length <= DIGEST_BYTES) {
                return Optional.empty();
            }
            ByteBuffer content = ByteBuffer.wrap(bytes, DIGEST_BYTES, bytes.length - DIGEST_BYTES);
            String expected = new String(bytes, 0, DIGEST_BYTES, StandardCharsets.ISO_8859_1);
            if (!expected.equals(Digests.sha256(content))) {
                return Optional.empty();
            }
            Files.setLastModifiedTime(entry, FileTime.from(Instant.now()));
            return Optional.of(Arrays.copyOfRange(bytes, DIGEST_BYTES, bytes.length));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private void write(Path entry, byte[] content) throws IOException {
        Files.createDirectories(folder);
        String digest = Digests.sha256(ByteBuffer.wrap(content));
        Path temporary =
                folder.resolve(
                        entry.getFileName()
                                + "."
                                + ProcessHandle.current().pid()
                                + "-"
                                + WRITES.incrementAndGet()
                                + ".part");
        try {
            try (var out = Files.newOutputStream(temporary)) {
                out.write(digest.getBytes(StandardCharsets.ISO_8859_1));
                out.write(content);
            }
            try {
                Files.move(temporary, entry, StandardCopyOption.ATOMIC_MOVE);
            } catch (AtomicMoveNotSupportedException e) {
                Files.move(temporary, entry, StandardCopyOption.REPLACE_EXISTING);
            }
        } finally {
            Files.deleteIfExists(temporary);
        }
        removeOld();
    }

    private void removeOld() throws IOException {
        Instant limit = Instant.now().minus(Duration.ofDays(DAYS_KEPT));
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.{graph,part}")) {
            for (Path file : files) {
                if (Files.getLastModifiedTime(file).toInstant().isBefore(limit)) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }
}
