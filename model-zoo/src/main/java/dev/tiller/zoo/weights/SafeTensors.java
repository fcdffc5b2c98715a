package dev.tiller.zoo.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads and writes safetensors files: an 8-byte little-endian header length, a JSON header, and the
 * elements of all tensors.
 *
 * <p>Half-precision floats become float32 and 16-bit integers int32, which the engine computes
 * with; every other type stays. Files may be larger than 2 GB, each tensor may not: tensors are
 * mapped from the file one by one.
 */
public final class SafeTensors {
    private static final int ALIGNMENT = 8;
    private static final long MOST_TENSOR_BYTES = Integer.MAX_VALUE - 16L;

    private SafeTensors() {}

    /**
     * Reads a file.
     *
     * @param file the file
     * @param manager owner of the arrays
     * @return its tensors, in the order of the header, and its metadata
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException if it is not a well-formed safetensors file
     */
    public static WeightFile read(Path file, NDManager manager) throws IOException {
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
            SafeTensorsHeader header = header(file, in);
            Map<String, NDArray> tensors = new LinkedHashMap<>();
            for (Map.Entry<String, SafeTensorsHeader.Entry> tensor : header.entries().entrySet()) {
                SafeTensorsHeader.Entry entry = tensor.getValue();
                long length = entry.end() - entry.begin();
                if (length > MOST_TENSOR_BYTES) {
                    throw new IllegalArgumentException(
                            "tensor '"
                                    + tensor.getKey()
                                    + "' must have less than 2 GB, got shape "
                                    + entry.shape());
                }
                ByteBuffer part =
                        length == 0
                                ? ByteBuffer.allocate(0)
                                : in.map(
                                        FileChannel.MapMode.READ_ONLY,
                                        header.dataStart() + entry.begin(),
                                        length);
                tensors.put(tensor.getKey(), entry.type().decode(part, entry.shape(), manager));
            }
            return new WeightFile(tensors, header.metadata());
        }
    }

    static SafeTensorsHeader header(Path file) throws IOException {
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
            return header(file, in);
        }
    }

    private static SafeTensorsHeader header(Path file, FileChannel in) throws IOException {
        ByteBuffer length = ByteBuffer.allocate(SafeTensorsHeader.LENGTH_BYTES);
        fill(in, length);
        int text = SafeTensorsHeader.length(file.toString(), length.flip(), in.size());
        ByteBuffer head = ByteBuffer.allocate(SafeTensorsHeader.LENGTH_BYTES + text);
        in.position(0);
        fill(in, head);
        return SafeTensorsHeader.parse(file.toString(), head.flip(), in.size());
    }

    private static void fill(FileChannel in, ByteBuffer buffer) throws IOException {
        int read = 0;
        while (read >= 0 && buffer.hasRemaining()) {
            read = in.read(buffer);
        }
    }

    /**
     * Reads a stream to its end.
     *
     * @param name what to call the stream in errors
     * @param in the stream; not closed
     * @param manager owner of the arrays
     * @return its tensors, in the order of the header, and its metadata
     * @throws IOException if the stream cannot be read
     * @throws IllegalArgumentException if it is not a well-formed safetensors file
     */
    public static WeightFile read(String name, InputStream in, NDManager manager)
            throws IOException {
        return read(name, ByteBuffer.wrap(in.readAllBytes()), manager);
    }

    /**
     * Reads the remaining bytes of a buffer.
     *
     * @param name what to call the buffer in errors
     * @param bytes the bytes of a file; position and limit stay as they are
     * @param manager owner of the arrays
     * @return its tensors, in the order of the header, and its metadata
     * @throws IllegalArgumentException if it is not a well-formed safetensors file
     */
    public static WeightFile read(String name, ByteBuffer bytes, NDManager manager) {
        SafeTensorsHeader header = SafeTensorsHeader.parse(name, bytes);
        ByteBuffer data = bytes.slice().position(header.dataStart()).slice();
        Map<String, NDArray> tensors = new LinkedHashMap<>();
        header.entries()
                .forEach(
                        (key, entry) -> {
                            int begin = (int) entry.begin();
                            ByteBuffer part = data.slice(begin, (int) entry.end() - begin);
                            tensors.put(key, entry.type().decode(part, entry.shape(), manager));
                        });
        return new WeightFile(tensors, header.metadata());
    }

    /**
     * Writes a file. Equal arguments give equal bytes, and the file appears whole or not at all.
     *
     * @param file the file to create or replace
     * @param tensors float64, float32, int64, int32, int8, uint8 or boolean arrays, written in the
     *     order of the map
     * @param metadata text entries, written in the order of their names
     * @throws IOException if the file cannot be written
     * @throws IllegalArgumentException if an array has another dtype
     */
    public static void write(Path file, Map<String, NDArray> tensors, Map<String, String> metadata)
            throws IOException {
        ByteBuffer header = header(tensors, metadata);
        Path folder = file.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        // not Files.createTempFile, whose files only their owner may read
        long process = ProcessHandle.current().pid();
        Path temporary = folder.resolve(file.getFileName() + "." + process + ".part");
        try {
            try (FileChannel out =
                    FileChannel.open(
                            temporary,
                            StandardOpenOption.WRITE,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.TRUNCATE_EXISTING)) {
                writeFully(out, header);
                for (NDArray array : tensors.values()) {
                    writeFully(out, array.toByteBuffer());
                }
                out.force(true);
            }
            move(temporary, file);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /**
     * Returns the contents that {@link #write} gives a file.
     *
     * @param tensors as there
     * @param metadata as there
     * @return the bytes of the file
     * @throws IllegalArgumentException if an array has another dtype
     */
    public static byte[] bytes(Map<String, NDArray> tensors, Map<String, String> metadata) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        append(header(tensors, metadata), out);
        tensors.values().forEach(array -> append(array.toByteBuffer(), out));
        return out.toByteArray();
    }

    private static void append(ByteBuffer bytes, ByteArrayOutputStream out) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        out.writeBytes(copy);
    }

    private static ByteBuffer header(Map<String, NDArray> tensors, Map<String, String> metadata) {
        ObjectNode root = SafeTensorsHeader.JSON.createObjectNode();
        if (!metadata.isEmpty()) {
            ObjectNode text = root.putObject(SafeTensorsHeader.METADATA);
            new TreeMap<>(metadata).forEach(text::put);
        }
        long offset = 0;
        for (Map.Entry<String, NDArray> tensor : tensors.entrySet()) {
            NDArray array = tensor.getValue();
            TensorType type = TensorType.of(array.getDataType(), tensor.getKey());
            ObjectNode entry = root.putObject(tensor.getKey());
            entry.put("dtype", type.name());
            ArrayNode shape = entry.putArray("shape");
            Arrays.stream(array.getShape().getShape()).forEach(shape::add);
            long end = offset + array.size() * type.bytes();
            entry.putArray("data_offsets").add(offset).add(end);
            offset = end;
        }
        byte[] json = root.toString().getBytes(StandardCharsets.UTF_8);
        int padded = (json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        byte[] text = Arrays.copyOf(json, padded);
        Arrays.fill(text, json.length, padded, (byte) ' ');
        ByteBuffer header = ByteBuffer.allocate(SafeTensorsHeader.LENGTH_BYTES + padded);
        return header.order(ByteOrder.LITTLE_ENDIAN).putLong(padded).put(text).flip();
    }

    private static void writeFully(FileChannel out, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
