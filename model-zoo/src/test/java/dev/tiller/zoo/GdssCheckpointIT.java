package dev.tiller.zoo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.gaussian.Parameterisation;
import dev.tiller.sampler.parity.ParityCase;
import dev.tiller.zoo.weights.Selection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The published files, which are not ours to copy: only where they lie beside the project. */
class GdssCheckpointIT {
    @TempDir private Path folder;

    private static Path real() {
        for (ParityCase parity : ParityCase.find("05_gdss_forward_qm9")) {
            Path real = parity.file("case.json").resolve("../../gdss_real").normalize();
            if (Files.isDirectory(real)) {
                return real;
            }
        }
        return abort("needs further parity cases");
    }

    @ParameterizedTest
    @CsvSource({
        "qm9, gdss_qm9.pth, PYTORCH",
        "qm9, gdss_qm9.pth, ONNX",
        "qm9_long, gdss_qm9.pth, ONNX",
        "zinc250k_v2, gdss_zinc250k_v2.pth, PYTORCH",
        "zinc250k_v2, gdss_zinc250k_v2.pth, ONNX"
    })
    void outputsEqualTheReference(String name, String file, Backend backend) {
        ParityCase parity = ParityCase.read(real().resolve(name));
        String path = real().resolve(file).toString();
        try (NetworkScore score = ModelZoo.score(path, backend, Device.cpu());
                NDManager manager = NDManager.newBaseManager()) {
            double worst = 0;
            for (String noise : new String[] {"clean", "noisy"}) {
                NDList arrays = new NDList();
                for (String input : new String[] {"x_" + noise, "adj_" + noise, "flags"}) {
                    arrays.add(floats(parity, "in." + input, manager));
                }
                int rows = (int) arrays.head().getShape().get(0);
                NDList scores = score.evaluate(arrays, new double[rows]);
                worst = Math.max(worst, close(parity, "out.forward_x_" + noise, scores.get(0)));
                worst = Math.max(worst, close(parity, "out.forward_adj_" + noise, scores.get(1)));
            }
            System.err.printf("%s on %s: %.1e%n", parity, backend, worst);
        }
    }

    private static NDArray floats(ParityCase parity, String name, NDManager manager) {
        return manager.create(parity.floats(name), new Shape(parity.shape(name)));
    }

    private static double close(ParityCase parity, String name, NDArray array) {
        return parity.requireClose(name, array.toFloatArray(), 2e-5);
    }

    @Test
    void settingsAreThePublishedOnes() {
        ModelConfig qm9 = ModelZoo.find(real().resolve("gdss_qm9.pth").toString()).config();
        assertEquals("gdss_qm9", qm9.name());
        assertEquals(List.of("C", "N", "O", "F"), qm9.graph().atoms());
        GraphConfig.Noise noise =
                new GraphConfig.Noise(
                        "ve", Map.of("sigma_min", 0.1, "sigma_max", 1.0), Parameterisation.SCORE);
        assertEquals(noise, qm9.graph().x());
        assertEquals(noise, qm9.graph().adj());
        assertEquals(
                new GraphConfig.Sampling(1000, "reverse", "langevin", 0.2, 0.7, 1, 1e-4),
                qm9.graph().sampling());
        assertEquals(102718, qm9.graph().sizes().get(8));

        GraphConfig zinc =
                ModelZoo.find(real().resolve("gdss_zinc250k_v2.pth").toString()).config().graph();
        assertEquals(38, zinc.nodes());
        assertEquals(
                new GraphConfig.Noise(
                        "vp", Map.of("beta_min", 0.1, "beta_max", 1.0), Parameterisation.NOISE),
                zinc.x());
        assertEquals(
                new GraphConfig.Noise(
                        "ve", Map.of("sigma_min", 0.2, "sigma_max", 1.0), Parameterisation.SCORE),
                zinc.adj());
        assertEquals(0.8, zinc.sampling().scaleEps());
        assertEquals(27445, zinc.sizes().stream().mapToDouble(w -> w).sum());
    }

    @Test
    void convertsToAFolderOfEqualWeights() throws IOException {
        Path file = real().resolve("gdss_qm9.pth");
        ModelConversion.Request request =
                new ModelConversion.Request(
                        "q",
                        null,
                        null,
                        Map.of(),
                        null,
                        null,
                        null,
                        false,
                        null,
                        null,
                        Selection.DEFAULT,
                        false,
                        false,
                        null,
                        null);
        ModelDirectory model =
                new ModelConversion(file, request).write(folder.resolve("converted"));
        ModelDirectory direct = ModelZoo.find(file.toString());
        assertEquals(direct.digest(), model.digest());
        assertEquals(direct.config().graph(), model.config().graph());
        assertEquals("q", model.config().name());
    }
}
