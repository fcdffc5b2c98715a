package dev.tiller.zoo.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RelativeAttentionIT {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 6})
    void shiftTakesDistancesToPositions(int n) {
        int rows = 2;
        int heads = 3;
        int distances = 2 * n - 1;
        float[] x = new float[rows * heads * n * distances];
        for (int i = 0; i < x.length; i++) {
            x[i] = i;
        }
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray y =
                    RelativeAttention.shift(
                            manager.create(x, new Shape(rows, heads, n, distances)));
            assertEquals(new Shape(rows, heads, n, n), y.getShape());
            float[] actual = y.toFloatArray();
            for (int at = 0; at < actual.length; at++) {
                int j = at % n;
                int i = at / n % n;
                int before = at / (n * n) * n + i;
                assertEquals(x[before * distances + j - i + n - 1], actual[at]);
            }
        }
    }
}
