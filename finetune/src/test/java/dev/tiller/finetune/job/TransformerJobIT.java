package dev.tiller.finetune.job;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.finetune.TrainingInterruptedException;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.State;
import dev.tiller.sampler.StepListener;
import dev.tiller.sampler.decoder.Ancestral;
import dev.tiller.sampler.masked.MaskedDiffusion;
import dev.tiller.zoo.Backend;
import dev.tiller.zoo.ModelDirectory;
import dev.tiller.zoo.ModelZoo;
import dev.tiller.zoo.NetworkDenoiser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Denoisers that are told the noise, trained by either loss and then sampled. */
class TransformerJobIT {
    @TempDir private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"masked_nelbo", "score_entropy"})
    void trainsAndSamples(String objective) throws Exception {
        Path run = folder.resolve(objective);
        ToyJobs.run(ToyJobs.transformer(folder, objective), run, false, step -> false);
        List<String> metrics = Files.readAllLines(run.resolve("metrics.csv"));
        String column = objective.equals("masked_nelbo") ? "nelbo" : "score_entropy";
        assertTrue(metrics.get(0).endsWith(",validation_" + column), metrics.get(0));
        double first = last(metrics.get(1));
        double end = last(metrics.get(metrics.size() - 1));
        assertTrue(end < 0.8 * first, first + " to " + end);
        Path model = run.resolve("model");
        assertTrue(ModelDirectory.open(model).config().timeConditioning());
        String card = Files.readString(model.resolve("README.md"));
        assertTrue(card.contains("test " + column.replace('_', ' ')), card);
        for (Backend backend : new Backend[] {Backend.PYTORCH, Backend.ONNX}) {
            try (NDManager manager = NDManager.newBaseManager();
                    NetworkDenoiser denoiser =
                            ModelZoo.denoiser(model.toString(), backend, Device.cpu())) {
                assertTrue(denoiser.dependsOnTime());
                NDArray masks = manager.create(masks(), new Shape(2, ToyJobs.LENGTH));
                float[] early = posterior(denoiser, masks, 0.05);
                float[] late = posterior(denoiser, masks, 0.95);
                assertFalse(Arrays.equals(early, late), "must know the time");
                for (long token : designs(denoiser, manager)) {
                    assertTrue(token >= 0 && token < 4, "token " + token);
                }
            }
        }
    }

    private static double last(String line) {
        return Double.parseDouble(line.substring(line.lastIndexOf(',') + 1));
    }

    private static long[] masks() {
        long[] masks = new long[2 * ToyJobs.LENGTH];
        Arrays.fill(masks, 4);
        return masks;
    }

    private static float[] posterior(NetworkDenoiser denoiser, NDArray xt, double t) {
        NDArray logPosterior = denoiser.logPosterior(xt, new double[] {t, t});
        for (float sum : logPosterior.exp().sum(new int[] {2}).toFloatArray()) {
            assertEquals(1, sum, 1e-5);
        }
        return logPosterior.toFloatArray();
    }

    private static long[] designs(NetworkDenoiser denoiser, NDManager manager) {
        MaskedDiffusion process =
                new MaskedDiffusion(
                        denoiser,
                        denoiser.schedule(),
                        ToyJobs.LENGTH,
                        manager,
                        MaskedDiffusion.Options.published(8));
        int rows = denoiser.network().rowsPerCall();
        try (Ledger ledger = new Ledger(new Ledger.Options(1, rows, true))) {
            State designs =
                    new Ancestral()
                            .decode(
                                    process,
                                    new long[] {0, 1, 2},
                                    new Philox(1),
                                    ledger,
                                    manager,
                                    StepListener.NONE);
            return designs.array(0).toLongArray();
        }
    }

    @Test
    void anInterruptedJobEndsWithTheSameBytes() throws Exception {
        Path job = ToyJobs.transformer(folder, "score_entropy");
        Path whole = folder.resolve("whole");
        ToyJobs.run(job, whole, false, step -> false);
        Path parts = folder.resolve("parts");
        assertThrows(
                TrainingInterruptedException.class,
                () -> ToyJobs.run(job, parts, false, step -> step == 17));
        ToyJobs.run(job, parts, true, step -> false);
        for (String file : List.of("model/model.safetensors", "model/raw.safetensors")) {
            assertArrayEquals(
                    Files.readAllBytes(whole.resolve(file)),
                    Files.readAllBytes(parts.resolve(file)),
                    file);
        }
    }
}
