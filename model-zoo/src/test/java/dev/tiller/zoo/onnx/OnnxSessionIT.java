package dev.tiller.zoo.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.LambdaBlock;
import ai.onnx.proto.OnnxMl;
import dev.tiller.zoo.architecture.Input;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Graphs on ONNX Runtime: inputs, threads, memory, and files that are not to be trusted. */
class OnnxSessionIT {
    private static OnnxMl.ModelProto model() {
        LambdaBlock block =
                new LambdaBlock(
                        list -> new NDList(list.get(0).mul(2f).add(list.get(1).expandDims(1))),
                        "double");
        List<Input> inputs =
                List.of(
                        new Input("x", DataType.FLOAT32, new Shape(-1, 3)),
                        new Input("shift", DataType.FLOAT32, new Shape(-1)));
        return OnnxExporter.export(block, inputs, List.of("y"), Map.of("made", "for a test"));
    }

    private static OnnxSession session() {
        return new OnnxSession("a graph", model().toByteArray(), OnnxSession.Options.CPU);
    }

    private static float[] run(OnnxSession session, float start) {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            NDArray x = manager.create(new float[] {start, 1, 2, 3, 4, 5}, new Shape(2, 3));
            NDArray shift = manager.create(new float[] {10, 20});
            NDList outputs = session.run(new NDList(x, shift));
            assertEquals(manager, outputs.head().getManager());
            assertArrayEquals(new float[] {start, 1, 2, 3, 4, 5}, x.toFloatArray());
            return outputs.singletonOrThrow().toFloatArray();
        }
    }

    @Test
    void computes() {
        try (OnnxSession session = session()) {
            assertArrayEquals(new float[] {10, 12, 14, 26, 28, 30}, run(session, 0));
            assertEquals(
                    List.of(
                            new Input("x", DataType.FLOAT32, new Shape(-1, 3)),
                            new Input("shift", DataType.FLOAT32, new Shape(-1))),
                    session.inputs());
            assertEquals(Device.cpu(), session.device());
            assertFalse(session.onGpu());
        }
    }

    @Test
    void threadsMayShareASession() throws InterruptedException, ExecutionException {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (OnnxSession session = session()) {
            List<Future<float[]>> calls = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                float start = i;
                calls.add(threads.submit(() -> run(session, start)));
            }
            for (int i = 0; i < 200; i++) {
                float[] expected = {2f * i + 10, 12, 14, 26, 28, 30};
                assertArrayEquals(expected, calls.get(i).get());
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void transposedInputsAreReadInTheOrderOfTheirAxes() {
        try (OnnxSession session = session();
                NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            NDArray turned =
                    manager.create(new float[] {0, 3, 1, 4, 2, 5}, new Shape(3, 2)).transpose();
            NDArray shift = manager.create(new float[] {10, 20});
            float[] y = session.run(new NDList(turned, shift)).head().toFloatArray();
            assertArrayEquals(new float[] {10, 12, 14, 26, 28, 30}, y);
        }
    }

    @Test
    void wrongInputsAreRefused() {
        try (OnnxSession session = session();
                NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            NDArray x = manager.zeros(new Shape(2, 4));
            NDArray shift = manager.zeros(new Shape(2));
            assertOneLine(
                    "a graph takes the inputs [x, shift], got 1 arrays",
                    () -> session.run(new NDList(x)));
            assertOneLine("a graph refuses its inputs", () -> session.run(new NDList(x, shift)));
        }
    }

    private static void assertOneLine(String start, Runnable call) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, call::run);
        assertTrue(e.getMessage().startsWith(start), e.getMessage());
        assertFalse(e.getMessage().contains("\n"), e.getMessage());
    }

    @Test
    void brokenFilesAreRefused() {
        byte[] whole = model().toByteArray();
        for (byte[] bytes :
                List.of(
                        new byte[0],
                        new byte[] {1, 2, 3},
                        java.util.Arrays.copyOf(whole, whole.length / 2),
                        "not a graph at all".getBytes(java.nio.charset.StandardCharsets.UTF_8))) {
            assertOneLine(
                    "a graph cannot be run by ONNX Runtime: ",
                    () -> new OnnxSession("a graph", bytes, OnnxSession.Options.CPU));
        }
    }

    @Test
    void operatorsThatNobodyKnowsAreRefused() {
        OnnxMl.ModelProto.Builder model = model().toBuilder();
        model.getGraphBuilder().getNodeBuilder(0).setOpType("Launch").setDomain("com.example");
        byte[] bytes = model.build().toByteArray();
        assertOneLine(
                "a graph cannot be run by ONNX Runtime: ",
                () -> new OnnxSession("a graph", bytes, OnnxSession.Options.CPU));
    }

    @Test
    void aGpuThatIsNotThereIsAnError() {
        assertOneLine(
                "device must be one that ONNX Runtime can use, got gpu:7",
                () ->
                        new OnnxSession(
                                "a graph", model().toByteArray(), new OnnxSession.Options(1, 7)));
    }
}
