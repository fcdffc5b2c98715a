package dev.tiller.zoo.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafeTensorsHeaderTest {
    private static final int DATA_BYTES = 16;

    private static ByteBuffer file(long length, String json) {
        byte[] text = json.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes =
                ByteBuffer.allocate(8 + text.length + DATA_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(length).put(text);
        return bytes.rewind();
    }

    private static ByteBuffer file(String json) {
        return file(json.getBytes(StandardCharsets.UTF_8).length, json);
    }

    private static String complaint(ByteBuffer bytes) {
        String prefix = "x.safetensors is not a safetensors file: ";
        String text =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> SafeTensorsHeader.parse("x.safetensors", bytes))
                        .getMessage();
        assertTrue(text.startsWith(prefix), text);
        return text.substring(prefix.length());
    }

    private static String tensor(String dtype, String shape, String offsets) {
        return "{'a':{'dtype':'%s','shape':%s,'data_offsets':%s}}"
                .formatted(dtype, shape, offsets)
                .replace('\'', '"');
    }

    @Test
    void readsEntriesInTheirOrder() {
        String json =
                """
                {"__metadata__":{"k":"v"},
                 "b":{"dtype":"F32","shape":[2],"data_offsets":[8,16]},
                 "a":{"shape":[],"dtype":"I64","data_offsets":[0,8]},
                 "none":{"dtype":"F32","shape":[0,3],"data_offsets":[4,4]}}
                """;
        SafeTensorsHeader header = SafeTensorsHeader.parse("x", file(json));
        assertEquals(List.of("b", "a", "none"), List.copyOf(header.entries().keySet()));
        assertEquals(Map.of("k", "v"), header.metadata());
        assertEquals(
                new SafeTensorsHeader.Entry(TensorType.I64, new Shape(), 0, 8),
                header.entries().get("a"));
    }

    @Test
    void refusesAFileWithoutLength() {
        assertEquals("it must have at least 8 bytes, got 3", complaint(ByteBuffer.allocate(3)));
    }

    @Test
    void refusesAHugeHeader() {
        assertEquals(
                "the header must have at most 16777216 bytes, got 16777217",
                complaint(file(16_777_217, "{}")));
        assertEquals(
                "the header must have at most 16777216 bytes, got 18446744073709551615",
                complaint(file(-1, "{}")));
    }

    @Test
    void refusesAHeaderBeyondTheFile() {
        assertEquals(
                "the header must end inside the file, got 19 header bytes in 26 bytes",
                complaint(file(19, "{}")));
    }

    @Test
    void refusesWhatIsNotAnObject() {
        assertTrue(complaint(file("{\"a\"")).startsWith("the header must be JSON, got "));
        assertEquals("the header must be a JSON object, got ARRAY", complaint(file("[]")));
        assertTrue(
                complaint(file("{\"a\":1,\"a\":2}"))
                        .startsWith("the header must be JSON, got Duplicate field 'a'"));
    }

    @Test
    void refusesMetadataThatIsNotText() {
        assertEquals(
                "__metadata__ must map names to strings, got 1",
                complaint(file("{\"__metadata__\":{\"k\":1}}")));
        assertEquals(
                "__metadata__ must be an object of strings, got NUMBER",
                complaint(file("{\"__metadata__\":3}")));
    }

    @Test
    void refusesIncompleteEntries() {
        assertEquals(
                "tensor 'a' must have dtype, shape, data_offsets, got {\"dtype\":\"F32\"}",
                complaint(file("{\"a\":{\"dtype\":\"F32\"}}")));
    }

    @Test
    void refusesUnknownTypes() {
        assertEquals(
                "dtype of tensor 'a' must be one of [F64, F32, F16, BF16, I64, I32, I16, I8, U8,"
                        + " BOOL], got \"F8_E4M3\"",
                complaint(file(tensor("F8_E4M3", "[4]", "[0,4]"))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"[0,17]|[17]", "[8,4]|[1]", "[0]|[1]", "[0,4,8]|[1]", "[]|[0]"})
    void refusesOffsetsOutsideTheFile(String offsets, String shape) {
        assertEquals(
                "data_offsets of tensor 'a' must be a range inside the 16 bytes of data, got "
                        + offsets,
                complaint(file(tensor("U8", shape, offsets))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"[-1]", "[1.5]", "7", "['a']", "[9223372036854775808]"})
    void refusesShapesThatAreNotCounts(String shape) {
        String json = shape.replace('\'', '"');
        assertEquals(
                "shape of tensor 'a' must be an array of whole numbers >= 0, got " + json,
                complaint(file(tensor("U8", json, "[0,4]"))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"[3]", "[]", "[4294967296,4294967296,2]"})
    void refusesShapesThatDoNotFillTheirRange(String shape) {
        String text = complaint(file(tensor("F32", shape, "[0,8]")));
        assertTrue(text.startsWith("tensor 'a' must fill its range, got F32 ("), text);
        assertTrue(text.endsWith(" in 8 bytes"), text);
    }

    @Test
    void refusesOverlaps() {
        String json =
                """
                {"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},
                 "b":{"dtype":"U8","shape":[8],"data_offsets":[7,15]}}
                """;
        assertEquals("tensors must not overlap, got 'a' and 'b'", complaint(file(json)));
    }

    @ParameterizedTest
    @CsvSource({
        "0x3c00, 1",
        "0xc000, -2",
        "0x3555, 0.33325195",
        "0x0001, 5.9604645e-8",
        "0x8000, -0.0",
        "0x7bff, 65504",
        "0x7c00, Infinity",
        "0xfc00, -Infinity",
        "0x7e00, NaN",
        "0x83ff," + " -6.097555e-5"
    })
    void widensHalves(String half, float expected) {
        assertEquals(expected, TensorType.halfToFloat((short) Integer.decode(half).intValue()));
    }
}
