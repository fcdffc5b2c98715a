package dev.tiller.finetune.optimizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExponentialMovingAverageIT {
    private static NDArray parameter(NDManager manager) {
        NDArray parameter = manager.create(new float[] {1, -2, 3});
        parameter.setRequiresGradient(true);
        return parameter;
    }

    /** Changes a parameter as an optimiser does: outside of any gradient. */
    private static void add(NDArray parameter, double number) {
        try (NDArray values = parameter.stopGradient()) {
            values.addi(number);
        }
    }

    /** NDArray.copyTo would make the two share their memory. */
    @Test
    void sharesNoMemoryWithTheParameters() {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            NDArray parameter = parameter(manager);
            try (ExponentialMovingAverage average =
                    new ExponentialMovingAverage(Map.of("p", parameter), 0.9, manager)) {
                NDArray shadow = average.shadow().get("p");
                add(parameter, 10);
                assertArrayEquals(new float[] {1, -2, 3}, shadow.toFloatArray());
                shadow.muli(0);
                assertArrayEquals(new float[] {11, 8, 13}, parameter.toFloatArray());
                NDArray saved = manager.create(new float[] {4, 5, 6});
                average.restore(Map.of("p", saved), 3);
                assertArrayEquals(new float[] {4, 5, 6}, shadow.toFloatArray());
                shadow.muli(0);
                assertArrayEquals(new float[] {4, 5, 6}, saved.toFloatArray());
                assertArrayEquals(new float[] {11, 8, 13}, parameter.toFloatArray());
            }
        }
    }

    @Test
    void warmsTheDecayUp() {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            NDArray parameter = parameter(manager);
            double decay = 0.4;
            try (ExponentialMovingAverage average =
                    new ExponentialMovingAverage(Map.of("p", parameter), decay, manager)) {
                double expected = 1;
                double value = 1;
                for (int n = 1; n <= 12; n++) {
                    add(parameter, n);
                    value += n;
                    average.update();
                    // 2/11, 3/12, 4/13, ... until the decay, which is reached at n = 5
                    double d = Math.min(decay, (1.0 + n) / (10.0 + n));
                    expected = d * expected + (1 - d) * value;
                    float actual = average.shadow().get("p").getFloat(0);
                    assertEquals(expected, actual, 1e-5 * Math.abs(expected));
                }
            }
        }
    }

    @Test
    void goesOnFromRestoredAverages() {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            NDArray parameter = parameter(manager);
            Map<String, NDArray> saved = new LinkedHashMap<>();
            try (ExponentialMovingAverage all =
                            new ExponentialMovingAverage(Map.of("p", parameter), 0.99, manager);
                    ExponentialMovingAverage part =
                            new ExponentialMovingAverage(Map.of("p", parameter), 0.99, manager)) {
                for (int n = 0; n < 3; n++) {
                    add(parameter, 1);
                    all.update();
                }
                all.shadow().forEach((name, array) -> saved.put(name, array.duplicate()));
                part.restore(saved, 3);
                add(parameter, 1);
                all.update();
                part.update();
                assertArrayEquals(
                        all.shadow().get("p").toFloatArray(),
                        part.shadow().get("p").toFloatArray());
            }
        }
    }

    @Test
    void leavesNothingBehind() {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu());
                NDManager home = manager.newSubManager()) {
            NDArray parameter = parameter(home);
            try (ExponentialMovingAverage average =
                    new ExponentialMovingAverage(Map.of("p", parameter), 0.9, manager)) {
                average.update();
                average.update();
                assertEquals(1, home.getManagedArrays().size());
            }
            assertEquals(1, manager.getManagedArrays().size()); // the parameter
        }
    }

    @Test
    void refusesADecayOfOne() {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            assertEquals(
                    "ema_decay must be in [0, 1), got 1.0",
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> new ExponentialMovingAverage(Map.of(), 1, manager))
                            .getMessage());
        }
    }
}
