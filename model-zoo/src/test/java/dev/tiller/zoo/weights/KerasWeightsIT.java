package dev.tiller.zoo.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KerasWeightsIT {
    private static Map<String, NDArray> keras(NDManager manager) {
        Map<String, NDArray> tensors = new LinkedHashMap<>();
        tensors.put("conv_1/conv_1/bias:0", manager.ones(new Shape(3)));
        tensors.put("conv_1/conv_1/kernel:0", manager.arange(12f).reshape(2, 2, 3));
        tensors.put("dense_1/dense_1/bias:0", manager.ones(new Shape(2)));
        tensors.put("dense_1/dense_1/kernel:0", manager.arange(6f).reshape(3, 2));
        tensors.put("dense_2/dense_2/bias:0", manager.ones(new Shape(1)));
        tensors.put("dense_2/dense_2/kernel:0", manager.arange(2f).reshape(2, 1));
        return tensors;
    }

    @Test
    void turnsKernels() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Map<String, NDArray> weights =
                    KerasWeights.toOptimus(new WeightFile(keras(manager), Map.of()));
            assertEquals(
                    List.of(
                            "convs.0.weight",
                            "convs.0.bias",
                            "dense.weight",
                            "dense.bias",
                            "output.weight",
                            "output.bias"),
                    List.copyOf(weights.keySet()));
            NDArray conv = weights.get("convs.0.weight");
            assertEquals(new Shape(3, 2, 2), conv.getShape());
            // element [position, in, out] of the kernel is 6 position + 3 in + out
            assertArrayEquals(
                    new float[] {0, 6, 3, 9, 1, 7, 4, 10, 2, 8, 5, 11}, conv.toFloatArray());
            assertArrayEquals(
                    new float[] {0, 2, 4, 1, 3, 5}, weights.get("dense.weight").toFloatArray());
        }
    }

    @Test
    void refusesOtherLayers() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Map<String, NDArray> more = keras(manager);
            more.put("dense_3/dense_3/bias:0", manager.ones(new Shape(1)));
            WeightFile file = new WeightFile(more, Map.of());
            assertEquals(
                    "Keras weights must hold conv_1, conv_2, ..., dense_1 and dense_2 alone, got"
                            + " also [dense_3/dense_3/bias:0]",
                    assertThrows(IllegalArgumentException.class, () -> KerasWeights.toOptimus(file))
                            .getMessage());
        }
    }
}
