package dev.tiller.zoo.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The cache of exported graphs. */
class OnnxCacheTest {
    private static final byte[] GRAPH = "the graph".getBytes(StandardCharsets.UTF_8);

    @TempDir private Path folder;

    private final AtomicInteger exports = new AtomicInteger();

    private byte[] get(Path place, String... parts) {
        return new OnnxCache(place)
                .get(
                        parts,
                        () -> {
                            exports.incrementAndGet();
                            return GRAPH.clone();
                        });
    }

    private Path onlyEntry() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> entries = files.toList();
            assertEquals(1, entries.size());
            return entries.get(0);
        }
    }

    @Test
    void keepsWhatWasExported() throws IOException {
        assertArrayEquals(GRAPH, get(folder, "weights", "config"));
        assertArrayEquals(GRAPH, get(folder, "weights", "config"));
        assertEquals(1, exports.get());
        assertTrue(onlyEntry().toString().endsWith(".graph"));
    }

    @Test
    void everyPartCounts() {
        get(folder, "weights", "config");
        get(folder, "weights", "other config");
        get(folder, "weights config");
        assertEquals(3, exports.get());
    }

    @Test
    void aBrokenEntryIsMadeAnew() throws IOException {
        get(folder, "weights");
        byte[] bytes = Files.readAllBytes(onlyEntry());
        for (int length : new int[] {0, 10, 64, bytes.length - 1}) {
            Files.write(onlyEntry(), java.util.Arrays.copyOf(bytes, length));
            assertArrayEquals(GRAPH, get(folder, "weights"));
        }
        bytes[bytes.length - 1] ^= 1;
        Files.write(onlyEntry(), bytes);
        assertArrayEquals(GRAPH, get(folder, "weights"));
        assertEquals(6, exports.get());
        assertArrayEquals(GRAPH, get(folder, "weights"));
        assertEquals(6, exports.get());
    }

    @Test
    void aFolderThatCannotBeWrittenCostsTimeAlone() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "not a folder");
        assertArrayEquals(GRAPH, get(file.resolve("cache"), "weights"));
        assertArrayEquals(GRAPH, get(file.resolve("cache"), "weights"));
        assertEquals(2, exports.get());
    }

    @Test
    void manyAtOnceAgree() throws InterruptedException, ExecutionException, IOException {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<byte[]>> results = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                results.add(threads.submit(() -> get(folder, "weights")));
            }
            for (Future<byte[]> result : results) {
                assertArrayEquals(GRAPH, result.get());
            }
        } finally {
            threads.shutdown();
        }
        assertTrue(onlyEntry().toString().endsWith(".graph"));
    }

    @Test
    void whatNobodyUsesIsRemoved() throws IOException {
        get(folder, "old");
        Path old = onlyEntry();
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(100))));
        get(folder, "new");
        assertFalse(Files.exists(old));
        assertEquals(2, exports.get());
        onlyEntry();
    }
}
