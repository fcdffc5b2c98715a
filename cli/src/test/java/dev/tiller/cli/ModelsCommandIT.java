package dev.tiller.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.tiller.zoo.registry.Places;
import dev.tiller.zoo.weights.Digests;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tiller models}, with models in folders and on a server of this machine. */
class ModelsCommandIT {
    private static final String CONFIG =
            """
            {"name": "%s", "kind": "denoiser", "architecture": "dna-conv",
             "architecture_config": {"hidden": 8}, "alphabet": "ACGT", "length": 50,
             "schedule": {"name": "log-linear", "eps": 0.001}}
            """;
    private static final byte[] REMOTE_CONFIG =
            CONFIG.formatted("far").getBytes(StandardCharsets.UTF_8);
    private static final byte[] REMOTE_CARD = "# Far\n".getBytes(StandardCharsets.UTF_8);

    @TempDir private Path folder;
    private HttpServer server;
    private Places places;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        serve("/config.json", REMOTE_CONFIG);
        serve("/README.md", REMOTE_CARD);
        server.start();
        Files.createDirectories(folder.resolve("named"));
        Files.writeString(
                folder.resolve("named/remote.json"),
                """
                {"models": [
                  {"name": "far", "description": "a model elsewhere", "licence": "CC0-1.0",
                   "source": "made up", "files": [%s, %s]},
                  {"name": "weights", "description": "a file elsewhere", "licence": "CC0-1.0",
                   "source": "made up", "files": [%s]},
                  {"name": "gone", "description": "not there", "licence": "CC0-1.0",
                   "source": "made up", "files": [%s]}]}
                """
                        .formatted(
                                file("config.json", "/config.json", REMOTE_CONFIG),
                                file("README.md", "/README.md", REMOTE_CARD),
                                file("w.pth", "/README.md", REMOTE_CARD),
                                file("w.pth", "/nothing", REMOTE_CARD)));
        places =
                new Places(
                        Map.of(
                                "TILLER_MODELS",
                                folder.resolve("named").toString(),
                                "TILLER_HOME",
                                folder.resolve("home").toString()),
                        folder,
                        "Linux");
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void serve(String path, byte[] bytes) {
        server.createContext(
                path,
                exchange -> {
                    try (exchange) {
                        exchange.sendResponseHeaders(200, bytes.length);
                        exchange.getResponseBody().write(bytes);
                    }
                });
    }

    private String file(String path, String url, byte[] bytes) {
        return """
        {"path": "%s", "url": "http://127.0.0.1:%d%s", "sha256": "%s", "bytes": %d}\
        """
                .formatted(
                        path,
                        server.getAddress().getPort(),
                        url,
                        Digests.sha256(ByteBuffer.wrap(bytes)),
                        bytes.length);
    }

    private CommandLineRun run(Object... arguments) {
        return CommandLineRun.of(places, arguments);
    }

    private void model(String place, String name) throws IOException {
        Path path = Files.createDirectories(folder.resolve(place));
        Files.writeString(path.resolve("config.json"), CONFIG.formatted(name));
    }

    private static String line(CommandLineRun run, String name) {
        return run.out()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " in " + run.out()));
    }

    @Test
    void listsAllModelsWithTheirPlaces() throws IOException {
        model("named/a", "mine");
        model("home/models/b", "mine");
        model("named/bad", "x");
        Files.writeString(folder.resolve("named/bad/config.json"), "{\n");
        CommandLineRun run = run("models", "list");
        assertEquals(0, run.exitCode(), run.err());
        assertTrue(line(run, "rna-utr5").endsWith(" built-in"), run.out());
        assertTrue(line(run, "mine").endsWith(" " + folder.resolve("named/a")), run.out());
        assertTrue(run.out().contains(folder.resolve("home/models/b") + " (shadowed)"), run.out());
        assertTrue(line(run, "bad").contains("(broken: "), run.out());
        assertTrue(line(run, "far").contains("remote, not fetched ("), run.out());
        assertTrue(line(run, "weights").contains("checkpoint "), run.out());
        assertEquals(run.out(), run("models").out());
    }

    @Test
    void aBrokenListIsToldAndTheRestListed() throws IOException {
        Files.writeString(folder.resolve("named/remote.json"), "{");
        CommandLineRun run = run("models", "list");
        assertEquals(0, run.exitCode());
        assertTrue(run.err().startsWith("tiller: " + folder.resolve("named/remote.json")));
        assertEquals(1, run.err().lines().count(), run.err());
        assertTrue(line(run, "gdss-qm9").contains("remote"), run.out());
    }

    @Test
    void fetchesAModelAndFindsItByName() throws IOException {
        CommandLineRun before = run("models", "show", "far");
        assertTrue(before.out().startsWith("far: a model elsewhere"), before.out());
        assertTrue(before.out().contains("no; run: tiller models fetch far"), before.out());

        CommandLineRun fetched = run("models", "fetch", "far");
        assertEquals(0, fetched.exitCode(), fetched.err());
        Path own = folder.resolve("home/models/far");
        assertTrue(fetched.out().startsWith("fetched far in " + own), fetched.out());
        assertTrue(fetched.out().contains("use it with: --model far"), fetched.out());
        assertTrue(fetched.err().contains("fetch far 100 %"), fetched.err());
        assertArrayEquals(REMOTE_CARD, Files.readAllBytes(own.resolve("README.md")));

        assertEquals("# Far\n", run("models", "show", "far").out());
        CommandLineRun list = run("models", "list");
        assertTrue(line(list, "far").endsWith(" " + own), list.out());
        assertEquals(1, list.out().lines().filter(line -> line.startsWith("far ")).count());
        CommandLineRun again = run("models", "fetch", "far", "--quiet");
        assertTrue(again.out().startsWith("already there: far in "), again.out());
        assertEquals("", again.err());
    }

    @Test
    void fetchesACheckpointAndSaysThatItIsOne() {
        Path elsewhere = folder.resolve("elsewhere");
        CommandLineRun fetched = run("models", "fetch", "weights", "--to", elsewhere, "--quiet");
        assertEquals(0, fetched.exitCode(), fetched.err());
        assertTrue(Files.exists(elsewhere.resolve("weights/w.pth")));
        String use = "as it is, with: --model ";
        assertTrue(fetched.out().contains(use + elsewhere.resolve("weights/w.pth")));
        assertTrue(
                run("models", "fetch", "weights", "--quiet").out().contains(use + "weights; make"));
        assertTrue(line(run("models", "list"), "weights").endsWith(" (fetched)"));
        assertTrue(run("models", "show", "weights").out().contains("  fetched  " + folder));
    }

    @Test
    void anotherFolderIsReplacedOnlyByForce() throws IOException {
        model("home/models/weights", "own");
        CommandLineRun refused = run("models", "fetch", "weights");
        assertEquals(2, refused.exitCode());
        assertTrue(refused.err().contains("replace it with --force"), refused.err());
        assertEquals(0, run("models", "fetch", "weights", "--force").exitCode());
        assertFalse(Files.exists(folder.resolve("home/models/weights/config.json")));
    }

    @Test
    void codesTellUnknownNamesFromFailures() throws IOException {
        CommandLineRun unknown = run("models", "fetch", "fa");
        assertEquals(2, unknown.exitCode());
        assertTrue(unknown.err().contains("models that can be fetched: gdss-qm9"), unknown.err());
        CommandLineRun gone = run("models", "fetch", "gone", "--quiet");
        assertEquals(1, gone.exitCode());
        assertTrue(gone.err().endsWith("answered with HTTP status 404\n"), gone.err());
        assertEquals(1, gone.err().lines().count(), gone.err());
        Path file = Files.writeString(folder.resolve("file"), "");
        CommandLineRun blocked = run("models", "fetch", "far", "--quiet", "--to", file);
        assertEquals(1, blocked.exitCode());
        assertTrue(blocked.err().contains("cannot write " + file), blocked.err());
        CommandLineRun show = run("models", "show", "rna-utr");
        assertEquals(2, show.exitCode());
        assertTrue(show.err().contains("(did you mean 'rna-utr5'?)"), show.err());
    }

    @Test
    void helps() {
        for (List<String> command :
                List.of(
                        List.of("models", "fetch", "--help"),
                        List.of("models", "list", "--help"))) {
            assertEquals(0, run(command.toArray()).exitCode());
        }
    }
}
