package dev.tiller.zoo.torchscript;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.numerics.Gradients;
import dev.tiller.zoo.InferenceSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TorchScriptIT {
    private static final int ROWS = 5;

    @TempDir private Path folder;
    private NDManager manager;

    @BeforeEach
    void openManager() {
        manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
    }

    @AfterEach
    void closeManager() {
        manager.close();
    }

    private TorchScript load(TinyScript script) throws IOException {
        return TorchScript.load(script.write(folder.resolve("tiny.pt")), Device.cpu());
    }

    private NDArray input() {
        float[] values = new float[ROWS * TinyScript.INPUTS];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) Math.sin(1.7 * i + 0.3);
        }
        return manager.create(values, new Shape(ROWS, TinyScript.INPUTS));
    }

    /** relu(x W^T + b) by DJL's own operators. */
    private float[] expected(NDArray x) {
        NDArray weight =
                manager.create(TinyScript.WEIGHT, new Shape(TinyScript.OUTPUTS, TinyScript.INPUTS));
        NDArray bias = manager.create(TinyScript.BIAS);
        return x.matMul(weight.transpose()).add(bias).maximum(0).toFloatArray();
    }

    /** The gradient of the sum of the outputs, by the chain rule. */
    private float[] expectedGradient(NDArray x) {
        float[] y = expected(x);
        float[] gradient = new float[ROWS * TinyScript.INPUTS];
        for (int row = 0; row < ROWS; row++) {
            for (int out = 0; out < TinyScript.OUTPUTS; out++) {
                for (int in = 0; in < TinyScript.INPUTS; in++) {
                    if (y[row * TinyScript.OUTPUTS + out] > 0) {
                        gradient[row * TinyScript.INPUTS + in] +=
                                TinyScript.WEIGHT[out * TinyScript.INPUTS + in];
                    }
                }
            }
        }
        return gradient;
    }

    private static NDArray sum(NDList outputs) {
        return outputs.singletonOrThrow().sum();
    }

    @Test
    void tracedAndFrozenModulesComputeWhatDjlComputes() throws IOException {
        NDArray x = input();
        for (TinyScript script : List.of(TinyScript.of(TinyScript.TRACED), TinyScript.frozen())) {
            try (TorchScript module = load(script)) {
                assertEquals(Device.cpu(), module.device());
                NDArray y = module.run(new NDList(x)).singletonOrThrow();
                assertEquals(new Shape(ROWS, TinyScript.OUTPUTS), y.getShape());
                assertEquals(manager, y.getManager());
                assertArrayEquals(expected(x), y.toFloatArray(), 1e-6f);
            }
        }
    }

    @Test
    void gradientOfTheInputIsTheAnalyticOne() throws IOException {
        NDArray x = input();
        for (TinyScript script : List.of(TinyScript.of(TinyScript.TRACED), TinyScript.frozen())) {
            try (TorchScript module = load(script)) {
                for (int call = 0; call < 3; call++) {
                    NDArray gradient = module.gradient(new NDList(x), 0, TorchScriptIT::sum);
                    assertEquals(manager, gradient.getManager());
                    assertArrayEquals(expectedGradient(x), gradient.toFloatArray(), 1e-6f);
                }
                assertTrue(!x.hasGradient());
            }
        }
    }

    @Test
    void outputsCarryGradientsWithinALargerComputation() throws IOException {
        NDArray x = input();
        float[] analytic = expectedGradient(x);
        try (TorchScript module = load(TinyScript.of(TinyScript.TRACED))) {
            module.run(new NDList(x));
            x.setRequiresGradient(true);
            NDList inputs = new NDList(x);
            Gradients.backward(manager, () -> sum(module.run(inputs)).mul(2));
            float[] gradient = x.getGradient().toFloatArray();
            for (int i = 0; i < gradient.length; i++) {
                assertEquals(2 * analytic[i], gradient[i], 1e-6f);
            }
        }
    }

    @Test
    void threeCallsLeaveNothingBehind() throws IOException {
        NDArray x = input();
        try (TorchScript module = load(TinyScript.of(TinyScript.TRACED))) {
            NDList inputs = new NDList(x);
            int before = manager.getManagedArrays().size();
            for (int call = 0; call < 3; call++) {
                module.run(inputs).close();
                module.gradient(inputs, 0, TorchScriptIT::sum).close();
                assertEquals(before, manager.getManagedArrays().size());
            }
        }
    }

    @Test
    void concurrentCallsAgree() throws Exception {
        NDArray x = input();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (TorchScript module = load(TinyScript.of(TinyScript.TRACED))) {
            float[] expected = expected(x);
            float[] gradient = expectedGradient(x);
            List<Future<Boolean>> calls = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                Callable<Boolean> work =
                        () -> {
                            boolean same = true;
                            for (int i = 0; i < 200; i++) {
                                same &= close(expected, run(module, x));
                                same &= close(gradient, gradient(module, x));
                            }
                            return same;
                        };
                calls.add(threads.submit(work));
            }
            for (Future<Boolean> call : calls) {
                assertTrue(call.get());
            }
        } finally {
            threads.shutdown();
        }
    }

    private static float[] run(InferenceSession module, NDArray x) {
        try (NDList outputs = module.run(new NDList(x))) {
            return outputs.singletonOrThrow().toFloatArray();
        }
    }

    private static float[] gradient(TorchScript module, NDArray x) {
        try (NDArray gradient = module.gradient(new NDList(x), 0, TorchScriptIT::sum)) {
            return gradient.toFloatArray();
        }
    }

    private static boolean close(float[] first, float[] second) {
        boolean close = first.length == second.length;
        for (int i = 0; close && i < first.length; i++) {
            close = Math.abs(first[i] - second[i]) <= 1e-6;
        }
        return close;
    }

    @Test
    void namesOfInputsMeanNothing() throws IOException {
        try (TorchScript module = load(TinyScript.of(TinyScript.TRACED))) {
            for (String name : List.of("layer.x", "x[]", "x()", "module_method:other")) {
                NDArray x = input();
                x.setName(name);
                NDList outputs = module.run(new NDList(x));
                assertArrayEquals(expected(x), outputs.singletonOrThrow().toFloatArray(), 1e-6f);
                assertArrayEquals(expectedGradient(x), gradient(module, x), 1e-6f);
                assertEquals(name, x.getName());
                assertNull(outputs.head().getName());
            }
        }
    }

    @Test
    void severalInputsAndOutputsKeepTheirOrder() throws IOException {
        String body =
                """
                  def forward(self: __torch__.Tiny,
                    x: Tensor,
                    y: Tensor) -> Tuple[Tensor, Tensor]:
                    return (torch.mul(x, y), torch.neg(y))
                """;
        try (TorchScript module = load(TinyScript.of(body))) {
            NDArray x = manager.create(new float[] {2, 3});
            NDArray y = manager.create(new float[] {5, 7});
            NDList outputs = module.run(new NDList(x, y));
            assertArrayEquals(new float[] {10, 21}, outputs.get(0).toFloatArray());
            assertArrayEquals(new float[] {-5, -7}, outputs.get(1).toFloatArray());
            NDArray bySecond = module.gradient(new NDList(x, y), 1, o -> o.get(0).sum());
            assertArrayEquals(new float[] {2, 3}, bySecond.toFloatArray());
        }
    }

    @Test
    void readsCompressedArchives() throws IOException {
        Path file =
                TinyScript.of(TinyScript.TRACED)
                        .write(folder.resolve("deflated.ts"), ZipEntry.DEFLATED);
        NDArray x = input();
        try (TorchScript module = TorchScript.load(file, Device.cpu())) {
            assertArrayEquals(expected(x), run(module, x), 1e-6f);
        }
    }

    @Test
    void failuresAreOneLine() throws IOException {
        try (TorchScript module = load(TinyScript.of(TinyScript.TRACED))) {
            NDList wide = new NDList(manager.ones(new Shape(2, 4)));
            String text =
                    assertThrows(IllegalArgumentException.class, () -> module.run(wide))
                            .getMessage();
            assertTrue(text.contains("tiny.pt fails on float32 (2, 4): RuntimeError: mat1"), text);
            assertEquals(1, text.lines().count(), text);
            NDList two = new NDList(input(), input());
            assertThrows(IllegalArgumentException.class, () -> module.run(two));
            assertThrows(IllegalArgumentException.class, () -> module.run(new NDList()));
            NDList longs = new NDList(manager.zeros(new Shape(1, 3), DataType.INT64));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> module.gradient(longs, 0, TorchScriptIT::sum));
        }
    }

    @Test
    void refusesCodeThatDoesNotCompile() {
        TinyScript script = TinyScript.of("  def forward(self) -> Tensor:\n    return nothing\n");
        String text = assertThrows(IllegalArgumentException.class, () -> load(script)).getMessage();
        assertTrue(text.contains("libtorch cannot read the TorchScript archive"), text);
        assertEquals(1, text.lines().count(), text);
    }

    @Test
    void everyTruncationIsRefusedAndNoneEndsTheJvm() throws IOException {
        byte[] whole =
                Files.readAllBytes(
                        TinyScript.of(TinyScript.TRACED).write(folder.resolve("whole.pt")));
        Path cut = folder.resolve("cut.pt");
        for (int length = 0; length < whole.length; length += 7) {
            Files.write(cut, Arrays.copyOf(whole, length));
            String text =
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> TorchScript.load(cut, Device.cpu()))
                            .getMessage();
            assertEquals(1, text.lines().count(), text);
        }
    }

    @Test
    void noDamagedByteEndsTheJvm() throws IOException {
        byte[] whole =
                Files.readAllBytes(
                        TinyScript.of(TinyScript.TRACED).write(folder.resolve("whole.pt")));
        Path damaged = folder.resolve("damaged.pt");
        int refused = 0;
        int tried = 0;
        for (int i = 0; i < whole.length; i += 5) {
            byte[] bytes = whole.clone();
            bytes[i] ^= (byte) 0x55;
            Files.write(damaged, bytes);
            tried++;
            try (TorchScript module = TorchScript.load(damaged, Device.cpu())) {
                run(module, input());
            } catch (IllegalArgumentException e) {
                refused++;
            }
        }
        assertTrue(refused > tried / 2, refused + " of " + tried);
    }

    @Test
    void aMissingFileIsNamed() {
        Path missing = folder.resolve("missing.pt");
        assertThrows(NoSuchFileException.class, () -> TorchScript.load(missing, Device.cpu()));
    }
}
