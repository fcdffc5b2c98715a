package dev.tiller.zoo.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafeTensorsIT {
    @TempDir private Path folder;

    private static Map<String, NDArray> tensors(NDManager manager) {
        Map<String, NDArray> tensors = new LinkedHashMap<>();
        tensors.put("z.float32", manager.create(new float[] {1, -2, 3, 4, 5, 6}, new Shape(2, 3)));
        tensors.put("a.float64", manager.create(new double[] {Math.PI}));
        tensors.put("int64", manager.create(new long[] {Long.MIN_VALUE, 7}));
        tensors.put("int32", manager.create(new int[] {Integer.MAX_VALUE}));
        tensors.put("int8", manager.create(new byte[] {-5, 5, 6}));
        tensors.put("uint8", manager.create(new int[] {200}).toType(DataType.UINT8, true));
        tensors.put("bool", manager.create(new boolean[] {true, false}));
        tensors.put("scalar", manager.create(4f));
        tensors.put("empty", manager.create(new float[0], new Shape(0, 2)));
        return tensors;
    }

    @Test
    void returnsWhatWasWritten() throws IOException {
        Path file = folder.resolve("model.safetensors");
        try (NDManager manager = NDManager.newBaseManager()) {
            Map<String, NDArray> tensors = tensors(manager);
            SafeTensors.write(file, tensors, Map.of("b", "2", "a", "1"));
            WeightFile read = SafeTensors.read(file, manager);
            assertEquals(List.copyOf(tensors.keySet()), List.copyOf(read.tensors().keySet()));
            assertEquals(Map.of("a", "1", "b", "2"), read.metadata());
            tensors.forEach(
                    (name, array) -> {
                        NDArray back = read.tensors().get(name);
                        assertEquals(array.getShape(), back.getShape(), name);
                        assertEquals(array.getDataType(), back.getDataType(), name);
                        assertEquals(array.toByteBuffer(), back.toByteBuffer(), name);
                    });
        }
    }

    @Test
    void writesEqualBytesAlignedAndWithoutLeftovers() throws IOException {
        Path first = folder.resolve("1.safetensors");
        Path second = folder.resolve("2.safetensors");
        try (NDManager manager = NDManager.newBaseManager()) {
            SafeTensors.write(first, tensors(manager), Map.of("b", "2", "a", "1", "c", "3"));
            SafeTensors.write(second, tensors(manager), Map.of("c", "3", "a", "1", "b", "2"));
        }
        assertArrayEquals(Files.readAllBytes(first), Files.readAllBytes(second));
        assertEquals(Digests.sha256(first), Digests.sha256(second));
        ByteBuffer bytes =
                ByteBuffer.wrap(Files.readAllBytes(first)).order(ByteOrder.LITTLE_ENDIAN);
        assertEquals(0, bytes.getLong() % 8);
        assertEquals(Digests.sha256(first), Digests.sha256(bytes.rewind()));
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(2, files.count());
        }
    }

    @Test
    void writesViewsInTheirOwnOrder() throws IOException {
        Path file = folder.resolve("view.safetensors");
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray view =
                    manager.create(new float[] {1, 2, 3, 4, 5, 6}, new Shape(2, 3)).transpose();
            SafeTensors.write(file, Map.of("x", view), Map.of());
            NDArray back = SafeTensors.read(file, manager).tensors().get("x");
            assertArrayEquals(new float[] {1, 4, 2, 5, 3, 6}, back.toFloatArray());
        }
    }

    @Test
    void widensSmallTypes() {
        String json =
                """
                {"half":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},
                 "brain":{"dtype":"BF16","shape":[1],"data_offsets":[4,6]},
                 "short":{"dtype":"I16","shape":[1],"data_offsets":[6,8]}}
                """;
        byte[] text = json.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(16 + text.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(text.length).put(text);
        bytes.putShort((short) 0x3c00).putShort((short) 0xb800);
        bytes.putShort((short) 0x4049).putShort((short) -300).rewind();
        try (NDManager manager = NDManager.newBaseManager()) {
            Map<String, NDArray> tensors = SafeTensors.read("x", bytes, manager).tensors();
            assertArrayEquals(new float[] {1, -0.5f}, tensors.get("half").toFloatArray());
            assertArrayEquals(new float[] {3.140625f}, tensors.get("brain").toFloatArray());
            assertArrayEquals(new int[] {-300}, tensors.get("short").toIntArray());
        }
    }

    @Test
    void namesTheBrokenFile() throws IOException {
        Path file = Files.write(folder.resolve("broken.safetensors"), new byte[4]);
        try (NDManager manager = NDManager.newBaseManager()) {
            String text =
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> SafeTensors.read(file, manager))
                            .getMessage();
            assertTrue(text.startsWith(file + " is not a safetensors file: "), text);
        }
    }
}
