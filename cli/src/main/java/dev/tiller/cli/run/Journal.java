package dev.tiller.cli.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The finished batches of a run, one JSON line each, forced to disk: what a killed run resumes
 * from. A line that was cut off by a kill is dropped.
 */
final class Journal {
    /** One finished batch; reward calls count gradients, too, which the counts do not. */
    record Batch(List<DesignRow> designs, Counts counts, double seconds, long rewardCalls) {}

    private static final ObjectMapper JSON = JsonMapper.builder().build();

    private final Path file;

    Journal(Path file) {
        this.file = file;
    }

    /** Reads the whole batches, and cuts off what follows them. */
    List<Batch> read() throws IOException {
        List<Batch> batches = new ArrayList<>();
        if (Files.notExists(file)) {
            return batches;
        }
        byte[] bytes = Files.readAllBytes(file);
        int start = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                String line = new String(bytes, start, i - start, StandardCharsets.UTF_8);
                try {
                    batches.add(JSON.readValue(line, Batch.class));
                } catch (JsonProcessingException e) {
                    break;
                }
                start = i + 1;
            }
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(start);
        }
        return batches;
    }

    void append(Batch batch) throws IOException {
        byte[] line = (JSON.writeValueAsString(batch) + "\n").getBytes(StandardCharsets.UTF_8);
        try (FileChannel channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.APPEND)) {
            ByteBuffer buffer = ByteBuffer.wrap(line);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        }
    }

    void delete() throws IOException {
        Files.deleteIfExists(file);
    }
}
