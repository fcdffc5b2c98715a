package dev.tiller.zoo.weights;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/**
 * The zip archive that {@code torch.save} writes: {@code NAME/data.pkl}, {@code NAME/data/KEY} for
 * each storage, all stored without compression. Storages are mapped from the file.
 */
final class TorchArchive implements AutoCloseable {
    private static final String PICKLE = "data.pkl";
    private static final int MAX_PICKLE_BYTES = 256 << 20;
    private static final int MAX_TEXT_BYTES = 64;

    private final Path file;
    private final ZipFile zip;
    private final FileChannel channel;
    private final String root;

    private TorchArchive(Path file, ZipFile zip, FileChannel channel) {
        this.file = file;
        this.zip = zip;
        this.channel = channel;
        this.root = root();
    }

    /**
     * Opens a file.
     *
     * @throws IllegalArgumentException if it is not a whole archive of this kind
     */
    static TorchArchive open(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        ZipFile zip = null;
        try {
            zip = ZipFile.builder().setPath(file).get();
            return new TorchArchive(file, zip, channel);
        } catch (IOException | RuntimeException e) {
            if (zip != null) {
                zip.close();
            }
            channel.close();
            if (e instanceof IllegalArgumentException clear && isOurs(clear)) {
                throw clear;
            }
            throw new IllegalArgumentException(
                    file
                            + " must be a whole zip archive, got one that cannot be opened: "
                            + e.getMessage(),
                    e);
        }
    }

    private static boolean isOurs(IllegalArgumentException e) {
        return e.getStackTrace().length > 0
                && e.getStackTrace()[0].getClassName().equals(TorchArchive.class.getName());
    }

    private String root() {
        for (ZipArchiveEntry entry : Collections.list(zip.getEntries())) {
            String name = entry.getName();
            int slash = name.indexOf('/');
            if (name.substring(slash + 1).equals(PICKLE)) {
                return name.substring(0, slash + 1);
            }
        }
        throw new IllegalArgumentException(
                file + " must be a PyTorch archive, got a zip archive without " + PICKLE);
    }

    boolean hasCode() {
        return Collections.list(zip.getEntries()).stream()
                .anyMatch(entry -> entry.getName().startsWith(root + "code/"));
    }

    /** Reads the pickle, after a look at the byte order. */
    byte[] pickle() throws IOException {
        ZipArchiveEntry order = zip.getEntry(root + "byteorder");
        if (order != null) {
            String text = new String(bytes(order, MAX_TEXT_BYTES), StandardCharsets.UTF_8).strip();
            if (!text.equals("little")) {
                throw new IllegalArgumentException(
                        file
                                + " must hold little-endian numbers, got byte order '"
                                + printable(text)
                                + "'; save it again on a little-endian machine");
            }
        }
        return bytes(zip.getEntry(root + PICKLE), MAX_PICKLE_BYTES);
    }

    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }

    private byte[] bytes(ZipArchiveEntry entry, int most) throws IOException {
        ByteBuffer part = region(entry, 0, Math.min(entry.getSize(), most + 1L));
        if (part.remaining() > most) {
            throw new IllegalArgumentException(
                    entry.getName() + " in " + file + " must have at most " + most + " bytes");
        }
        byte[] bytes = new byte[part.remaining()];
        part.get(bytes);
        return bytes;
    }

    /** How many bytes the storage of a key has. */
    long storageBytes(String key) {
        return storage(key).getSize();
    }

    /** Maps bytes of a storage, little-endian. */
    ByteBuffer map(String key, long start, long length) throws IOException {
        return region(storage(key), start, length);
    }

    private ZipArchiveEntry storage(String key) {
        ZipArchiveEntry entry = zip.getEntry(root + "data/" + key);
        if (entry == null) {
            throw new IllegalArgumentException(
                    file + " must hold the storage data/" + printable(key) + ", which is missing");
        }
        return entry;
    }

    private ByteBuffer region(ZipArchiveEntry entry, long start, long length) throws IOException {
        if (entry.getMethod() != ZipArchiveEntry.STORED
                || entry.getSize() != entry.getCompressedSize()) {
            throw new IllegalArgumentException(
                    printable(entry.getName())
                            + " in "
                            + file
                            + " must be stored without compression; save the file with torch.save");
        }
        // the stream finds the place of the content; it is not read
        try (InputStream located = zip.getRawInputStream(entry)) {
            long from = entry.getDataOffset() + start;
            boolean inside =
                    located != null
                            && start >= 0
                            && length >= 0
                            && length <= Integer.MAX_VALUE
                            && start + length <= entry.getSize()
                            && entry.getDataOffset() >= 0
                            && from + length <= channel.size();
            if (!inside) {
                throw new IllegalArgumentException(
                        printable(entry.getName())
                                + " in "
                                + file
                                + " must hold bytes "
                                + start
                                + " to "
                                + (start + length)
                                + ", got "
                                + entry.getSize()
                                + " bytes in a file of "
                                + channel.size()
                                + "; the file is cut short or broken");
            }
            return channel.map(FileChannel.MapMode.READ_ONLY, from, length);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            zip.close();
        } finally {
            channel.close();
        }
    }
}
