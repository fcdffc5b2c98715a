package dev.tiller.zoo.weights;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.parity.ParityCase;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mutated files give their contents or one clear line, and nothing else. */
class CheckpointFuzzIT {
    private static final Duration BUDGET =
            Duration.ofMillis(Long.getLong("tiller.fuzz.milliseconds", 3000));

    @TempDir private Path folder;

    private long state = 0x9e3779b97f4a7c15L;

    /** A linear congruential generator: which files come out does not depend on the platform. */
    private int next(int bound) {
        state = state * 6364136223846793005L + 1442695040888963407L;
        return (int) Long.remainderUnsigned(state >>> 20, bound);
    }

    private byte[] mutate(byte[] original) {
        byte[] bytes = original.clone();
        int changes = 1 + next(4);
        for (int i = 0; i < changes; i++) {
            int at = position(bytes.length);
            switch (next(6)) {
                case 0 -> bytes[at] ^= (byte) (1 << next(8));
                case 1 -> bytes[at] = (byte) next(256);
                case 2 -> bytes = java.util.Arrays.copyOf(bytes, Math.max(1, at));
                case 3 -> {
                    int length = Math.min(1 + next(64), bytes.length - at);
                    int from = next(bytes.length - length + 1);
                    System.arraycopy(bytes, from, bytes, at, length);
                }
                case 4 -> {
                    if (at + Long.BYTES <= bytes.length) {
                        long value = 1L << next(63);
                        ByteBuffer.wrap(bytes)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .putLong(at, next(2) == 0 ? value : -value);
                    }
                }
                default -> {
                    if (at + Integer.BYTES <= bytes.length) {
                        ByteBuffer.wrap(bytes)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .putInt(at, next(9) - 4);
                    }
                }
            }
        }
        return bytes;
    }

    /** Headers are at both ends of a file; the middle is numbers. */
    private int position(int length) {
        int end = Math.min(length, 6000);
        return switch (next(3)) {
            case 0 -> next(end);
            case 1 -> length - 1 - next(end);
            default -> next(length);
        };
    }

    private void readAll(Path file) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(file);
                NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            checkpoint.metadata();
            checkpoint.sections();
            checkpoint.shapes(Selection.DEFAULT);
            checkpoint.read(Selection.DEFAULT, List.of(), manager);
        }
    }

    @Test
    void mutatedFilesAreReadOrRefused() throws IOException {
        ParityCase parity = ParityCase.find("02_train2_ckpt").get(0);
        List<byte[]> originals =
                List.of(
                        Files.readAllBytes(parity.file("model.ckpt")),
                        Files.readAllBytes(parity.file("weights.pt")),
                        Files.readAllBytes(parity.file("weights.safetensors")));
        Path file = folder.resolve("mutated");
        long end = System.nanoTime() + BUDGET.toNanos();
        int refused = 0;
        int read = 0;
        for (int i = 0; System.nanoTime() < end || i < 30; i++) {
            byte[] bytes = mutate(originals.get(i % originals.size()));
            Files.write(file, bytes);
            try {
                readAll(file);
                read++;
            } catch (IllegalArgumentException e) {
                if (e.getMessage() == null || e.getMessage().contains("\n")) {
                    fail("mutation " + i + " must give one line, got " + e.getMessage(), e);
                }
                refused++;
            } catch (RuntimeException | Error | IOException e) {
                Files.write(Path.of("target", "fuzz-failure.bin"), bytes);
                fail("mutation " + i + " must be refused with one line, got " + e, e);
            }
        }
        assertTrue(refused > 0 && read > 0, refused + " refused, " + read + " read");
    }
}
