package dev.tiller.zoo.registry;

import dev.tiller.zoo.weights.Digests;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.math.BigDecimal;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Flow;
import java.util.function.LongConsumer;
import javax.net.ssl.SSLException;

/**
 * Fetches one file over HTTP. What came of an earlier attempt is kept and continued, if the server
 * can; a file that is not the one that was asked for is deleted.
 */
final class Download {
    private static final int MOST_REDIRECTS = 10;
    private static final int OK = 200;
    private static final int PARTIAL = 206;
    private static final int RANGE_NOT_SATISFIABLE = 416;

    private final HttpClient client;
    private final Fetcher.Options options;
    private final RemoteFile file;
    private final Path target;
    private final LongConsumer progress;

    Download(
            HttpClient client,
            Fetcher.Options options,
            RemoteFile file,
            Path target,
            LongConsumer progress) {
        this.client = client;
        this.options = options;
        this.file = file;
        this.target = target;
        this.progress = progress;
    }

    /**
     * Fetches the file, unless it is there, and verifies it.
     *
     * @throws IOException with one line that says what failed
     */
    void run() throws IOException {
        long have = Files.exists(target) ? Files.size(target) : 0;
        boolean over = have >= file.bytes();
        if (over && !(have == file.bytes() && Digests.sha256(target).equals(file.sha256()))) {
            // left by an attempt at another version
            Files.delete(target);
            have = 0;
        }
        if (have < file.bytes()) {
            try {
                fetch(have);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while fetching " + file.url());
            }
        }
        progress.accept(file.bytes());
        String digest = Digests.sha256(target);
        if (!digest.equals(file.sha256())) {
            throw wrong("have SHA-256 " + file.sha256(), digest);
        }
    }

    private void fetch(long have) throws IOException, InterruptedException {
        HttpResponse<Flow.Publisher<List<ByteBuffer>>> response = request(have);
        try (BodyReader body = new BodyReader(response.body(), options.idle())) {
            boolean continued = response.statusCode() == PARTIAL && startsAt(response, have);
            if (continued || response.statusCode() == OK) {
                write(body, response, continued ? have : 0);
                return;
            }
            boolean badRange =
                    response.statusCode() == PARTIAL
                            || response.statusCode() == RANGE_NOT_SATISFIABLE;
            if (have == 0 || !badRange) {
                throw failed("the server answered with HTTP status " + response.statusCode());
            }
        }
        Files.deleteIfExists(target);
        fetch(0);
    }

    private void write(BodyReader body, HttpResponse<?> response, long from)
            throws IOException, InterruptedException {
        long length = response.headers().firstValueAsLong("Content-Length").orElse(-1);
        if (length >= 0 && from + length != file.bytes()) {
            throw wrong("have " + file.bytes() + " bytes", from + length + " bytes");
        }
        Files.createDirectories(target.getParent());
        long done = from;
        try (FileChannel out =
                FileChannel.open(target, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            out.truncate(from).position(from);
            progress.accept(done);
            List<ByteBuffer> piece = next(body, done);
            while (piece != null && done <= file.bytes()) {
                for (ByteBuffer buffer : piece) {
                    done += buffer.remaining();
                    while (buffer.hasRemaining()) {
                        out.write(buffer);
                    }
                }
                progress.accept(Math.min(done, file.bytes()));
                piece = done > file.bytes() ? null : next(body, done);
            }
        }
        if (done > file.bytes()) {
            throw wrong("have " + file.bytes() + " bytes", "more");
        }
        if (done < file.bytes()) {
            throw cutOff("the connection ended", done);
        }
    }

    private List<ByteBuffer> next(BodyReader body, long done)
            throws IOException, InterruptedException {
        try {
            return body.next();
        } catch (HttpTimeoutException e) {
            throw cutOff("nothing came for " + seconds(options.idle()) + " s", done);
        } catch (IOException e) {
            throw cutOff("the connection broke", done);
        }
    }

    /** Asks for the file from a position on, following redirects to other web addresses. */
    private HttpResponse<Flow.Publisher<List<ByteBuffer>>> request(long from)
            throws IOException, InterruptedException {
        URI uri = file.uri();
        for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(uri)
                            .timeout(options.idle())
                            .header("User-Agent", "tiller");
            if (from > 0) {
                request.header("Range", "bytes=" + from + "-");
            }
            HttpResponse<Flow.Publisher<List<ByteBuffer>>> response = send(request.build());
            if (!isRedirect(response.statusCode())) {
                return response;
            }
            new BodyReader(response.body(), options.idle()).close();
            uri = redirected(uri, response);
        }
        throw failed("the server redirected more than " + MOST_REDIRECTS + " times");
    }

    private HttpResponse<Flow.Publisher<List<ByteBuffer>>> send(HttpRequest request)
            throws IOException, InterruptedException {
        String host = request.uri().getHost();
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofPublisher());
        } catch (HttpConnectTimeoutException e) {
            throw failed(host + " could not be reached in " + seconds(options.connect()) + " s");
        } catch (HttpTimeoutException e) {
            throw failed(host + " did not answer in " + seconds(options.idle()) + " s");
        } catch (ConnectException e) {
            throw failed(
                    isUnknownHost(e)
                            ? "the host "
                                    + host
                                    + " is unknown; a proxy is named to Java with"
                                    + " -Dhttps.proxyHost and -Dhttps.proxyPort"
                            : host + " refused the connection");
        } catch (SSLException e) {
            throw failed("the secure connection to " + host + " failed: " + e.getMessage());
        } catch (IOException e) {
            throw failed("the connection to " + host + " failed: " + e.getMessage());
        }
    }

    /** The client hides it in the cause of a refused connection. */
    private static boolean isUnknownHost(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException) {
                return true;
            }
        }
        return false;
    }

    /** Whole seconds, or fractions where there are some. */
    private static String seconds(Duration duration) {
        return BigDecimal.valueOf(duration.toMillis(), 3).stripTrailingZeros().toPlainString();
    }

    private URI redirected(URI from, HttpResponse<?> response) throws IOException {
        String location = response.headers().firstValue("Location").orElse("");
        URI to;
        try {
            to = from.resolve(location);
        } catch (IllegalArgumentException e) {
            throw failed("the server redirected to the malformed address '" + location + "'");
        }
        boolean downgrade = isHttps(from) && !isHttps(to);
        if (location.isEmpty() || !RemoteFile.isWeb(to) || downgrade) {
            throw failed("the server redirected to '" + location + "', which is not followed");
        }
        return to;
    }

    private static boolean isHttps(URI uri) {
        return "https".equals(uri.getScheme().toLowerCase(Locale.ROOT));
    }

    private static boolean isRedirect(int status) {
        return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    }

    private static boolean startsAt(HttpResponse<?> response, long from) {
        String range = response.headers().firstValue("Content-Range").orElse("");
        return range.strip().toLowerCase(Locale.ROOT).startsWith("bytes " + from + "-");
    }

    private IOException failed(String reason) {
        return new IOException("cannot fetch " + file.url() + ": " + reason);
    }

    private IOException cutOff(String reason, long done) {
        return failed(
                reason
                        + " after "
                        + done
                        + " of "
                        + file.bytes()
                        + " bytes; run the command again to go on from there");
    }

    private IOException wrong(String rule, String got) throws IOException {
        Files.deleteIfExists(target);
        return new IOException(
                file.url()
                        + " must "
                        + rule
                        + ", got "
                        + got
                        + "; what was fetched is deleted, for it is not the file that was listed");
    }
}
