package dev.tiller.zoo;

import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.Philox;
import dev.tiller.zoo.architecture.Architectures;
import dev.tiller.zoo.architecture.ProteinMpnn;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Models for backbones, small, with random weights. */
public final class ProteinModels {
    private ProteinModels() {}

    public static ProteinMpnn.Config config(int hidden, int neighbours, ProteinMpnn.Head head) {
        return new ProteinMpnn.Config(hidden, 2, 2, neighbours, 22, 0.1, 0, head, false);
    }

    /** Writes a folder. */
    public static ModelDirectory write(Path folder, ProteinMpnn.Config config, long seed) {
        boolean score = config.head() != ProteinMpnn.Head.LETTERS;
        ModelConfig model =
                new ModelConfig(
                        folder.getFileName().toString(),
                        score ? ModelConfig.Kind.REWARD : ModelConfig.Kind.DENOISER,
                        ProteinMpnn.NAME,
                        Architectures.describe(config),
                        BackboneDenoiser.ALPHABET,
                        0,
                        score ? null : new ModelConfig.Schedule("log-linear", Map.of()),
                        false,
                        config.classes() > 0 ? 1 : null,
                        score ? new ModelConfig.Target(0.5, 2) : null,
                        null,
                        null,
                        null,
                        Map.of(),
                        List.of());
        try (NDManager manager = NDManager.newBaseManager()) {
            ProteinMpnn block = new ProteinMpnn(config);
            block.initialize(new Philox(seed), manager);
            return ModelDirectory.write(folder, model, block.weights(), "# random\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
