package dev.tiller.finetune.optimizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.LinkedHashMap;
import java.util.List;
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

    /** As if each part of a network were clipped alone. */
    @Test
    void scalesEachGroupByItsOwnNorm() {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            Map<String, NDArray> gradients = new LinkedHashMap<>();
            gradients.put("x.a", manager.create(new float[] {3, 0}));
            gradients.put("x.b", manager.create(new float[] {4}));
            gradients.put("adj.a", manager.create(new float[] {0.5f}));
            gradients.put("c", manager.create(new float[] {12}));
            List<String> groups = List.of("x.", "adj.");
            double norm = GradientClipping.byGroups(gradients, groups, 1);
            assertEquals(Math.sqrt(25 + 0.25 + 144), norm, 1e-5);
            assertArrayEquals(new float[] {0.6f, 0}, gradients.get("x.a").toFloatArray(), 1e-6f);
            assertArrayEquals(new float[] {0.8f}, gradients.get("x.b").toFloatArray(), 1e-6f);
            assertArrayEquals(new float[] {0.5f}, gradients.get("adj.a").toFloatArray());
            assertArrayEquals(new float[] {1}, gradients.get("c").toFloatArray(), 1e-6f);
        }
    }

    @Test
    void withoutGroupsTheNormIsThatOfAll() {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            Map<String, NDArray> gradients = gradients(manager, new float[] {3}, new float[] {4});
            assertEquals(5, GradientClipping.byGroups(gradients, List.of(), 1), 1e-6);
            assertArrayEquals(new float[] {0.6f}, gradients.get("a").toFloatArray(), 1e-6f);
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
