package dev.tiller.rewards.sequence;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The fingerprint of what a reward has read from files, for {@code Reward.digest}. */
public final class Fingerprint {
    private Fingerprint() {}

    /**
     * Returns the SHA-256 of texts, each ended by a line feed, in UTF-8.
     *
     * @param texts the texts, without line feeds
     * @return 64 digits of lower-case hexadecimal
     */
    public static String of(Iterable<String> texts) {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
        for (String text : texts) {
            digest.update((text + "\n").getBytes(StandardCharsets.UTF_8));
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
