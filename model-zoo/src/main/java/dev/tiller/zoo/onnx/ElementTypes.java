package dev.tiller.zoo.onnx;

import ai.djl.ndarray.types.DataType;
import ai.onnx.proto.OnnxMl;
import ai.onnxruntime.OnnxJavaType;

/** The element types that DJL, ONNX files and ONNX Runtime have in common. */
final class ElementTypes {
    private ElementTypes() {}

    static OnnxMl.TensorProto.DataType onnx(DataType type) {
        return switch (type) {
            case FLOAT32 -> OnnxMl.TensorProto.DataType.FLOAT;
            case FLOAT64 -> OnnxMl.TensorProto.DataType.DOUBLE;
            case INT64 -> OnnxMl.TensorProto.DataType.INT64;
            case INT32 -> OnnxMl.TensorProto.DataType.INT32;
            case INT8 -> OnnxMl.TensorProto.DataType.INT8;
            case UINT8 -> OnnxMl.TensorProto.DataType.UINT8;
            case BOOLEAN -> OnnxMl.TensorProto.DataType.BOOL;
            default -> throw OnnxGraph.unsupported("an array of type " + type);
        };
    }

    static OnnxJavaType runtime(DataType type) {
        return switch (type) {
            case FLOAT32 -> OnnxJavaType.FLOAT;
            case FLOAT64 -> OnnxJavaType.DOUBLE;
            case INT64 -> OnnxJavaType.INT64;
            case INT32 -> OnnxJavaType.INT32;
            case INT8 -> OnnxJavaType.INT8;
            case UINT8 -> OnnxJavaType.UINT8;
            case BOOLEAN -> OnnxJavaType.BOOL;
            default ->
                    throw new IllegalArgumentException(
                            "inputs of ONNX Runtime must be float, double, int or boolean, got "
                                    + type);
        };
    }

    static DataType djl(OnnxJavaType type) {
        return switch (type) {
            case FLOAT -> DataType.FLOAT32;
            case DOUBLE -> DataType.FLOAT64;
            case INT64 -> DataType.INT64;
            case INT32 -> DataType.INT32;
            case INT8 -> DataType.INT8;
            case UINT8 -> DataType.UINT8;
            case BOOL -> DataType.BOOLEAN;
            default ->
                    throw new IllegalArgumentException(
                            "outputs of an ONNX model must be float, double, int or boolean, got "
                                    + type);
        };
    }
}
