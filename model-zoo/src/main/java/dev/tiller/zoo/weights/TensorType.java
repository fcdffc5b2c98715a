package dev.tiller.zoo.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The element types of a safetensors file, and how each becomes an array. */
enum TensorType {
    F64(8, DataType.FLOAT64),
    F32(4, DataType.FLOAT32),
    F16(2, DataType.FLOAT32),
    BF16(2, DataType.FLOAT32),
    I64(8, DataType.INT64),
    I32(4, DataType.INT32),
    // the engine has no 16-bit integers
    I16(2, DataType.INT32),
    I8(1, DataType.INT8),
    U8(1, DataType.UINT8),
    BOOL(1, DataType.BOOLEAN);

    private final int bytes;
    private final DataType arrayType;

    TensorType(int bytes, DataType arrayType) {
        this.bytes = bytes;
        this.arrayType = arrayType;
    }

    int bytes() {
        return bytes;
    }

    /** Returns the type that stores {@code dataType} unchanged. */
    static TensorType of(DataType dataType, String name) {
        for (TensorType type : values()) {
            if (type.arrayType == dataType && type.bytes == dataType.getNumOfBytes()) {
                return type;
            }
        }
        throw new IllegalArgumentException(
                "array '" + name + "' must be float, integer or boolean, got " + dataType);
    }

    /** Copies little-endian elements into a new array of {@code manager}. */
    NDArray decode(ByteBuffer elements, Shape shape, NDManager manager) {
        ByteBuffer source = elements.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        int count = Math.toIntExact(shape.size());
        ByteBuffer target =
                ByteBuffer.allocateDirect(count * arrayType.getNumOfBytes())
                        .order(ByteOrder.nativeOrder());
        switch (this) {
            case F64, I64 -> target.asLongBuffer().put(source.asLongBuffer());
            case F32, I32 -> target.asIntBuffer().put(source.asIntBuffer());
            case I8, U8 -> target.duplicate().put(source);
            case BOOL -> {
                for (int i = 0; i < count; i++) {
                    target.put(i, (byte) (source.get() == 0 ? 0 : 1));
                }
            }
            case I16 -> {
                for (int i = 0; i < count; i++) {
                    target.putInt(4 * i, source.getShort());
                }
            }
            case F16 -> {
                for (int i = 0; i < count; i++) {
                    target.putFloat(4 * i, halfToFloat(source.getShort()));
                }
            }
            case BF16 -> {
                for (int i = 0; i < count; i++) {
                    target.putInt(4 * i, source.getShort() << 16);
                }
            }
        }
        // The duplicate lives in memory that the engine aligned itself; kernels may sum in another
        // order on differently aligned memory.
        try (NDArray view = manager.create(target, shape, arrayType)) {
            return view.duplicate();
        }
    }

    /** Widens an IEEE 754 half; {@code Float.float16ToFloat} needs Java 20. */
    static float halfToFloat(short half) {
        int sign = (half & 0x8000) << 16;
        int exponent = half >>> 10 & 0x1f;
        int fraction = half & 0x3ff;
        if (exponent == 0) {
            float magnitude = fraction * 0x1p-24f;
            return sign == 0 ? magnitude : -magnitude;
        }
        int wide = exponent == 0x1f ? 0xff : exponent + 127 - 15;
        return Float.intBitsToFloat(sign | wide << 23 | fraction << 13);
    }
}
