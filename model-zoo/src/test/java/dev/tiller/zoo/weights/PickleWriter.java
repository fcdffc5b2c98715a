package dev.tiller.zoo.weights;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes pickles of protocol 2, operation by operation. */
final class PickleWriter {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    PickleWriter() {
        raw(0x80, 2);
    }

    PickleWriter raw(int... bytes) {
        for (int b : bytes) {
            out.write(b);
        }
        return this;
    }

    PickleWriter text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        raw('X');
        return integer(bytes.length).bytes(bytes);
    }

    PickleWriter number(int value) {
        raw('J');
        return integer(value);
    }

    PickleWriter real(double value) {
        raw('G');
        return bytes(ByteBuffer.allocate(Double.BYTES).putDouble(value).array());
    }

    PickleWriter global(String module, String name) {
        raw('c');
        return bytes((module + "\n" + name + "\n").getBytes(StandardCharsets.UTF_8));
    }

    PickleWriter mark() {
        return raw('(');
    }

    PickleWriter tuple() {
        return raw('t');
    }

    PickleWriter numbers(long... values) {
        mark();
        for (long value : values) {
            number((int) value);
        }
        return tuple();
    }

    PickleWriter dictionary() {
        return raw('}');
    }

    PickleWriter set() {
        return raw('s');
    }

    PickleWriter call() {
        return raw('R');
    }

    /** A view of a storage, as torch.save writes it. */
    PickleWriter tensor(String kind, String key, long elements, long offset, long[]... shape) {
        global("torch._utils", "_rebuild_tensor_v2").mark();
        mark().text("storage").global("torch", kind).text(key).text("cuda:0");
        number((int) elements).tuple().raw('Q');
        number((int) offset).numbers(shape[0]).numbers(shape[1]);
        raw(0x89).global("collections", "OrderedDict").raw(')').call();
        return tuple().call();
    }

    /** The finished pickle. */
    byte[] finish() {
        raw('.');
        return out.toByteArray();
    }

    private PickleWriter integer(int value) {
        ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        return bytes(bytes.putInt(value).array());
    }

    private PickleWriter bytes(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }
}
