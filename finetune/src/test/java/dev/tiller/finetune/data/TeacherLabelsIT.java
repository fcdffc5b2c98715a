package dev.tiller.finetune.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.Philox;
import dev.tiller.zoo.Network;
import dev.tiller.zoo.OneHot;
import dev.tiller.zoo.architecture.Optimus;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TeacherLabelsIT {
    /** More rows than one call takes. */
    private static final int ROWS = 530;

    @Test
    void labelsByTheOutputAskedFor() {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu());
                NDManager inputs = NDManager.newBaseManager(Device.cpu())) {
            Optimus block = new Optimus(new Optimus.Config(4, 3, 1, 5, 2, 6, 0.0));
            block.initialize(new Philox(1), manager);
            try (Network teacher = new Network(block, block.weights(), Device.cpu(), "test")) {
                long[][] tokens = TeacherLabels.randomSequences(ROWS, 6, 4, new Philox(2));
                long[] flat = Arrays.stream(tokens).flatMapToLong(Arrays::stream).toArray();
                float[] expected;
                try (NDManager scope = inputs.newSubManager()) {
                    NDArray rows = scope.create(flat, new Shape(ROWS, 6));
                    expected = teacher.run(OneHot.encode(rows, 4)).toFloatArray();
                }
                for (int output = 0; output < 2; output++) {
                    LabelledTokens labelled =
                            TeacherLabels.label(tokens, teacher, output, 4, inputs);
                    double[] labels = new double[ROWS];
                    for (int row = 0; row < ROWS; row++) {
                        labels[row] = expected[2 * row + output];
                    }
                    assertArrayEquals(labels, labelled.labels());
                    assertSame(tokens, labelled.tokens());
                }
                assertEquals(0, inputs.getManagedArrays().size());
            }
        }
    }
}
