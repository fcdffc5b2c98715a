package dev.tiller.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.gaussian.Parameterisation;
import dev.tiller.zoo.architecture.Architectures;
import dev.tiller.zoo.architecture.Gdss;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworkScoreIT {
    private static final int ROWS = 37;
    private static final Gdss.Config GDSS =
            new Gdss.Config(4, 3, Gdss.Part.convolution(2, 8), Gdss.Part.attention(2, 8));

    @TempDir private Path folder;

    private ModelDirectory write() throws IOException {
        GraphConfig.Noise noise =
                new GraphConfig.Noise(
                        "ve", Map.of("sigma_min", 0.1, "sigma_max", 1.0), Parameterisation.SCORE);
        GraphConfig graph =
                new GraphConfig(
                        List.of("C", "N", "O"),
                        4,
                        List.of(0.0, 1.0, 1.0, 2.0),
                        noise,
                        noise,
                        new GraphConfig.Sampling(10, "reverse", "langevin", 0.2, 0.7, 1, 1e-3));
        ModelConfig config =
                ModelConfig.ofGraphs(
                        "tiny", "gdss", Architectures.describe(GDSS), graph, false, null, null);
        try (NDManager manager = NDManager.newBaseManager()) {
            Gdss block = new Gdss(GDSS);
            block.initialize(new Philox(3), manager);
            ModelDirectory model = ModelDirectory.write(folder, config, block.weights(), "# A\n");
            assertEquals(config, model.config());
            return model;
        }
    }

    private static NDList arrays(ModelDirectory model, NDManager manager) {
        NDList arrays = ExampleInputs.of(model.config(), ROWS, manager);
        float[] mask = new float[ROWS * 4];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = i % 4 <= i / 4 % 4 ? 1 : 0;
        }
        arrays.set(2, manager.create(mask, new Shape(ROWS, 4)));
        return arrays;
    }

    @Test
    void enginesAgreeAndRowsStandAlone() throws IOException {
        ModelDirectory model = write();
        String path = folder.toString();
        double[] t = new double[ROWS];
        float[][] outputs = new float[2][];
        for (Backend backend : new Backend[] {Backend.PYTORCH, Backend.ONNX}) {
            try (NetworkScore score = ModelZoo.score(path, backend, Device.cpu());
                    NDManager manager = NDManager.newBaseManager()) {
                NDList arrays = arrays(model, manager);
                NDList all = score.evaluate(arrays, t);
                assertEquals(new Shape(ROWS, 4, 3), all.get(0).getShape());
                assertEquals(new Shape(ROWS, 4, 4), all.get(1).getShape());
                NDList some = new NDList();
                arrays.forEach(array -> some.add(array.get("20:23").duplicate()));
                NDList part = score.evaluate(some, new double[3]);
                for (int i = 0; i < 2; i++) {
                    assertArrayEquals(
                            all.get(i).get("20:23").toFloatArray(), part.get(i).toFloatArray());
                }
                float[] adj = all.get(1).toFloatArray();
                if (outputs[1] != null) {
                    assertArrayEquals(outputs[0], all.get(0).toFloatArray(), 1e-5f);
                    assertArrayEquals(outputs[1], adj, 1e-5f);
                }
                outputs[0] = all.get(0).toFloatArray();
                outputs[1] = adj;
                assertFalse(score.dependsOnTime());
                assertEquals(2, score.components().size());
            }
        }
    }

    @Test
    void givesTheGradientOfBothArrays() throws IOException {
        ModelDirectory model = write();
        try (NetworkScore score = ModelZoo.score(folder.toString(), Backend.ONNX, Device.cpu());
                NDManager manager = NDManager.newBaseManager()) {
            NDList arrays = arrays(model, manager);
            NDArray row = arrays.get(2);
            double[] t = new double[ROWS];
            NDList cotangents =
                    new NDList(arrays.get(0).sin().mul(row.expandDims(2)), arrays.get(1).cos());
            NDList gradients = score.vectorJacobian(arrays, t, cotangents);
            NDArray directionX = arrays.get(0).cos();
            NDArray directionAdj = arrays.get(1).sin();
            double expected =
                    gradients.get(0).mul(directionX).sum().getFloat()
                            + gradients.get(1).mul(directionAdj).sum().getFloat();
            float h = 1e-2f;
            double[] values = new double[2];
            for (int side = 0; side < 2; side++) {
                float step = side == 0 ? -h : h;
                NDList moved =
                        new NDList(
                                arrays.get(0).add(directionX.mul(step)),
                                arrays.get(1).add(directionAdj.mul(step)),
                                row);
                NDList out = score.evaluate(moved, t);
                values[side] =
                        out.get(0).mul(cotangents.get(0)).sum().getFloat()
                                + out.get(1).mul(cotangents.get(1)).sum().getFloat();
            }
            assertEquals(expected, (values[1] - values[0]) / (2 * h), 2e-2 * Math.abs(expected));
        }
    }

    @Test
    void isCheckedAndRefusesOtherKinds() throws IOException {
        ModelDirectory model = write();
        ModelCheck check = ModelCheck.run(model, Backend.AUTO, Device.cpu());
        assertTrue(check.engine().startsWith("onnx"), check.engine());
        assertEquals("[float32 (16, 4, 3), float32 (16, 4, 4)]", check.outputs().toString());
        assertEquals(
                "model 'tiny' must be of kind denoiser, got score",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> ModelZoo.denoiser(folder.toString(), Device.cpu()))
                        .getMessage());
    }
}
