package dev.tiller.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.EngineException;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Engines that cannot be started are problems, not exceptions. */
class EngineChecksTest {
    private static <T> Supplier<T> failing(Throwable error) {
        return () -> {
            if (error instanceof Error e) {
                throw e;
            }
            throw (RuntimeException) error;
        };
    }

    @Test
    void aLibraryThatCannotBeLoadedIsAProblem() {
        EngineChecks checks =
                new EngineChecks(
                        failing(
                                new EngineException(
                                        "Failed to load PyTorch native library",
                                        new UnsatisfiedLinkError("libgomp.so.1:\n not found"))),
                        failing(new NoClassDefFoundError("ai/onnxruntime/OrtEnvironment")));
        Section pytorch = checks.pytorch();
        assertEquals(1, pytorch.problems().size());
        String problem = pytorch.problems().get(0);
        assertTrue(
                problem.startsWith(
                        "Failed to load PyTorch native library (libgomp.so.1: not found); "),
                problem);
        assertEquals(1, problem.lines().count());
        String onnx = checks.onnxRuntime().problems().get(0);
        assertTrue(onnx.contains("NoClassDefFoundError: ai/onnxruntime/OrtEnvironment;"), onnx);
        assertFalse(checks.hasPyTorch());
        assertFalse(checks.hasOnnxRuntime());
        assertEquals(0, checks.gpus());
        assertEquals(List.of(), checks.devices().problems());
    }

    @Test
    void anInitialiserThatFailsIsToldByItsCause() {
        Error error = new ExceptionInInitializerError(new IllegalStateException("no room in /tmp"));
        EngineChecks checks = new EngineChecks(() -> null, failing(error));
        assertTrue(checks.onnxRuntime().problems().get(0).startsWith("no room in /tmp; "));
        assertTrue(checks.pytorch().problems().get(0).startsWith("the engine is not installed; "));
    }

    @Test
    void noPyTorchMeansNoSampling() {
        Section failed =
                new EngineChecks(() -> null, failing(new UnsatisfiedLinkError("x"))).pytorch();
        Report report = new Report(false, List.of(failed));
        assertTrue(report.text().contains("! the engine is not installed; without it"));
        assertTrue(report.text().endsWith("Tiller cannot sample here: 1 problem (see '!')"));
    }

    @Test
    void runtimesThatStartAreTold() {
        EngineChecks checks =
                new EngineChecks(
                        () -> null, () -> new EngineChecks.Runtime("1.2", "CUDAExecutionProvider"));
        assertEquals("1.2", checks.onnxRuntime().facts().get("version"));
        assertTrue(checks.hasOnnxRuntime());
        assertEquals("CUDA", checks.devices().facts().get("GPU of ONNX Runtime"));
    }
}
