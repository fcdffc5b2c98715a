package dev.tiller.zoo.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The format of a file of weights, told by its contents. */
public enum WeightFormat {
    /** A header in JSON, then the elements. */
    SAFETENSORS,
    /** What {@code torch.save} writes since PyTorch 1.6: a zip archive around a pickle. */
    TORCH_ZIP,
    /** What {@code torch.jit.save} writes: a zip archive with code. */
    TORCH_SCRIPT,
    /** What {@code torch.save} wrote before PyTorch 1.6: pickles one after the other. */
    TORCH_LEGACY,
    /** A protocol buffer of a graph. */
    ONNX,
    /** Anything else. */
    UNKNOWN;

    private static final int HEAD_BYTES = 64;
    private static final int ZIP_MAGIC = 0x04034b50;
    // after PROTO 2 and LONG1 of ten bytes: the low bytes of what PyTorch calls its magic number
    private static final long LEGACY_MAGIC = 0xa86a20f9_469cfc6cL;
    private static final int LEGACY_START = 4;
    private static final int PROTO = 0x80;
    private static final int ONNX_VERSION_FIELD = 0x08;
    private static final int ONNX_LAST_VERSION = 32;

    /**
     * Looks into a file.
     *
     * @param file the file
     * @return its format; UNKNOWN if it is none of these
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException if it is a zip archive that cannot be opened
     */
    public static WeightFormat detect(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new NoSuchFileException(file.toString());
        }
        ByteBuffer head = head(file);
        if (head.remaining() >= Integer.BYTES && head.getInt(0) == ZIP_MAGIC) {
            try (TorchArchive archive = TorchArchive.open(file)) {
                return archive.hasCode() ? TORCH_SCRIPT : TORCH_ZIP;
            }
        }
        if (isSafeTensors(head)) {
            return SAFETENSORS;
        }
        if (isLegacy(head)) {
            return TORCH_LEGACY;
        }
        return isOnnx(head) ? ONNX : UNKNOWN;
    }

    private static ByteBuffer head(Path file) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(HEAD_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
            int read = 0;
            while (read >= 0 && head.hasRemaining()) {
                read = in.read(head);
            }
        }
        return head.flip();
    }

    private static boolean isSafeTensors(ByteBuffer head) {
        int first = SafeTensorsHeader.LENGTH_BYTES;
        return head.remaining() > first && head.get(first) == '{' && head.getLong(0) >= 0;
    }

    private static boolean isLegacy(ByteBuffer head) {
        return head.remaining() > LEGACY_START + Long.BYTES
                && Byte.toUnsignedInt(head.get(0)) == PROTO
                && head.getLong(LEGACY_START) == LEGACY_MAGIC;
    }

    /** A model starts with its version, or with the name of its producer. */
    private static boolean isOnnx(ByteBuffer head) {
        return head.remaining() > 2
                && head.get(0) == ONNX_VERSION_FIELD
                && head.get(1) > 0
                && head.get(1) <= ONNX_LAST_VERSION;
    }
}
