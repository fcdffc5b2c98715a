package dev.tiller.rewards.external;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tiller.rewards.Designs;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.RewardFailedException;
import dev.tiller.rewards.Rewards;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Asks a server on the loopback address that scores a design by its length, if it behaves. */
final class HttpRewardTest {
    private static final Designs DESIGNS = new Designs(List.of("A", "CC", "GGG", "TTTT", "AC"));
    private static final double[] SCORES = {1, 2, 3, 4, 2};

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<String> right = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger requests = new AtomicInteger();
    private HttpServer server;
    private volatile Handler misbehaviour = (exchange, number, body) -> false;

    /** Answers in its own way and returns true, or leaves the request to the server. */
    @FunctionalInterface
    private interface Handler {
        boolean answer(HttpExchange exchange, int number, JsonNode body)
                throws IOException, InterruptedException;
    }

    @BeforeEach
    void startServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/score", this::handle);
        server.start();
    }

    @AfterEach
    void stopServer() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            JsonNode body = new ObjectMapper().readTree(exchange.getRequestBody().readAllBytes());
            if (misbehaviour.answer(exchange, requests.getAndIncrement(), body)) {
                return;
            }
            List<Integer> scores = new ArrayList<>();
            for (JsonNode design : body.get("designs")) {
                scores.add(design.textValue().length());
                right.add(design.textValue());
            }
            send(exchange, 200, "{\"id\":" + body.get("id") + ",\"scores\":" + scores + "}");
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static boolean send(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        return true;
    }

    private Reward reward(Map<String, String> options) {
        Map<String, String> all = new HashMap<>(options);
        all.putIfAbsent(
                "url",
                "http://"
                        + server.getAddress().getAddress().getHostAddress()
                        + ":"
                        + server.getAddress().getPort()
                        + "/score");
        all.putIfAbsent("backoffSeconds", "0.01");
        all.putIfAbsent("batchSize", "2");
        return Rewards.load().create("http", all, RewardContext.cpu());
    }

    @Test
    void connectsWithTheFirstCallAndScoresInOrder() {
        try (Reward reward = reward(Map.of("version", "1"))) {
            assertEquals(0, requests.get());
            assertArrayEquals(new double[0], reward.score(new Designs(List.of())));
            assertEquals(0, requests.get());
            IntStream.range(0, 8)
                    .parallel()
                    .forEach(call -> assertArrayEquals(SCORES, reward.score(DESIGNS)));
            assertEquals(24, requests.get());
            assertTrue(reward.digest().isPresent());
        }
        try (Reward unknown = reward(Map.of())) {
            assertTrue(unknown.digest().isEmpty());
        }
    }

    /** What the server does with the first two requests. */
    private enum Trouble {
        ERROR,
        BUSY,
        GARBAGE,
        TOO_FEW,
        TOO_MANY,
        WRONG_ID,
        NAN,
        CUT,
        HUGE
    }

    @ParameterizedTest
    @EnumSource(Trouble.class)
    void survives(Trouble trouble) {
        misbehaviour =
                (exchange, number, body) -> {
                    String id = "{\"id\":" + body.get("id") + ",\"scores\":";
                    if (number >= 2) {
                        return false;
                    }
                    return switch (trouble) {
                        case ERROR -> send(exchange, 500, "out of memory");
                        case BUSY -> {
                            exchange.getResponseHeaders().add("Retry-After", "0");
                            yield send(exchange, 429, "");
                        }
                        case GARBAGE -> send(exchange, 200, "<html>");
                        case TOO_FEW -> send(exchange, 200, id + "[9]}");
                        case TOO_MANY -> send(exchange, 200, id + "[9,9,9]}");
                        case WRONG_ID -> send(exchange, 200, "{\"id\":77,\"scores\":[9,9]}");
                        case NAN -> send(exchange, 200, id + "[NaN,null]}");
                        case CUT -> {
                            exchange.sendResponseHeaders(200, 1000);
                            exchange.getResponseBody().write(65);
                            yield true; // and closes
                        }
                        case HUGE -> send(exchange, 200, "9".repeat(200_000));
                    };
                };
        try (Reward reward = reward(Map.of("connections", "1"))) {
            Heard heard = new Heard();
            assertArrayEquals(SCORES, ((HttpReward) reward).score(DESIGNS, heard));
            assertEquals(5, heard.count);
            assertEquals(5, right.size()); // what was right is not asked again
        }
    }

    @Test
    void asksAgainWhatTakesTooLong() {
        misbehaviour =
                (exchange, number, body) -> {
                    if (number == 0) {
                        Thread.sleep(600); // then gives the right answer, too late
                    } else if (number == 1) {
                        exchange.sendResponseHeaders(200, 0);
                        exchange.getResponseBody().write('{');
                        exchange.getResponseBody().flush();
                        Thread.sleep(600); // the body takes too long, not the head
                        return true;
                    }
                    return false;
                };
        try (Reward reward = reward(Map.of("timeoutSeconds", "0.3", "connections", "1"))) {
            Heard heard = new Heard();
            assertArrayEquals(SCORES, ((HttpReward) reward).score(DESIGNS, heard));
            assertEquals(5, heard.count);
        }
    }

    @Test
    void endsAtOnceWhereItIsRefused() {
        misbehaviour = (exchange, number, body) -> send(exchange, 400, "unknown model\n'x'");
        try (Reward reward = reward(Map.of("connections", "1"))) {
            RewardFailedException e =
                    assertThrows(RewardFailedException.class, () -> reward.score(DESIGNS));
            String text = e.getMessage();
            assertTrue(text.startsWith("reward 'http' was refused by http://"), text);
            assertTrue(text.endsWith("/score: it gave status 400: unknown model 'x'"), text);
            assertEquals(1, requests.get());
        }
    }

    @Test
    void reportsTheDesignThatBreaksTheServer() {
        misbehaviour =
                (exchange, number, body) ->
                        body.toString().contains("GGG") && send(exchange, 503, "crash");
        try (Reward reward = reward(Map.of())) {
            assertEquals(
                    "reward 'http' gave no score for 1 design after 3 attempts\n"
                            + "  design 3 (GGG): it gave status 503: crash",
                    assertThrows(RewardFailedException.class, () -> reward.score(DESIGNS))
                            .getMessage());
            assertEquals(4, right.size());
        }
        try (Reward reward = reward(Map.of("onFailure", "score", "failureScore", "-7"))) {
            assertArrayEquals(new double[] {1, 2, -7, 4, 2}, reward.score(DESIGNS));
        }
    }

    @Test
    void givesUpAServerThatIsNotThere() {
        String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/score";
        server.stop(0);
        try (Reward reward = reward(Map.of("url", url, "connections", "1"))) {
            String text =
                    assertThrows(RewardFailedException.class, () -> reward.score(DESIGNS))
                            .getMessage();
            String start =
                    "reward 'http' must answer requests, got 5 failures in a row: it cannot be"
                            + " reached: java.net.ConnectException";
            assertTrue(text.startsWith(start), text);
            assertFalse(text.contains("\n"), text);
        }
    }

    @Test
    void sendsHeaders() {
        List<String> seen = Collections.synchronizedList(new ArrayList<>());
        misbehaviour =
                (exchange, number, body) -> {
                    seen.add(exchange.getRequestHeaders().getFirst("X-Model"));
                    seen.add(exchange.getRequestHeaders().getFirst("Content-Type"));
                    return false;
                };
        try (Reward reward = reward(Map.of("headers", "X-Model: small, X-Other: 1"))) {
            reward.score(new Designs(List.of("A")));
            assertEquals(List.of("small", "application/json"), seen);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "url     | ''         | url of reward 'http' must be given, got none; write for"
                        + " example url=http://localhost:8000/score",
                "url     | ftp://x/y  | url of reward 'http' must be an address with http or https,"
                        + " got 'ftp://x/y'; write for example http://localhost:8000/score",
                "url     | local host | url of reward 'http' must be an address with http or https,"
                        + " got 'local host'; write for example http://localhost:8000/score",
                "headers | X-Model    | header of reward 'http' must be 'Name: value', got"
                        + " 'X-Model'",
                "headers | Host: x    | header of reward 'http' must be one that requests may set,"
                        + " got 'Host'",
                "headers | A: ${TILLER_UNSET} | environment variable TILLER_UNSET of a header of"
                        + " reward 'http' must be set, got none; export it",
            })
    void rejects(String option, String value, String reason) {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> reward(Map.of(option, value)));
        assertEquals(reason, e.getMessage());
    }

    @Test
    void putsEnvironmentVariablesIntoHeaders() {
        assertEquals(
                new HttpHeader("Authorization", "Bearer a$b\\c!"),
                HttpHeader.parse("Authorization: Bearer ${TOKEN}!", Map.of("TOKEN", "a$b\\c")));
    }
}
