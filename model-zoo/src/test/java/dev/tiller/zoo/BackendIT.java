package dev.tiller.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.tiller.zoo.architecture.Dit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which engine runs a model, and what holds on all of them. */
class BackendIT {
    private static final int ROWS = 33;
    private static final int CALLS = 100;

    @TempDir private Path folder;

    private static Network denoiser(Backend backend) {
        return ModelZoo.builtIn("rna-utr5").network(backend, Device.cpu());
    }

    /** An architecture whose operations depend on the length, in a folder that states none. */
    private ModelDirectory withoutLength() throws IOException {
        Dit.Config settings = new Dit.Config(16, 8, 1, 2, 4, 4, 0);
        return ModelExportIT.random(folder, "mdlm-dit", new Dit(settings), settings, 0);
    }

    @Test
    void autoTakesOnnxRuntimeOnTheCpuAndSaysSo() {
        try (Network network = denoiser(Backend.AUTO)) {
            assertEquals(Backend.ONNX, network.backend());
            String engine = network.engine();
            assertTrue(engine.matches("onnx \\(ONNX Runtime [0-9.]+, CPU; fastest .*\\)"), engine);
        }
        try (Network network = denoiser(Backend.ONNX)) {
            assertTrue(network.engine().endsWith(", CPU; as asked for)"), network.engine());
        }
        try (Network network = denoiser(Backend.PYTORCH)) {
            assertEquals(Backend.PYTORCH, network.backend());
            assertEquals("pytorch (libtorch, CPU; as asked for)", network.engine());
        }
    }

    @Test
    void autoFallsBackToPyTorchWhereANetworkCannotBeExported() throws IOException {
        ModelDirectory model = withoutLength();
        try (Network network = model.network(Backend.AUTO, Device.cpu())) {
            assertEquals(Backend.PYTORCH, network.backend());
            assertEquals(
                    "pytorch (libtorch, CPU; for ONNX Runtime cannot: length of a model of"
                            + " architecture mdlm-dit must be in its config.json, got 0)",
                    network.engine());
        }
        assertEquals(
                "model 'mdlm-dit' cannot be loaded: ONNX Runtime cannot run it: length of a model"
                        + " of architecture mdlm-dit must be in its config.json, got 0; use"
                        + " --backend pytorch",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> model.network(Backend.ONNX, Device.cpu()))
                        .getMessage());
    }

    @Test
    void onlyPyTorchHasABlock() {
        try (Network network = denoiser(Backend.ONNX)) {
            assertEquals(
                    "gradients and weights need backend pytorch, got onnx",
                    assertThrows(IllegalStateException.class, network::block).getMessage());
        }
        try (Network network = denoiser(Backend.PYTORCH)) {
            assertEquals(List.of("logits"), network.block().outputs());
        }
    }

    private static float[] run(Network network, NDArray x, int start, int end) {
        try (NDManager manager = network.newManager()) {
            NDArray rows = x.get(start + ":" + end).duplicate();
            rows.attach(manager);
            return network.run(rows).toFloatArray();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Backend.class,
            names = {"PYTORCH", "ONNX"})
    void rowsDependNeitherOnTheirBatchNorOnThreads(Backend backend)
            throws InterruptedException, ExecutionException {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (Network network = denoiser(backend);
                NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            ModelConfig config = ModelZoo.builtIn("rna-utr5").config();
            NDArray x = ExampleInputs.of(config, ROWS, manager).head();
            float[] all = run(network, x, 0, ROWS);
            int width = all.length / ROWS;
            List<Future<float[]>> calls = new ArrayList<>();
            List<int[]> ranges = new ArrayList<>();
            for (int size : new int[] {1, 7, 16, 32}) {
                for (int start = 0; start + size <= ROWS; start += size) {
                    int[] range = {start, start + size};
                    ranges.add(range);
                    calls.add(threads.submit(() -> run(network, x, range[0], range[1])));
                }
            }
            for (int i = 0; i < calls.size(); i++) {
                int[] range = ranges.get(i);
                float[] expected = Arrays.copyOfRange(all, range[0] * width, range[1] * width);
                assertArrayEquals(expected, calls.get(i).get());
            }
        } finally {
            threads.shutdown();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Backend.class,
            names = {"PYTORCH", "ONNX"})
    void callsLeaveOnlyTheirResult(Backend backend) {
        try (Network network = denoiser(backend);
                NDManager manager = NDManager.newBaseManager(Device.cpu());
                NDManager own = network.newManager()) {
            ModelConfig config = ModelZoo.builtIn("rna-utr5").config();
            NDList inputs = ExampleInputs.of(config, ROWS, manager);
            network.run(inputs).close();
            int before = manager.getManagedArrays().size();
            int beside = own.getParentManager().getManagedArrays().size();
            for (int i = 0; i < CALLS; i++) {
                NDList outputs = network.run(inputs);
                assertEquals(manager, outputs.head().getManager());
                assertEquals(before + 1, manager.getManagedArrays().size());
                outputs.close();
                assertEquals(before, manager.getManagedArrays().size());
            }
            assertEquals(beside, own.getParentManager().getManagedArrays().size());
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Backend.class,
            names = {"PYTORCH", "ONNX"})
    void unequalRowsAreRefused(Backend backend) {
        try (Network network = denoiser(backend);
                NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            ModelConfig config = ModelZoo.builtIn("rna-utr5").config();
            NDArray x = ExampleInputs.of(config, 3, manager).head();
            NDList inputs = new NDList(x, manager.zeros(new ai.djl.ndarray.types.Shape(2)));
            String text =
                    assertThrows(IllegalArgumentException.class, () -> network.run(inputs))
                            .getMessage();
            assertTrue(text.startsWith("inputs must have equally many rows, at least 1"), text);
        }
    }

    @Test
    void namesOfEnginesAndDevicesAreChecked() {
        assertEquals(Backend.ONNX, Backend.parse("onnx"));
        refused("backend must be auto, pytorch or onnx, got 'ONNX'", () -> Backend.parse("ONNX"));
        assertEquals(Device.cpu(), Devices.parse("cpu", Backend.ONNX));
        refused("device must be cpu or gpu:N, got cuda", () -> Devices.parse("cuda", Backend.ONNX));
        refused("device must be cpu or gpu:N, got gpu:", () -> Devices.parse("gpu:"));
        refused("device must be cpu or gpu:N, got gpu:99999", () -> Devices.parse("gpu:99999"));
        refused("device must be one of this machine, which has ", () -> Devices.parse("gpu:9999"));
        refused(
                "device must be one that ONNX Runtime can use, got gpu:0 where it has the",
                () -> Devices.parse("gpu:0", Backend.ONNX));
    }

    private static void refused(String start, org.junit.jupiter.api.function.Executable call) {
        String text = assertThrows(IllegalArgumentException.class, call).getMessage();
        assertTrue(text.startsWith(start), text);
        assertEquals(1, text.lines().count(), text);
    }
}
