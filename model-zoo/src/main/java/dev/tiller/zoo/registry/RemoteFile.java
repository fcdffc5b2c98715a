package dev.tiller.zoo.registry;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A file to be fetched, and how to know that it is the right one.
 *
 * @param path where it goes in the model's folder, with {@code /} between folders
 * @param url where it is, http or https
 * @param sha256 its SHA-256, 64 hexadecimal digits
 * @param bytes its size
 */
public record RemoteFile(String path, String url, String sha256, long bytes) {
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");
    // no drive letters, backslashes or control characters: one meaning on every system
    private static final Pattern SEGMENT =
            Pattern.compile("[\\w.+ -]+", Pattern.UNICODE_CHARACTER_CLASS);

    /** Checks that the path stays in the folder, and the rest is well formed. */
    public RemoteFile {
        if (path == null || !staysInside(path)) {
            throw new IllegalArgumentException(
                    "path of a remote file must be relative and stay in the model's folder, got '"
                            + path
                            + "'");
        }
        uri(url);
        sha256 = sha256 == null ? "" : sha256.toLowerCase(Locale.ROOT);
        if (!DIGEST.matcher(sha256).matches()) {
            throw new IllegalArgumentException(
                    "sha256 of '" + path + "' must be 64 hexadecimal digits, got '" + sha256 + "'");
        }
        if (bytes < 1) {
            throw new IllegalArgumentException(
                    "bytes of '" + path + "' must be the size of the file, >= 1, got " + bytes);
        }
    }

    /** Returns where the file is. */
    URI uri() {
        return uri(url);
    }

    private static boolean staysInside(String path) {
        for (String segment : path.split("/", -1)) {
            boolean dots = segment.chars().allMatch(c -> c == '.' || c == ' ');
            if (dots || !SEGMENT.matcher(segment).matches()) {
                return false;
            }
        }
        return true;
    }

    private static URI uri(String url) {
        try {
            URI uri = new URI(String.valueOf(url));
            if (isWeb(uri)) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // reported below
        }
        throw new IllegalArgumentException(
                "url of a remote file must be of http or https, got '" + url + "'");
    }

    /** Tells whether an address is one that may be fetched from. */
    static boolean isWeb(URI uri) {
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        return (scheme.equals("http") || scheme.equals("https")) && uri.getHost() != null;
    }
}
