package dev.tiller.zoo.onnx;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.onnx.proto.OnnxMl;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** An ONNX graph under construction; names are given in the order of the calls. */
final class OnnxGraph {
    /** The operator set that the nodes are of. */
    static final int OPSET = 17;

    private static final int IR_VERSION = 8;

    private final OnnxMl.GraphProto.Builder graph = OnnxMl.GraphProto.newBuilder();
    private final List<OnnxMl.NodeProto> nodes = new ArrayList<>();
    private final Map<String, OnnxMl.TensorProto> constants = new LinkedHashMap<>();
    private final Map<String, Symbol> images = new HashMap<>();
    private final Map<String, Padded> padded = new HashMap<>();
    private final FreeDimensions dimensions = new FreeDimensions();
    private final Map<List<Long>, Symbol> vectors = new HashMap<>();
    private final Map<Long, Symbol> sizes = new HashMap<>();
    private final Set<String> names = new HashSet<>();
    private final Map<String, Integer> counts = new HashMap<>();

    /** An array of sequences [B, C, L] before zeros were put around its last axis. */
    record Padded(Symbol source, long before, long after) {}

    Symbol input(String name, DataType type, Shape shape) {
        names.add(name);
        dimensions.declare(name, shape);
        graph.addInput(valueInfo(name, type, shape));
        return new Symbol(name, type, shape);
    }

    void output(String name, Symbol value) {
        // through a node of its own, for the value may be an input or a constant
        nodes.add(
                OnnxMl.NodeProto.newBuilder()
                        .setOpType("Identity")
                        .setName(unique("Identity"))
                        .addInput(value.name())
                        .addOutput(name)
                        .build());
        graph.addOutput(valueInfo(name, value.type(), value.shape()));
    }

    /** Stores an array under its own name, if it has one that is free. */
    Symbol constant(NDArray array) {
        String given = array.getName();
        boolean free = given != null && !given.isEmpty() && names.add(given);
        String name = free ? given : unique("constant");
        // flatten copies a transposed view into the order of its axes
        try (NDArray flat = array.flatten()) {
            ByteBuffer bytes = flat.toByteBuffer(false);
            store(tensor(name, array.getDataType(), array.getShape(), ByteString.copyFrom(bytes)));
        }
        return new Symbol(name, array.getDataType(), array.getShape());
    }

    /** An int64 vector. */
    Symbol vector(long... values) {
        List<Long> key = Arrays.stream(values).boxed().toList();
        return vectors.computeIfAbsent(
                key,
                k -> {
                    ByteBuffer bytes =
                            ByteBuffer.allocate(Long.BYTES * values.length)
                                    .order(ByteOrder.LITTLE_ENDIAN);
                    bytes.asLongBuffer().put(values);
                    Shape shape = new Shape(values.length);
                    String name = unique("vector");
                    store(tensor(name, DataType.INT64, shape, ByteString.copyFrom(bytes)));
                    return new Symbol(name, DataType.INT64, shape);
                });
    }

    /** A scalar of an element type. */
    Symbol scalar(Number value, DataType type) {
        ByteBuffer bytes = ByteBuffer.allocate(type.getNumOfBytes()).order(ByteOrder.LITTLE_ENDIAN);
        switch (type) {
            case FLOAT32 -> bytes.putFloat(value.floatValue());
            case FLOAT64 -> bytes.putDouble(value.doubleValue());
            case INT64 -> bytes.putLong(whole(value));
            case INT32 -> bytes.putInt(Math.toIntExact(whole(value)));
            case BOOLEAN -> bytes.put((byte) (value.doubleValue() == 0 ? 0 : 1));
            default -> throw unsupported("a scalar of type " + type);
        }
        String name = unique("scalar");
        ByteString content = ByteString.copyFrom(bytes.flip());
        store(tensor(name, type, new Shape(), content));
        return new Symbol(name, type, new Shape());
    }

    private static long whole(Number value) {
        if (value.doubleValue() != Math.rint(value.doubleValue())) {
            throw unsupported("arithmetic of whole numbers with " + value);
        }
        return value.longValue();
    }

    /** A node with one output. */
    Symbol node(
            String operator,
            DataType type,
            Shape shape,
            List<Symbol> inputs,
            OnnxMl.AttributeProto... attributes) {
        return nodes(operator, List.of(new Symbol("", type, shape)), inputs, attributes).get(0);
    }

    /** A node with several outputs, whose types and shapes are given. */
    List<Symbol> nodes(
            String operator,
            List<Symbol> outputs,
            List<Symbol> inputs,
            OnnxMl.AttributeProto... attributes) {
        String name = unique(operator);
        OnnxMl.NodeProto.Builder node =
                OnnxMl.NodeProto.newBuilder().setOpType(operator).setName(name);
        for (Symbol input : inputs) {
            node.addInput(input == null ? "" : input.name());
        }
        node.addAllAttribute(Arrays.asList(attributes));
        Symbol[] results = new Symbol[outputs.size()];
        for (int i = 0; i < results.length; i++) {
            Symbol output = outputs.get(i);
            results[i] = new Symbol(name + ":" + i, output.type(), output.shape());
            node.addOutput(results[i].name());
        }
        nodes.add(node.build());
        return List.of(results);
    }

    /** The sizes of {@code shape} as an int64 vector, free ones read from the inputs. */
    Symbol shapeVector(Shape shape) {
        if (!FreeDimensions.anyFree(shape)) {
            return vector(shape.getShape());
        }
        List<Symbol> parts =
                Arrays.stream(shape.getShape())
                        .mapToObj(size -> FreeDimensions.isFree(size) ? size(size) : vector(size))
                        .toList();
        return node(
                "Concat",
                DataType.INT64,
                new Shape(parts.size()),
                parts,
                Attributes.integer("axis", 0));
    }

    private Symbol size(long standIn) {
        return sizes.computeIfAbsent(
                standIn,
                s -> {
                    FreeDimensions.Place place = dimensions.place(standIn);
                    Symbol input = new Symbol(place.input(), DataType.FLOAT32, new Shape());
                    return node(
                            "Shape",
                            DataType.INT64,
                            new Shape(1),
                            List.of(input),
                            Attributes.integer("start", place.axis()),
                            Attributes.integer("end", place.axis() + 1));
                });
    }

    private void store(OnnxMl.TensorProto constant) {
        constants.put(constant.getName(), constant);
    }

    /**
     * Sequences [B, C, L] as images [B, C, 1, L]: ONNX Runtime has its blocked kernels, about 1.2
     * to 2 times as fast, for images alone. A chain of layers stays with images throughout.
     */
    Symbol image(Symbol sequences) {
        Symbol known = images.get(sequences.name());
        return known != null ? known : expand(sequences);
    }

    boolean isImage(Symbol sequences) {
        return images.containsKey(sequences.name());
    }

    private Symbol expand(Symbol sequences) {
        Shape shape = sequences.shape();
        Shape wide = new Shape(shape.get(0), shape.get(1), 1, shape.get(2));
        return node("Unsqueeze", sequences.type(), wide, List.of(sequences, vector(2)));
    }

    /** Images [B, C, 1, L] as sequences [B, C, L]. */
    Symbol sequences(Symbol image) {
        Shape shape = image.shape();
        Shape flat = new Shape(shape.get(0), shape.get(1), shape.get(3));
        Symbol sequences = node("Squeeze", image.type(), flat, List.of(image, vector(2)));
        images.put(sequences.name(), image);
        return sequences;
    }

    /** Remembers where an array of zeros around sequences came from. */
    void padded(Symbol result, Padded how) {
        padded.put(result.name(), how);
    }

    /** What was padded, with nothing around it if nothing was. */
    Padded unpadded(Symbol sequences) {
        return padded.getOrDefault(sequences.name(), new Padded(sequences, 0, 0));
    }

    static UnsupportedOperationException unsupported(String what) {
        return new UnsupportedOperationException(what + " cannot be exported to ONNX");
    }

    /** Adds the nodes and constants that the outputs need, in their order. */
    private void addNeeded() {
        Set<String> needed = new HashSet<>();
        graph.getOutputList().forEach(output -> needed.add(output.getName()));
        List<OnnxMl.NodeProto> kept = new ArrayList<>();
        for (int i = nodes.size() - 1; i >= 0; i--) {
            if (nodes.get(i).getOutputList().stream().anyMatch(needed::contains)) {
                kept.add(nodes.get(i));
                needed.addAll(nodes.get(i).getInputList());
            }
        }
        Collections.reverse(kept);
        graph.addAllNode(kept);
        constants.values().stream()
                .filter(constant -> needed.contains(constant.getName()))
                .forEach(graph::addInitializer);
    }

    OnnxMl.ModelProto model(String name, Map<String, String> metadata) {
        addNeeded();
        OnnxMl.ModelProto.Builder model =
                OnnxMl.ModelProto.newBuilder()
                        .setIrVersion(IR_VERSION)
                        .setProducerName("tiller")
                        .addOpsetImport(OnnxMl.OperatorSetIdProto.newBuilder().setVersion(OPSET))
                        .setGraph(graph.setName(name));
        new TreeMap<>(metadata)
                .forEach(
                        (key, value) ->
                                model.addMetadataProps(
                                        OnnxMl.StringStringEntryProto.newBuilder()
                                                .setKey(key)
                                                .setValue(value)));
        return model.build();
    }

    private String unique(String kind) {
        String name;
        do {
            name = kind + "_" + counts.merge(kind, 1, Integer::sum);
        } while (!names.add(name));
        return name;
    }

    private static OnnxMl.TensorProto tensor(
            String name, DataType type, Shape shape, ByteString content) {
        OnnxMl.TensorProto.Builder tensor =
                OnnxMl.TensorProto.newBuilder()
                        .setName(name)
                        .setDataType(ElementTypes.onnx(type).getNumber())
                        .setRawData(content);
        Arrays.stream(shape.getShape()).forEach(tensor::addDims);
        return tensor.build();
    }

    private static OnnxMl.ValueInfoProto valueInfo(String name, DataType type, Shape shape) {
        OnnxMl.TensorShapeProto.Builder dims = OnnxMl.TensorShapeProto.newBuilder();
        for (long size : shape.getShape()) {
            dims.addDim(
                    FreeDimensions.isFree(size)
                            ? OnnxMl.TensorShapeProto.Dimension.newBuilder()
                                    .setDimParam(FreeDimensions.name(size))
                            : OnnxMl.TensorShapeProto.Dimension.newBuilder().setDimValue(size));
        }
        OnnxMl.TypeProto.Tensor.Builder tensor =
                OnnxMl.TypeProto.Tensor.newBuilder()
                        .setElemType(ElementTypes.onnx(type).getNumber())
                        .setShape(dims);
        return OnnxMl.ValueInfoProto.newBuilder()
                .setName(name)
                .setType(OnnxMl.TypeProto.newBuilder().setTensorType(tensor))
                .build();
    }
}
