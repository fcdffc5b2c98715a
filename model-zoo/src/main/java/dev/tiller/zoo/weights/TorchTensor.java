package dev.tiller.zoo.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A tensor of a PyTorch archive: a view of a storage, which other tensors may share.
 *
 * @param storage where the elements are
 * @param offset the element of the storage at which the tensor starts
 * @param sizes the size of each axis
 * @param strides how many elements of the storage neighbours on each axis are apart
 */
record TorchTensor(Storage storage, long offset, long[] sizes, long[] strides) {
    private static final long MOST_BYTES = Integer.MAX_VALUE - 16L;

    /**
     * A storage.
     *
     * @param key its name in the archive
     * @param kind the name of its class in PyTorch, such as FloatStorage
     * @param elements how many elements it has
     */
    record Storage(String key, String kind, long elements) {
        /** The element type, or null if arrays cannot have it. */
        TensorType type() {
            return switch (kind) {
                case "DoubleStorage" -> TensorType.F64;
                case "FloatStorage" -> TensorType.F32;
                case "HalfStorage" -> TensorType.F16;
                case "BFloat16Storage" -> TensorType.BF16;
                case "LongStorage" -> TensorType.I64;
                case "IntStorage" -> TensorType.I32;
                case "ShortStorage" -> TensorType.I16;
                case "CharStorage" -> TensorType.I8;
                case "ByteStorage" -> TensorType.U8;
                case "BoolStorage" -> TensorType.BOOL;
                default -> null;
            };
        }
    }

    Shape shape() {
        return new Shape(sizes);
    }

    /** The number of elements, which {@link #check} has bounded. */
    private long count() {
        long count = 1;
        for (long size : sizes) {
            count *= size;
        }
        return count;
    }

    /** Refuses a tensor that does not lie in its storage, or is larger than it. */
    void check(String name) {
        if (storage.type() == null) {
            throw new IllegalArgumentException(
                    "tensor '"
                            + name
                            + "' must have float, integer or boolean elements, got "
                            + storage.kind());
        }
        long last = offset;
        long count = 1;
        boolean fits = offset >= 0 && sizes.length == strides.length;
        try {
            for (int axis = 0; fits && axis < sizes.length; axis++) {
                fits = sizes[axis] >= 0 && strides[axis] >= 0;
                count = Math.multiplyExact(count, sizes[axis]);
                long reach = Math.multiplyExact(Math.max(0, sizes[axis] - 1), strides[axis]);
                last = Math.addExact(last, reach);
            }
        } catch (ArithmeticException e) {
            fits = false;
        }
        boolean empty = fits && count == 0;
        boolean outside = last >= storage.elements() || count > storage.elements();
        if (!fits || (!empty && outside)) {
            throw new IllegalArgumentException(
                    "tensor '"
                            + name
                            + "' must lie in the "
                            + storage.elements()
                            + " elements of its storage, got sizes "
                            + List.of(box(sizes))
                            + ", strides "
                            + List.of(box(strides))
                            + " and offset "
                            + offset);
        }
        if (Math.multiplyExact(last + 1 - offset, (long) storage.type().bytes()) > MOST_BYTES) {
            throw new IllegalArgumentException(
                    "tensor '" + name + "' must have less than 2 GB, got shape " + shape());
        }
    }

    private static Long[] box(long[] values) {
        Long[] boxed = new Long[values.length];
        java.util.Arrays.setAll(boxed, i -> values[i]);
        return boxed;
    }

    /** Copies the elements into a new array; half precision becomes float32. */
    NDArray read(String name, TorchArchive archive, NDManager manager) throws IOException {
        check(name);
        int width = storage.type().bytes();
        long stored = archive.storageBytes(storage.key());
        if (stored < storage.elements() * width) {
            throw new IllegalArgumentException(
                    "storage data/"
                            + storage.key()
                            + " of tensor '"
                            + name
                            + "' must have "
                            + storage.elements() * width
                            + " bytes, got "
                            + stored
                            + "; the file is cut short or broken");
        }
        int count = Math.toIntExact(count());
        if (count == 0) {
            return storage.type().decode(ByteBuffer.allocate(0), shape(), manager);
        }
        long span = 1;
        for (int axis = 0; axis < sizes.length; axis++) {
            span += (sizes[axis] - 1) * strides[axis];
        }
        ByteBuffer mapped = archive.map(storage.key(), offset * width, span * width);
        ByteBuffer elements = isContiguous() ? mapped : gather(mapped, count, width);
        return storage.type().decode(elements, shape(), manager);
    }

    private boolean isContiguous() {
        long expected = 1;
        for (int axis = sizes.length - 1; axis >= 0; axis--) {
            if (sizes[axis] != 1 && strides[axis] != expected) {
                return false;
            }
            expected *= sizes[axis];
        }
        return true;
    }

    /** Brings elements into the order of the axes. */
    private ByteBuffer gather(ByteBuffer mapped, int count, int width) {
        ByteBuffer elements = ByteBuffer.allocate(count * width).order(ByteOrder.LITTLE_ENDIAN);
        byte[] element = new byte[width];
        long[] index = new long[sizes.length];
        long position = 0;
        for (int i = 0; i < count; i++) {
            mapped.get(Math.toIntExact(position * width), element);
            elements.put(element);
            for (int axis = sizes.length - 1; axis >= 0; axis--) {
                index[axis]++;
                position += strides[axis];
                if (index[axis] < sizes[axis]) {
                    break;
                }
                position -= index[axis] * strides[axis];
                index[axis] = 0;
            }
        }
        return elements.flip();
    }
}
