package dev.tiller.finetune.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads the files back by a reader of its own, which shares no code with the writer. */
class EventFileTest {
    private static final Clock CLOCK =
            Clock.fixed(Instant.ofEpochMilli(1_700_000_000_250L), ZoneOffset.UTC);

    @TempDir private Path folder;

    /** An event as TensorBoard sees it. */
    private record Event(double time, long step, String version, Map<String, Float> scalars) {}

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    private static List<Event> read(Path file) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        List<Event> events = new ArrayList<>();
        while (in.hasRemaining()) {
            byte[] head = new byte[8];
            in.get(in.position(), head);
            int length = (int) in.getLong();
            assertEquals(masked(head), in.getInt());
            byte[] data = new byte[length];
            in.get(data);
            assertEquals(masked(data), in.getInt());
            events.add(event(data));
        }
        return events;
    }

    /** CRC-32C bit by bit (reflected polynomial 0x82f63b78), masked as TensorFlow does. */
    private static int masked(byte[] data) {
        int crc = -1;
        for (byte b : data) {
            crc ^= b & 0xff;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc >>> 1) ^ ((crc & 1) == 0 ? 0 : 0x82f63b78);
            }
        }
        crc = ~crc;
        return ((crc >>> 15) | (crc << 17)) + 0xa282ead8;
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte b = in.get();
            value |= (b & 0x7fL) << shift;
            if (b >= 0) {
                return value;
            }
        }
    }

    private static byte[] bytes(ByteBuffer in) {
        byte[] bytes = new byte[(int) varint(in)];
        in.get(bytes);
        return bytes;
    }

    private static ByteBuffer of(byte[] data) {
        return ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static Event event(byte[] data) {
        ByteBuffer in = of(data);
        double time = 0;
        long step = 0;
        String version = null;
        Map<String, Float> scalars = new TreeMap<>();
        while (in.hasRemaining()) {
            int key = (int) varint(in);
            switch (key) {
                case 1 << 3 | 1 -> time = in.getDouble();
                case 2 << 3 -> step = varint(in);
                case 3 << 3 | 2 -> version = new String(bytes(in), StandardCharsets.UTF_8);
                case 5 << 3 | 2 -> summary(of(bytes(in)), scalars);
                default -> throw new AssertionError("unknown field " + key);
            }
        }
        return new Event(time, step, version, scalars);
    }

    private static void summary(ByteBuffer in, Map<String, Float> scalars) {
        while (in.hasRemaining()) {
            assertEquals(1 << 3 | 2, varint(in));
            ByteBuffer value = of(bytes(in));
            assertEquals(1 << 3 | 2, varint(value));
            String tag = new String(bytes(value), StandardCharsets.UTF_8);
            assertEquals(2 << 3 | 5, varint(value));
            scalars.put(tag, value.getFloat());
            assertFalse(value.hasRemaining());
        }
    }

    private static MetricsRow row(long step, double loss) {
        return MetricsRow.of(
                step, loss, 0.5, 1e-3, Map.of("reward", -2.5), Map.of("nelbo", loss / 2));
    }

    @Test
    void readsBackAsItWasWritten() throws IOException {
        try (EventFile events = new EventFile(folder.resolve("new"), CLOCK)) {
            assertFalse(Files.exists(folder.resolve("new")), "no row, no file");
            events.write(row(0, Double.NaN));
            events.write(row(70_000, 3.25));
        }
        folder = folder.resolve("new");
        assertEquals(1, files().size());
        assertTrue(EventFile.isOne(files().get(0)));
        String name = files().get(0).getFileName().toString();
        assertTrue(name.startsWith("events.out.tfevents.1700000000."), name);
        List<Event> events = read(files().get(0));
        double time = 1_700_000_000.25;
        assertEquals(new Event(time, 0, "brain.Event:2", Map.of()), events.get(0));
        assertEquals(
                new Event(
                        time,
                        0,
                        null,
                        Map.of(
                                "training/gradient_norm", 0.5f,
                                "training/learning_rate", 0.001f,
                                "training/reward", -2.5f)),
                events.get(1));
        assertEquals(
                new Event(
                        time,
                        70_000,
                        null,
                        Map.of(
                                "training/loss", 3.25f,
                                "training/gradient_norm", 0.5f,
                                "training/learning_rate", 0.001f,
                                "training/reward", -2.5f,
                                "validation/nelbo", 1.625f)),
                events.get(2));
        assertEquals(3, events.size());
    }

    /** TensorBoard reads files in the order of their names: the resumed run's come after. */
    @Test
    void eachProcessWritesAFileOfItsOwn() throws IOException {
        for (int i = 0; i < 3; i++) {
            try (EventFile events = new EventFile(folder, CLOCK)) {
                events.write(row(i, 1));
            }
        }
        List<Long> steps = new ArrayList<>();
        for (Path file : files()) {
            steps.add(read(file).get(1).step());
        }
        assertEquals(List.of(0L, 1L, 2L), steps);
    }
}
