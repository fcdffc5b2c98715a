package dev.tiller.zoo.registry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A web server on this machine, with what servers do right and wrong. */
final class FileServer implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch closed = new CountDownLatch(1);

    /** The method, path and range of each request. */
    final List<String> requests = new CopyOnWriteArrayList<>();

    /** Answers a request. */
    @FunctionalInterface
    interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    FileServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.start();
    }

    String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    FileServer on(String path, Answer answer) {
        server.createContext(
                path,
                exchange -> {
                    String range = exchange.getRequestHeaders().getFirst("Range");
                    requests.add(exchange.getRequestURI() + (range == null ? "" : " " + range));
                    try (exchange) {
                        answer.to(exchange);
                    }
                });
        return this;
    }

    /** Serves bytes, whole whatever range is asked for. */
    FileServer whole(String path, byte[] bytes) {
        return on(path, exchange -> send(exchange, 200, bytes, 0));
    }

    /** Serves bytes, or the part from a position on. */
    FileServer ranges(String path, byte[] bytes) {
        return on(
                path,
                exchange -> {
                    String range = exchange.getRequestHeaders().getFirst("Range");
                    if (range == null) {
                        send(exchange, 200, bytes, 0);
                        return;
                    }
                    int from = Integer.parseInt(range.replaceAll("\\D", ""));
                    exchange.getResponseHeaders()
                            .add(
                                    "Content-Range",
                                    "bytes "
                                            + from
                                            + "-"
                                            + (bytes.length - 1)
                                            + "/"
                                            + bytes.length);
                    send(exchange, 206, bytes, from);
                });
    }

    /** Sends the first bytes of many, and hangs up. */
    FileServer cutOff(String path, byte[] bytes, int sent) {
        return on(
                path,
                exchange -> {
                    exchange.sendResponseHeaders(200, bytes.length);
                    exchange.getResponseBody().write(bytes, 0, sent);
                    exchange.getResponseBody().flush();
                });
    }

    /** Sends a head and the first bytes, and then nothing. */
    FileServer hangs(String path, byte[] bytes, int sent) {
        return on(
                path,
                exchange -> {
                    exchange.sendResponseHeaders(200, bytes.length);
                    exchange.getResponseBody().write(bytes, 0, sent);
                    exchange.getResponseBody().flush();
                    await();
                });
    }

    /** Never answers. */
    FileServer silent(String path) {
        return on(path, exchange -> await());
    }

    FileServer status(String path, int status, String header, String value) {
        return on(
                path,
                exchange -> {
                    if (header != null) {
                        exchange.getResponseHeaders().add(header, value);
                    }
                    exchange.sendResponseHeaders(status, -1);
                });
    }

    private void await() {
        try {
            closed.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void send(HttpExchange exchange, int status, byte[] bytes, int from)
            throws IOException {
        exchange.sendResponseHeaders(status, bytes.length - from);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(Arrays.copyOfRange(bytes, from, bytes.length));
        }
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
