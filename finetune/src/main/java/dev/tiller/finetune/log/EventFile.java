package dev.tiller.finetune.log;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * A file of scalars that TensorBoard shows: {@code events.out.tfevents.*}, TFRecords of protocol
 * buffers {@code tensorflow.Event} (version 2).
 *
 * <p>Each process that trains into a folder writes a file of its own, and each record is written by
 * one call, so a killed run leaves whole records. A resumed run repeats the row of its checkpoint,
 * with the same values. The tags are {@code training/NAME} and {@code validation/NAME}.
 */
public final class EventFile implements AutoCloseable {
    private static final String PREFIX = "events.out.tfevents.";
    private static final int CRC_ROTATION = 15;
    private static final int CRC_DELTA = 0xa282ead8;

    // field numbers of tensorflow.Event, Summary and Summary.Value
    private static final int EVENT_WALL_TIME = 1;
    private static final int EVENT_STEP = 2;
    private static final int EVENT_FILE_VERSION = 3;
    private static final int EVENT_SUMMARY = 5;
    private static final int SUMMARY_VALUE = 1;
    private static final int VALUE_TAG = 1;
    private static final int VALUE_SIMPLE = 2;

    private final Path folder;
    private final Clock clock;
    private FileChannel out;

    /** The content of a protocol buffer. */
    @FunctionalInterface
    private interface Message {
        void writeTo(CodedOutputStream out) throws IOException;
    }

    /**
     * Creates a writer; the file itself is made with the first row.
     *
     * @param folder an existing folder, or one that exists when the first row is written
     * @param clock the time of day, which goes into the file's name and its records
     */
    public EventFile(Path folder, Clock clock) {
        this.folder = folder;
        this.clock = clock;
    }

    /**
     * Tells whether a file has a name of such files.
     *
     * @param file a file
     * @return true if so
     */
    public static boolean isOne(Path file) {
        return file.getFileName().toString().startsWith(PREFIX);
    }

    /**
     * Appends the numbers of a row; NaNs are left out.
     *
     * @param row the row
     * @throws IOException if the file cannot be written
     */
    public void write(MetricsRow row) throws IOException {
        try {
            append(row);
        } catch (IOException e) {
            throw new IOException(
                    "file for TensorBoard could not be written to "
                            + folder
                            + " ("
                            + e.getMessage()
                            + "); mend that and use --resume",
                    e);
        }
    }

    private void append(MetricsRow row) throws IOException {
        if (out == null) {
            out = create();
            record(
                    event -> {
                        event.writeDouble(EVENT_WALL_TIME, seconds());
                        event.writeString(EVENT_FILE_VERSION, "brain.Event:2");
                    });
        }
        Map<String, Double> scalars = new TreeMap<>();
        scalars.put("training/loss", row.loss());
        scalars.put("training/gradient_norm", row.gradientNorm());
        scalars.put("training/learning_rate", row.learningRate());
        row.training().forEach((name, value) -> scalars.put("training/" + name, value));
        row.validation().forEach((name, value) -> scalars.put("validation/" + name, value));
        scalars.values().removeIf(value -> value.isNaN());
        byte[] summary =
                bytes(
                        values -> {
                            for (Map.Entry<String, Double> scalar : scalars.entrySet()) {
                                values.writeByteArray(SUMMARY_VALUE, value(scalar));
                            }
                        });
        record(
                event -> {
                    event.writeDouble(EVENT_WALL_TIME, seconds());
                    event.writeInt64(EVENT_STEP, row.step());
                    event.writeByteArray(EVENT_SUMMARY, summary);
                });
    }

    private static byte[] value(Map.Entry<String, Double> scalar) throws IOException {
        return bytes(
                value -> {
                    value.writeString(VALUE_TAG, scalar.getKey());
                    value.writeFloat(VALUE_SIMPLE, scalar.getValue().floatValue());
                });
    }

    private double seconds() {
        return clock.millis() / 1000.0;
    }

    /** TensorBoard reads the files of a folder in the order of their names. */
    private FileChannel create() throws IOException {
        Files.createDirectories(folder);
        String time = String.format(Locale.ROOT, "%s%010d", PREFIX, clock.millis() / 1000);
        for (int number = 0; ; number++) {
            Path file =
                    folder.resolve(
                            String.format(
                                    Locale.ROOT,
                                    "%s.%d.%d",
                                    time,
                                    number,
                                    ProcessHandle.current().pid()));
            try {
                return FileChannel.open(
                        file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            } catch (FileAlreadyExistsException e) {
                // of a run that ended in this second; take the next number
            }
        }
    }

    private static byte[] bytes(Message message) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        message.writeTo(out);
        out.flush();
        return bytes.toByteArray();
    }

    /** Length, its checksum, the data, their checksum: a TFRecord, little-endian. */
    private void record(Message event) throws IOException {
        byte[] data = bytes(event);
        byte[] length =
                ByteBuffer.allocate(Long.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(data.length)
                        .array();
        ByteBuffer record =
                ByteBuffer.allocate(Long.BYTES + 2 * Integer.BYTES + data.length)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .put(length)
                        .putInt(maskedChecksum(length))
                        .put(data)
                        .putInt(maskedChecksum(data))
                        .flip();
        while (record.hasRemaining()) {
            out.write(record);
        }
    }

    private static int maskedChecksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return Integer.rotateRight((int) crc.getValue(), CRC_ROTATION) + CRC_DELTA;
    }

    @Override
    public void close() throws IOException {
        if (out != null) {
            out.close();
        }
    }
}
