package dev.tiller.rewards;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RewardContextTest {

    @Test
    void takesProcessorAndNumberedDevices() {
        assertEquals("cpu", RewardContext.cpu().device());
        assertEquals("gpu:12", new RewardContext("gpu:12", "auto").device());
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "gpu", "gpu:", "gpu:-1", "CPU", "cpu:0"})
    void rejectsOtherDevices(String device) {
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class, () -> new RewardContext(device, "auto"));
        assertEquals(
                "device must be cpu or gpu:N, got " + device + "; write for example gpu:0",
                e.getMessage());
    }

    @Test
    void rejectsOtherBackends() {
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class, () -> new RewardContext("cpu", "tensorrt"));
        assertEquals("backend must be auto, pytorch or onnx, got tensorrt", e.getMessage());
    }
}
