package dev.tiller.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class BackendAdviceTest {
    @Test
    void saysWhatRunsWhat() {
        String cpu = String.join("\n", BackendAdvice.lines(true, true, 0));
        assertTrue(cpu.contains("sampling and scores: onnx on cpu"), cpu);
        assertTrue(cpu.contains("training and gradients: pytorch on cpu"), cpu);
        String gpu = String.join("\n", BackendAdvice.lines(true, true, 2));
        assertTrue(gpu.contains("sampling and scores: pytorch on gpu:0"), gpu);
        String alone = String.join("\n", BackendAdvice.lines(true, false, 0));
        assertTrue(alone.contains("pytorch on cpu, for ONNX Runtime does not start"), alone);
        String nothing = String.join("\n", BackendAdvice.lines(false, true, 0));
        assertTrue(nothing.startsWith("nothing can run: "), nothing);
    }
}
