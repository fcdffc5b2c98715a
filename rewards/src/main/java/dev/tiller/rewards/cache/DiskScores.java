package dev.tiller.rewards.cache;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * Scores on disk: {@code FOLDER/DIGEST/scores-N.jsonl}, where DIGEST is that of the reward's
 * identity. Each line is {@code {"design":"ACGT","score":0.5}}; a score is written so that reading
 * it gives the same double.
 *
 * <p>Each store that writes makes a file of its own, with the next free number, and only ever
 * appends to it, one line per score. So several processes may share a folder without locks, and a
 * killed process leaves at most one line without its end, which is not read. What other processes
 * write after this store was opened is not seen. Where two files disagree, the lower number holds.
 *
 * <p>All scores of the folder are indexed in memory by a hash of the design, at most 96 bytes each.
 */
public final class DiskScores implements ScoreStore {
    private static final ObjectMapper MAPPER =
            JsonMapper.builder()
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(JsonWriteFeature.ESCAPE_NON_ASCII) // exact for any text
                    .build();

    private final Path folder;
    private final ScoreIndex index = new ScoreIndex();
    private FileOutputStream file; // unlike a channel, survives an interrupt of its thread
    private boolean closed;

    /**
     * Opens the scores of one reward, and reads them.
     *
     * @param root the folder of all rewards; made when the first score is put
     * @param identity which reward it is
     * @throws UncheckedIOException if the folder cannot be read
     */
    public DiskScores(Path root, RewardIdentity identity) {
        this.folder = root.resolve(identity.digest().substring(0, 32));
        try {
            for (Path segment : segments(folder)) {
                read(segment);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("scores of " + folder + " cannot be read: " + e, e);
        }
    }

    @Override
    public synchronized OptionalDouble find(String design) {
        return index.find(design);
    }

    @Override
    public synchronized void put(String design, double score) {
        if (closed) {
            throw new IllegalStateException("the store of scores in " + folder + " is closed");
        }
        if (!Double.isFinite(score)) {
            throw new IllegalArgumentException(
                    "score in a cache must be finite, got " + score + "; leave it out");
        }
        if (!index.put(design, score)) {
            return;
        }
        try {
            write(line(design, score));
        } catch (IOException e) {
            abandonFile(e);
            throw new UncheckedIOException("score cannot be kept in " + folder + ": " + e, e);
        }
    }

    /**
     * Returns the number of scores held.
     *
     * @return the number of designs, over all files
     */
    public synchronized int size() {
        return index.size();
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (file == null) {
            return;
        }
        try (FileOutputStream closing = file) {
            file = null;
            closing.getFD().sync();
        } catch (IOException e) {
            throw new UncheckedIOException("scores in " + folder + " cannot be kept: " + e, e);
        }
    }

    private void write(byte[] line) throws IOException {
        if (file == null) {
            file = newSegment();
        }
        file.write(line);
    }

    /** Gives up a file that may end within a line, so that nothing is appended to that line. */
    private void abandonFile(IOException reason) {
        if (file != null) {
            try {
                file.close();
            } catch (IOException e) {
                reason.addSuppressed(e);
            }
            file = null;
        }
    }

    private FileOutputStream newSegment() throws IOException {
        Files.createDirectories(folder);
        List<Path> taken = segments(folder);
        int number = taken.isEmpty() ? 1 : numberOf(taken.get(taken.size() - 1)) + 1;
        while (true) {
            Path segment = folder.resolve(String.format(Locale.ROOT, "scores-%06d.jsonl", number));
            try {
                return new FileOutputStream(Files.createFile(segment).toFile());
            } catch (FileAlreadyExistsException e) {
                number++; // another process was faster
            }
        }
    }

    private static List<Path> segments(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.getFileName().toString().matches("scores-\\d{6}\\.jsonl"))
                    .sorted()
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    private static int numberOf(Path segment) {
        return Integer.parseInt(segment.getFileName().toString().substring(7, 13));
    }

    private void read(Path segment) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(segment))) {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int b = in.read(); b >= 0; b = in.read()) {
                if (b == '\n') {
                    readLine(line.toString(StandardCharsets.UTF_8));
                    line.reset();
                } else {
                    line.write(b);
                }
            } // a last line without its end may be half a line, and is left out
        }
    }

    /** Takes a line that is whole; any other was damaged and is as good as none. */
    private void readLine(String line) {
        try {
            JsonNode entry = MAPPER.readTree(line);
            JsonNode score = entry.path("score");
            if (entry.path("design").isTextual()
                    && score.isNumber()
                    && Double.isFinite(score.doubleValue())) {
                index.put(entry.get("design").textValue(), score.doubleValue());
            }
        } catch (JsonProcessingException e) {
            return;
        }
    }

    private static byte[] line(String design, double score) throws JsonProcessingException {
        String json =
                MAPPER.writeValueAsString(
                        MAPPER.createObjectNode().put("design", design).put("score", score));
        return (json + "\n").getBytes(StandardCharsets.US_ASCII);
    }
}
