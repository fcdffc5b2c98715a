package dev.tiller.rewards.external;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** The fingerprint of a command: its words, the files among them, and its version. */
public final class CommandDigest {

    private CommandDigest() {}

    /**
     * Computes the fingerprint.
     *
     * @param command the words of the command
     * @param directory where it runs; null for where this program runs
     * @param version any text that changes with the scores
     * @return SHA-256, in lower-case hexadecimal
     */
    public static String of(List<String> command, Path directory, String version) {
        MessageDigest digest = sha256();
        add(digest, version);
        for (String word : command) {
            add(digest, word);
            addContents(digest, directory, word);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Adds a text after its length, so that texts one after the other stay apart. */
    static void add(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
        digest.update(bytes);
    }

    private static void addContents(MessageDigest digest, Path folder, String word) {
        try {
            Path file = folder == null ? Path.of(word) : folder.resolve(word);
            if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
                return;
            }
            MessageDigest contents = sha256();
            try (InputStream in = Files.newInputStream(file)) {
                byte[] buffer = new byte[65_536];
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    contents.update(buffer, 0, n);
                }
            }
            digest.update(contents.digest());
        } catch (InvalidPathException e) {
            return; // a word that is no path
        } catch (IOException e) {
            throw new UncheckedIOException("file '" + word + "' of a command is not readable", e);
        }
    }
}
