package dev.tiller.zoo.torchscript;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.CRC32;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/**
 * Inspects a TorchScript archive before libtorch, which trusts its contents, may read it.
 *
 * <p>It is a zip file with one folder, which holds {@code version}, {@code data.pkl} with its
 * storages in {@code data/}, {@code constants.pkl} with its storages in {@code constants/}, and the
 * code of the module as {@code code/**}{@code /*.py}.
 */
final class ScriptArchive {
    /** Code and pickles of published modules are below 10 MB; more is no module. */
    private static final long MOST_TEXT_BYTES = 256L << 20;

    private static final int BUFFER_BYTES = 1 << 16;

    private static final Map<String, Integer> ELEMENT_BYTES =
            Map.ofEntries(
                    Map.entry("BoolStorage", 1),
                    Map.entry("ByteStorage", 1),
                    Map.entry("CharStorage", 1),
                    Map.entry("ShortStorage", 2),
                    Map.entry("HalfStorage", 2),
                    Map.entry("BFloat16Storage", 2),
                    Map.entry("IntStorage", 4),
                    Map.entry("FloatStorage", 4),
                    Map.entry("LongStorage", 8),
                    Map.entry("DoubleStorage", 8),
                    Map.entry("ComplexHalfStorage", 4),
                    Map.entry("ComplexFloatStorage", 8),
                    Map.entry("ComplexDoubleStorage", 16),
                    Map.entry("QUInt8Storage", 1),
                    Map.entry("QInt8Storage", 1),
                    Map.entry("QInt32Storage", 4));

    private final Path file;
    private final Map<String, byte[]> texts = new TreeMap<>();
    private final Map<String, Long> sizes = new HashMap<>();
    private long textBytes;

    private ScriptArchive(Path file) {
        this.file = file;
    }

    /**
     * Checks that an archive is whole, and that its code has nothing live.
     *
     * @throws IllegalArgumentException if not
     * @throws IOException if the file cannot be read
     */
    static void check(Path file) throws IOException {
        ScriptArchive archive = new ScriptArchive(file);
        archive.readAll();
        archive.requireParts();
        boolean training = archive.checkStorages("data");
        archive.checkStorages("constants");
        archive.refuseLive(training);
    }

    private void readAll() throws IOException {
        try (ZipFile zip = ZipFile.builder().setPath(file).get()) {
            List<ZipArchiveEntry> entries = Collections.list(zip.getEntries());
            if (entries.isEmpty()) {
                throw malformed("it is an empty zip file", null);
            }
            int slash = entries.get(0).getName().indexOf('/');
            String folder = entries.get(0).getName().substring(0, slash + 1);
            for (ZipArchiveEntry entry : entries) {
                read(zip, entry, folder);
            }
        } catch (IllegalArgumentException e) {
            throw e;
        } catch (java.nio.file.FileSystemException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw malformed("it is not a whole zip file: " + e.getMessage(), e);
        }
    }

    private void read(ZipFile zip, ZipArchiveEntry entry, String folder) throws IOException {
        String name = entry.getName();
        if (folder.isEmpty() || !name.startsWith(folder)) {
            throw malformed("its files are not in one folder", null);
        }
        String inner = name.substring(folder.length());
        // libtorch finds files whatever the case of their letters
        if (sizes.put(inner.toLowerCase(Locale.ROOT), entry.getSize()) != null) {
            throw malformed("it has " + name + " twice", null);
        }
        boolean text = inner.endsWith(".pkl") || inner.endsWith(".py") || inner.equals("version");
        ByteArrayOutputStream kept = text ? new ByteArrayOutputStream() : null;
        CRC32 sum = new CRC32();
        long length = 0;
        byte[] buffer = new byte[BUFFER_BYTES];
        try (InputStream in = zip.getInputStream(entry)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                length += n;
                textBytes += text ? n : 0;
                if (textBytes > MOST_TEXT_BYTES || length > entry.getSize()) {
                    throw malformed(name + " is larger than it can be", null);
                }
                sum.update(buffer, 0, n);
                if (text) {
                    kept.write(buffer, 0, n);
                }
            }
        }
        if (length != entry.getSize() || sum.getValue() != entry.getCrc()) {
            throw malformed(name + " is damaged", null);
        }
        if (text) {
            texts.put(inner, kept.toByteArray());
        }
    }

    private void requireParts() {
        boolean code = texts.keySet().stream().anyMatch(ScriptArchive::isCode);
        if (!code && texts.containsKey("data.pkl")) {
            throw malformed(
                    "it has no code: this is a checkpoint of torch.save; export the module with"
                            + " torch.jit.trace(model.eval(), example).save(file)",
                    null);
        }
        for (String part : List.of("data.pkl", "constants.pkl", "version")) {
            if (!code || !texts.containsKey(part)) {
                throw malformed("it has no " + (code ? part : "code"), null);
            }
        }
    }

    /** Compares sizes; says whether a module was saved in training mode. */
    private boolean checkStorages(String name) {
        ScriptPickle pickle;
        try {
            pickle = ScriptPickle.read(texts.get(name + ".pkl"));
        } catch (IllegalArgumentException e) {
            throw malformed(name + ".pkl: " + e.getMessage(), e);
        }
        for (ScriptPickle.Storage storage : pickle.storages()) {
            Integer bytes = ELEMENT_BYTES.get(storage.type());
            String key = name + "/" + storage.key();
            if (bytes == null) {
                throw malformed(key + " is of the unknown type " + storage.type(), null);
            }
            long size = sizes.getOrDefault(key.toLowerCase(Locale.ROOT), 0L);
            if (storage.elements() > size / bytes) {
                throw malformed(
                        key
                                + " must hold "
                                + storage.elements()
                                + " numbers, got "
                                + size
                                + " bytes",
                        null);
            }
        }
        return pickle.savedInTraining();
    }

    private void refuseLive(boolean training) {
        for (Map.Entry<String, byte[]> entry : texts.entrySet()) {
            if (isCode(entry.getKey())) {
                String code = new String(entry.getValue(), StandardCharsets.UTF_8);
                Optional<String> live = LiveOperators.find(code);
                if (live.isEmpty() && training && LiveOperators.readsTrainingFlag(code)) {
                    live = Optional.of("looks at 'training', which was saved as True");
                }
                if (live.isPresent()) {
                    throw new IllegalArgumentException(
                            "TorchScript module "
                                    + file
                                    + " must do the same in each call, but "
                                    + entry.getKey()
                                    + " "
                                    + live.get()
                                    + "; export it with torch.jit.trace(model.eval(), example) or"
                                    + " torch.jit.freeze(torch.jit.script(model.eval()))");
                }
            }
        }
    }

    private static boolean isCode(String name) {
        return name.startsWith("code/") && name.endsWith(".py");
    }

    private IllegalArgumentException malformed(String reason, Throwable cause) {
        return new IllegalArgumentException(
                "file must be a TorchScript archive, got " + file + ": " + reason, cause);
    }
}
