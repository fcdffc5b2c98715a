package dev.tiller.zoo.registry;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tiller.zoo.weights.Digests;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FetcherIT {
    private static final byte[] BYTES = bytes(100_000, 1);
    private static final byte[] CONFIG = bytes(200, 2);

    @TempDir private Path folder;
    private FileServer server;

    @BeforeEach
    void openServer() throws IOException {
        server = new FileServer();
    }

    @AfterEach
    void closeServer() {
        server.close();
    }

    private static byte[] bytes(int length, int step) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 31 * step + i / 251);
        }
        return bytes;
    }

    private static RemoteFile file(String path, String url, byte[] bytes) {
        return new RemoteFile(path, url, Digests.sha256(ByteBuffer.wrap(bytes)), bytes.length);
    }

    private static RemoteModel model(RemoteFile... files) {
        return new RemoteModel("m", "a model", "CC0-1.0", "made up", List.of(files));
    }

    /** A model of one file, the server's {@code /w}. */
    private RemoteModel weights() {
        return model(file("w.bin", server.url("/w"), BYTES));
    }

    /** Long, for busy machines; short where a test waits for its end. */
    private Duration patience = Duration.ofSeconds(20);

    private Fetcher.Fetched fetch(RemoteModel model, boolean replace) throws IOException {
        Fetcher fetcher = new Fetcher(new Fetcher.Options(patience, patience));
        return fetcher.fetch(model, folder, replace, (done, total, file) -> {});
    }

    private String failure(RemoteModel model) {
        IOException e = assertThrows(IOException.class, () -> fetch(model, false));
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
        assertFalse(Files.exists(folder.resolve("m")));
        return e.getMessage();
    }

    private Path partial(String path) {
        return folder.resolve(".m.partial").resolve(path);
    }

    private List<String> leftovers() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void fetchesAllFilesOfAModel() throws IOException {
        server.whole("/w", BYTES).whole("/c", CONFIG);
        RemoteModel model =
                model(
                        file("config.json", server.url("/c"), CONFIG),
                        file("deep/er/w.bin", server.url("/w"), BYTES));
        List<Long> progress = new ArrayList<>();
        Fetcher fetcher = new Fetcher(Fetcher.Options.DEFAULTS);
        Fetcher.Fetched fetched =
                fetcher.fetch(
                        model,
                        folder.resolve("new"),
                        false,
                        (done, total, file) -> {
                            assertEquals(BYTES.length + CONFIG.length, total);
                            progress.add(done);
                        });
        assertTrue(fetched.anew());
        assertEquals(folder.resolve("new/m"), fetched.folder());
        assertArrayEquals(CONFIG, Files.readAllBytes(fetched.folder().resolve("config.json")));
        assertArrayEquals(BYTES, Files.readAllBytes(fetched.folder().resolve("deep/er/w.bin")));
        assertEquals(progress.stream().sorted().toList(), progress);
        assertEquals(BYTES.length + CONFIG.length, progress.get(progress.size() - 1));
        try (Stream<Path> files = Files.list(folder.resolve("new"))) {
            assertEquals(1, files.count());
        }
    }

    @Test
    void aModelThatIsThereIsNotFetchedAgain() throws IOException {
        server.whole("/w", BYTES);
        assertTrue(fetch(weights(), false).anew());
        assertFalse(fetch(weights(), true).anew());
        assertEquals(1, server.requests.size());
    }

    @Test
    void anotherFolderOfThatNameIsReplacedOnlyIfAsked() throws IOException {
        server.whole("/w", BYTES);
        Path own = Files.createDirectories(folder.resolve("m/deep"));
        Files.writeString(own.resolve("notes.txt"), "mine");
        String text =
                assertThrows(IllegalArgumentException.class, () -> fetch(weights(), false))
                        .getMessage();
        assertTrue(text.contains("got " + folder.resolve("m") + "; replace it with --force"), text);
        assertEquals(0, server.requests.size());
        fetch(weights(), true);
        assertArrayEquals(BYTES, Files.readAllBytes(folder.resolve("m/w.bin")));
        assertFalse(Files.exists(own));
        assertEquals(List.of("m"), leftovers());
    }

    @Test
    void continuesWhereItStopped() throws IOException {
        server.ranges("/w", BYTES);
        Files.createDirectories(partial("w.bin").getParent());
        Files.write(partial("w.bin"), Arrays.copyOf(BYTES, 70_001));
        Files.writeString(partial("old.bin"), "of an earlier list");
        fetch(weights(), false);
        assertArrayEquals(BYTES, Files.readAllBytes(folder.resolve("m/w.bin")));
        assertEquals(List.of("/w bytes=70001-"), server.requests);
        assertFalse(Files.exists(folder.resolve("m/old.bin")));
        assertEquals(List.of("m"), leftovers());
    }

    @Test
    void startsAgainWhereTheServerKnowsNoRanges() throws IOException {
        server.whole("/w", BYTES);
        Files.createDirectories(partial("w.bin").getParent());
        Files.write(partial("w.bin"), new byte[70_001]);
        fetch(weights(), false);
        assertArrayEquals(BYTES, Files.readAllBytes(folder.resolve("m/w.bin")));
    }

    @Test
    void startsAgainWhereTheServerRefusesTheRange() throws IOException {
        for (int status : new int[] {416, 206}) {
            String path = "/r" + status;
            server.on(
                    path,
                    exchange -> {
                        boolean asked = exchange.getRequestHeaders().containsKey("Range");
                        exchange.sendResponseHeaders(
                                asked ? status : 200, asked ? -1 : BYTES.length);
                        if (!asked) {
                            exchange.getResponseBody().write(BYTES);
                        }
                    });
            Files.createDirectories(partial("w.bin").getParent());
            Files.write(partial("w.bin"), new byte[9]);
            fetch(model(file("w.bin", server.url(path), BYTES)), true);
            assertArrayEquals(BYTES, Files.readAllBytes(folder.resolve("m/w.bin")));
            Files.delete(folder.resolve("m/w.bin"));
        }
    }

    @Test
    void leftoversOfAnotherVersionAreFetchedAnew() throws IOException {
        server.ranges("/w", BYTES);
        Files.createDirectories(partial("w.bin").getParent());
        for (int length : new int[] {BYTES.length, BYTES.length + 5}) {
            Files.createDirectories(partial("w.bin").getParent());
            Files.write(partial("w.bin"), new byte[length]);
            fetch(weights(), true);
            assertArrayEquals(BYTES, Files.readAllBytes(folder.resolve("m/w.bin")));
            Files.delete(folder.resolve("m/w.bin"));
        }
        assertEquals(List.of("/w", "/w"), server.requests);
    }

    @Test
    void aWrongChecksumIsRefusedAndDeleted() throws IOException {
        byte[] other = BYTES.clone();
        other[77_777]++;
        server.whole("/w", other);
        String text = failure(weights());
        assertTrue(
                text.startsWith(
                        server.url("/w")
                                + " must have SHA-256 "
                                + Digests.sha256(ByteBuffer.wrap(BYTES))
                                + ", got "
                                + Digests.sha256(ByteBuffer.wrap(other))
                                + ";"),
                text);
        assertFalse(Files.exists(partial("w.bin")));
    }

    @Test
    void nothingIsMovedBeforeAllIsVerified() throws IOException {
        server.whole("/c", CONFIG).whole("/w", CONFIG);
        RemoteModel model =
                model(
                        file("config.json", server.url("/c"), CONFIG),
                        file("w.bin", server.url("/w"), BYTES));
        String text = failure(model);
        assertTrue(text.contains(" must have 100000 bytes, got 200 bytes;"), text);
        assertTrue(Files.exists(partial("config.json")));
        assertFalse(Files.exists(partial("w.bin")));
    }

    @Test
    void anEndlessBodyIsCut() {
        server.on(
                "/w",
                exchange -> {
                    exchange.sendResponseHeaders(200, 0);
                    for (int i = 0; i < 10_000; i++) {
                        exchange.getResponseBody().write(BYTES);
                    }
                });
        assertTrue(failure(weights()).contains(" must have 100000 bytes, got more;"));
        assertFalse(Files.exists(partial("w.bin")));
    }

    @Test
    void aTruncatedBodyIsContinuedByTheNextAttempt() throws IOException {
        server.cutOff("/w", BYTES, 60_000);
        String text = failure(weights());
        assertTrue(text.contains(" of 100000 bytes; run the command again to go on"), text);
        long kept = Files.size(partial("w.bin"));
        assertTrue(kept > 0 && kept <= 60_000, "kept " + kept);
        server.ranges("/better", BYTES);
        fetch(model(file("w.bin", server.url("/better"), BYTES)), false);
        assertArrayEquals(BYTES, Files.readAllBytes(folder.resolve("m/w.bin")));
        assertEquals("/better bytes=" + kept + "-", server.requests.get(1));
    }

    @Test
    void aShortBodyWithoutALengthIsNoticed() {
        server.on(
                "/w",
                exchange -> {
                    exchange.sendResponseHeaders(200, 0);
                    exchange.getResponseBody().write(BYTES, 0, 500);
                });
        String text = failure(weights());
        assertTrue(text.contains("the connection ended after 500 of 100000 bytes;"), text);
    }

    @Test
    void statusesAreTold() throws IOException {
        server.status("/w", 404, null, null);
        assertEquals(
                "cannot fetch " + server.url("/w") + ": the server answered with HTTP status 404",
                failure(weights()));
        server.status("/busy", 503, null, null);
        String busy = failure(model(file("w.bin", server.url("/busy"), BYTES)));
        assertTrue(busy.endsWith("status 503"), busy);
    }

    @Test
    void redirectsAreFollowed() throws IOException {
        server.ranges("/there", BYTES)
                .status("/w", 302, "Location", "/next")
                .status("/next", 308, "Location", server.url("/there"));
        Files.createDirectories(partial("w.bin").getParent());
        Files.write(partial("w.bin"), Arrays.copyOf(BYTES, 5));
        fetch(weights(), false);
        assertArrayEquals(BYTES, Files.readAllBytes(folder.resolve("m/w.bin")));
        assertEquals("/there bytes=5-", server.requests.get(2));
    }

    @Test
    void redirectsInACircleEnd() {
        server.status("/w", 302, "Location", "/w");
        assertTrue(failure(weights()).endsWith("the server redirected more than 10 times"));
    }

    @Test
    void redirectsElsewhereThanTheWebAreNotFollowed() {
        String[] locations = {"file:///etc/hosts", "ftp://a.example/x", "http://[", ""};
        for (int i = 0; i < locations.length; i++) {
            server.status("/w" + i, 301, "Location", locations[i]);
            String text = failure(model(file("w.bin", server.url("/w" + i), BYTES)));
            assertTrue(text.contains("redirected to"), text);
        }
    }

    @Test
    void aServerThatHangsIsGivenUp() throws IOException {
        patience = Duration.ofMillis(400);
        server.silent("/w");
        String text = failure(weights());
        assertTrue(text.contains("127.0.0.1 did not answer in 0.4 s"), text);
        server.hangs("/slow", BYTES, 1000);
        String slow = failure(model(file("w.bin", server.url("/slow"), BYTES)));
        assertTrue(slow.contains("nothing came for 0.4 s after 1000 of 100000 bytes;"), slow);
        assertEquals(1000, Files.size(partial("w.bin")));
    }

    @Test
    void unreachableHostsAreNamed() {
        String closed = server.url("/w");
        server.close();
        String refused = failure(model(file("w.bin", closed, BYTES)));
        assertTrue(refused.endsWith("127.0.0.1 refused the connection"), refused);
        String unknown = failure(model(file("w.bin", "http://no-such-host.invalid/w", BYTES)));
        assertTrue(unknown.contains("the host no-such-host.invalid is unknown"), unknown);
        String plain = failure(model(file("w.bin", closed.replace("http:", "https:"), BYTES)));
        assertTrue(plain.contains("127.0.0.1"), plain);
    }

    @Test
    void theProxyOfTheJvmIsUsed() throws IOException {
        server.whole("/w", BYTES);
        int port = URI.create(server.url("/")).getPort();
        System.setProperty("http.proxyHost", "127.0.0.1");
        System.setProperty("http.proxyPort", Integer.toString(port));
        try {
            fetch(model(file("w.bin", "http://models.invalid/w", BYTES)), false);
        } finally {
            System.clearProperty("http.proxyHost");
            System.clearProperty("http.proxyPort");
        }
        assertEquals(List.of("http://models.invalid/w"), server.requests);
    }

    @Test
    void twoCannotFetchOneModelAtOnce() throws IOException {
        server.whole("/w", BYTES);
        Path lock = folder.resolve(".m.lock");
        try (FileChannel channel =
                        FileChannel.open(
                                lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock held = channel.lock()) {
            assertTrue(held.isValid());
            assertTrue(failure(weights()).startsWith("another process is fetching "));
            assertTrue(Files.exists(lock));
        }
        fetch(weights(), false);
    }
}
