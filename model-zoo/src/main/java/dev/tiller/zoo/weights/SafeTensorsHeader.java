package dev.tiller.zoo.weights;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The checked header of a safetensors file. The header is hostile input: whatever passes here can
 * be read without further checks.
 *
 * @param entries the tensors by name, in the order of the header
 * @param metadata the text entries
 * @param dataStart where the data section starts in the file
 */
record SafeTensorsHeader(Map<String, Entry> entries, Map<String, String> metadata, int dataStart) {
    static final int LENGTH_BYTES = 8;
    // far above real headers, and low enough for its tree to fit into memory
    static final long MAX_HEADER_BYTES = 1 << 24;
    static final String METADATA = "__metadata__";
    static final ObjectMapper JSON =
            JsonMapper.builder()
                    .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private static final Set<String> KEYS = Set.of("dtype", "shape", "data_offsets");

    /** Where one tensor lies: [begin, end) in the data section. */
    record Entry(TensorType type, Shape shape, long begin, long end) {}

    static SafeTensorsHeader parse(String file, ByteBuffer bytes) {
        return parse(file, bytes, bytes.remaining());
    }

    /** Needs the first bytes of a file alone, to the end of the header. */
    static SafeTensorsHeader parse(String file, ByteBuffer head, long fileBytes) {
        int length = length(file, head, fileBytes);
        byte[] text = new byte[length];
        head.slice().position(LENGTH_BYTES).get(text);
        Source source = new Source(file);
        long dataBytes = fileBytes - LENGTH_BYTES - length;
        return source.header(source.json(text), dataBytes, LENGTH_BYTES + length);
    }

    /** The length of the header, which starts after it and ends inside the file. */
    static int length(String file, ByteBuffer head, long fileBytes) {
        Source source = new Source(file);
        if (head.remaining() < LENGTH_BYTES) {
            throw source.broken("it must have at least 8 bytes, got " + head.remaining());
        }
        long length = head.slice().order(ByteOrder.LITTLE_ENDIAN).getLong();
        if (length < 0 || length > MAX_HEADER_BYTES) {
            throw source.broken(
                    "the header must have at most "
                            + MAX_HEADER_BYTES
                            + " bytes, got "
                            + Long.toUnsignedString(length));
        }
        if (length > fileBytes - LENGTH_BYTES) {
            throw source.broken(
                    "the header must end inside the file, got "
                            + length
                            + " header bytes in "
                            + fileBytes
                            + " bytes");
        }
        return (int) length;
    }

    /** The file under inspection; it is named in every complaint. */
    private record Source(String file) {
        IllegalArgumentException broken(String rule) {
            return new IllegalArgumentException(file + " is not a safetensors file: " + rule);
        }

        JsonNode json(byte[] text) {
            JsonNode root;
            try {
                root = JSON.readTree(new String(text, StandardCharsets.UTF_8));
            } catch (JsonProcessingException e) {
                throw broken("the header must be JSON, got " + e.getOriginalMessage());
            }
            if (!root.isObject()) {
                throw broken("the header must be a JSON object, got " + root.getNodeType());
            }
            return root;
        }

        SafeTensorsHeader header(JsonNode root, long dataBytes, int dataStart) {
            Map<String, Entry> entries = new LinkedHashMap<>();
            Map<String, String> metadata = new LinkedHashMap<>();
            for (Map.Entry<String, JsonNode> field : ((ObjectNode) root).properties()) {
                if (field.getKey().equals(METADATA)) {
                    metadata.putAll(metadata(field.getValue()));
                } else {
                    entries.put(field.getKey(), entry(field.getKey(), field.getValue(), dataBytes));
                }
            }
            requireDisjoint(entries);
            return new SafeTensorsHeader(entries, metadata, dataStart);
        }

        private Map<String, String> metadata(JsonNode node) {
            Map<String, String> metadata = new LinkedHashMap<>();
            if (!node.isObject()) {
                throw broken(METADATA + " must be an object of strings, got " + node.getNodeType());
            }
            for (Map.Entry<String, JsonNode> field : ((ObjectNode) node).properties()) {
                if (!field.getValue().isTextual()) {
                    throw broken(METADATA + " must map names to strings, got " + field.getValue());
                }
                metadata.put(field.getKey(), field.getValue().asText());
            }
            return metadata;
        }

        private Entry entry(String name, JsonNode node, long dataBytes) {
            List<String> keys = new ArrayList<>();
            node.fieldNames().forEachRemaining(keys::add);
            if (keys.size() != KEYS.size() || !KEYS.containsAll(keys)) {
                throw broken(
                        "tensor '" + name + "' must have dtype, shape, data_offsets, got " + node);
            }
            TensorType type = type(name, node.get("dtype"));
            Shape shape = new Shape(numbers(name, "shape", node.get("shape")));
            long[] offsets = numbers(name, "data_offsets", node.get("data_offsets"));
            if (offsets.length != 2 || offsets[0] > offsets[1] || offsets[1] > dataBytes) {
                throw broken(
                        "data_offsets of tensor '"
                                + name
                                + "' must be a range inside the "
                                + dataBytes
                                + " bytes of data, got "
                                + node.get("data_offsets"));
            }
            if (!fits(shape, type, offsets[1] - offsets[0])) {
                throw broken(
                        "tensor '"
                                + name
                                + "' must fill its range, got "
                                + type
                                + " "
                                + shape
                                + " in "
                                + (offsets[1] - offsets[0])
                                + " bytes");
            }
            return new Entry(type, shape, offsets[0], offsets[1]);
        }

        private TensorType type(String name, JsonNode node) {
            for (TensorType type : TensorType.values()) {
                if (type.name().equals(node.asText())) {
                    return type;
                }
            }
            throw broken(
                    "dtype of tensor '"
                            + name
                            + "' must be one of "
                            + List.of(TensorType.values())
                            + ", got "
                            + node);
        }

        private long[] numbers(String name, String key, JsonNode node) {
            long[] numbers = new long[node.size()];
            boolean good = node.isArray();
            for (int i = 0; good && i < numbers.length; i++) {
                JsonNode number = node.get(i);
                good = number.isIntegralNumber() && number.canConvertToLong();
                numbers[i] = number.asLong();
                good = good && numbers[i] >= 0;
            }
            if (!good) {
                throw broken(
                        key
                                + " of tensor '"
                                + name
                                + "' must be an array of whole numbers >= 0, got "
                                + node);
            }
            return numbers;
        }

        private static boolean fits(Shape shape, TensorType type, long length) {
            try {
                long size = type.bytes();
                for (long dimension : shape.getShape()) {
                    size = Math.multiplyExact(size, dimension);
                }
                return size == length;
            } catch (ArithmeticException e) {
                return false;
            }
        }

        private void requireDisjoint(Map<String, Entry> entries) {
            List<Map.Entry<String, Entry>> sorted = new ArrayList<>(entries.entrySet());
            sorted.removeIf(e -> e.getValue().begin() == e.getValue().end());
            sorted.sort(Comparator.comparingLong(e -> e.getValue().begin()));
            for (int i = 1; i < sorted.size(); i++) {
                if (sorted.get(i).getValue().begin() < sorted.get(i - 1).getValue().end()) {
                    throw broken(
                            "tensors must not overlap, got '"
                                    + sorted.get(i - 1).getKey()
                                    + "' and '"
                                    + sorted.get(i).getKey()
                                    + "'");
                }
            }
        }
    }
}
