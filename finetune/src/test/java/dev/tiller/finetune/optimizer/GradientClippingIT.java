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

class GradientClippingIT {
    private static Map<String, NDArray> gradients(NDManager manager, float[] a, float[] b) {
        Map<String, NDArray> gradients = new LinkedHashMap<>();
        gradients.put("a", manager.create(a));
        gradients.put("b", manager.create(b));
        return gradients;
    }

    /** DJL's own clipping leaves -10 as it is. */
    @Test
    void scalesBothSigns() {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            Map<String, NDArray> gradients =
                    gradients(manager, new float[] {-10, 10}, new float[] {5, -20, 0});
            double norm = Math.sqrt(100 + 100 + 25 + 400);
            assertEquals(norm, GradientClipping.byGlobalNorm(gradients, 2), 1e-5);
            float scale = (float) (2 / norm);
            assertArrayEquals(
                    new float[] {-10 * scale, 10 * scale},
                    gradients.get("a").toFloatArray(),
                    1e-6f);
            assertArrayEquals(
                    new float[] {5 * scale, -20 * scale, 0},
                    gradients.get("b").toFloatArray(),
                    1e-6f);
        }
    }

    @Test
    void leavesSmallGradientsAlone() {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            float[] a = {0.3f, -0.4f};
            float[] b = {0};
            Map<String, NDArray> gradients = gradients(manager, a, b);
            assertEquals(0.5, GradientClipping.byGlobalNorm(gradients, 0.6), 1e-6);
            assertArrayEquals(a, gradients.get("a").toFloatArray());
            assertArrayEquals(b, gradients.get("b").toFloatArray());
            assertEquals(2, manager.getManagedArrays().size());
        }
    }

    @Test
    void acceptsZeroGradients() {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            Map<String, NDArray> gradients = gradients(manager, new float[2], new float[1]);
            assertEquals(0, GradientClipping.byGlobalNorm(gradients, 1));
            assertArrayEquals(new float[2], gradients.get("a").toFloatArray());
        }
    }

    @Test
    void refusesNormsThatAreNotFinite() {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
                Map<String, NDArray> gradients =
                        gradients(manager, new float[] {1, bad}, new float[] {1});
                assertEquals(
                        "the gradient norm must be finite, got "
                                + (double) bad
                                + "; lower the learning rate or the clip norm",
                        assertThrows(
                                        IllegalStateException.class,
                                        () -> GradientClipping.byGlobalNorm(gradients, 1))
                                .getMessage());
            }
        }
    }
}
