package dev.tiller.sampler.parity;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One array of numpy's npy format; either {@code floats} or {@code longs} is null. */
record NpyArray(long[] shape, float[] floats, long[] longs) {
    private static final int MAGIC_BYTES = 6;
    private static final Pattern HEADER =
            Pattern.compile(
                    "'descr': '(<f4|<i8)', 'fortran_order': False, 'shape': \\(([\\d, ]*)\\)");

    static NpyArray parse(String name, byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        in.position(MAGIC_BYTES);
        int version = in.getShort() & 0xff;
        byte[] text = new byte[version == 1 ? in.getShort() & 0xffff : in.getInt()];
        in.get(text);
        Matcher header = HEADER.matcher(new String(text, StandardCharsets.ISO_8859_1));
        if (!header.find()) {
            throw new IllegalArgumentException(
                    name
                            + " must be a float32 or int64 array in C order, got "
                            + new String(text, StandardCharsets.ISO_8859_1));
        }
        long[] shape =
                Arrays.stream(header.group(2).split(","))
                        .map(String::strip)
                        .filter(s -> !s.isEmpty())
                        .mapToLong(Long::parseLong)
                        .toArray();
        if (header.group(1).equals("<f4")) {
            float[] floats = new float[in.remaining() / Float.BYTES];
            in.asFloatBuffer().get(floats);
            return new NpyArray(shape, floats, null);
        }
        long[] longs = new long[in.remaining() / Long.BYTES];
        in.asLongBuffer().get(longs);
        return new NpyArray(shape, null, longs);
    }
}
