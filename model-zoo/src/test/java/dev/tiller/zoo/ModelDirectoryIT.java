package dev.tiller.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.rewards.Designs;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.Rewards;
import dev.tiller.sampler.Philox;
import dev.tiller.zoo.architecture.Architectures;
import dev.tiller.zoo.architecture.DnaConv;
import dev.tiller.zoo.architecture.NamedBlock;
import dev.tiller.zoo.architecture.Optimus;
import dev.tiller.zoo.weights.Digests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelDirectoryIT {
    private static final Optimus.Config OPTIMUS = new Optimus.Config(8, 8, 2, 5, 1, 6, 0.2);
    private static final DnaConv.Config DNA = new DnaConv.Config(8, 1, 4, 0, false, 0);

    @TempDir private Path folder;

    private ModelDirectory write(ModelConfig config, NamedBlock block) throws IOException {
        try (NDManager manager = NDManager.newBaseManager()) {
            block.initialize(new Philox(1), manager);
            return ModelDirectory.write(folder, config, block.weights(), "# A card\n");
        }
    }

    private static ModelConfig config(
            ModelConfig.Kind kind, String architecture, Record settings, int length) {
        boolean denoiser = kind == ModelConfig.Kind.DENOISER;
        return new ModelConfig(
                "test",
                kind,
                architecture,
                Architectures.describe(settings),
                "ACGT",
                length,
                denoiser ? new ModelConfig.Schedule("log-linear", Map.of("eps", 1e-3)) : null,
                false,
                null,
                denoiser ? null : new ModelConfig.Target(5, 2),
                "made up",
                "CC0-1.0",
                null,
                Map.of(),
                null);
    }

    private ModelDirectory reward() throws IOException {
        return write(config(ModelConfig.Kind.REWARD, "optimus", OPTIMUS, 6), new Optimus(OPTIMUS));
    }

    @Test
    void returnsWhatWasWritten() throws IOException {
        ModelConfig config = config(ModelConfig.Kind.DENOISER, "dna-conv", DNA, 10);
        ModelDirectory model = write(config, new DnaConv(DNA));
        assertEquals(config, ModelZoo.find(folder.toString()).config());
        assertEquals("# A card\n", ModelZoo.card(folder.toString()));
        assertEquals(Digests.sha256(folder.resolve("model.safetensors")), model.digest());
        try (NetworkDenoiser denoiser = ModelZoo.denoiser(folder.toString(), Device.cpu());
                NDManager manager = NDManager.newBaseManager()) {
            assertEquals(model.digest(), denoiser.network().digest());
            NDArray xt =
                    manager.full(new Shape(2, 10), 4)
                            .toType(ai.djl.ndarray.types.DataType.INT64, false);
            NDArray posterior = denoiser.logPosterior(xt, new double[] {1, 1});
            assertEquals(new Shape(2, 10, 4), posterior.getShape());
        }
    }

    @Test
    void loadsOnlyTheKindAskedFor() throws IOException {
        reward();
        assertEquals(
                "model 'test' must be of kind denoiser, got reward",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> ModelZoo.denoiser(folder.toString(), Device.cpu()))
                        .getMessage());
    }

    @Test
    void namesTheModelWhoseWeightsDoNotFit() throws IOException {
        ModelConfig config = config(ModelConfig.Kind.REWARD, "optimus", OPTIMUS, 6);
        Optimus.Config other = new Optimus.Config(8, 8, 2, 5, 2, 6, 0.2);
        write(config, new Optimus(other));
        assertEquals(
                "model 'test' cannot be loaded: weights do not fit optimus: misshapen"
                        + " [output.weight must be float32 (1, 5), got float32 (2, 5), output.bias"
                        + " must be float32 (1), got float32 (2)]",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> ModelZoo.network(folder.toString(), Device.cpu()))
                        .getMessage());
    }

    @Test
    void namesAsManyClassesAsTheNetworkHas() throws IOException {
        DnaConv.Config guided = new DnaConv.Config(8, 1, 4, 2, false, 0);
        ModelConfig plain = config(ModelConfig.Kind.DENOISER, "dna-conv", guided, 10);
        ModelConfig named =
                new ModelConfig(
                        plain.name(),
                        plain.kind(),
                        plain.architecture(),
                        plain.architectureConfig(),
                        plain.alphabet(),
                        plain.length(),
                        plain.schedule(),
                        false,
                        2,
                        null,
                        null,
                        null,
                        null,
                        null,
                        List.of("a", "b", "c"));
        write(named, new DnaConv(guided));
        assertEquals(
                "model 'test' cannot be loaded: classes must name the 2 classes of the network, got"
                        + " [a, b, c]",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> ModelZoo.denoiser(folder.toString(), Device.cpu()))
                        .getMessage());
    }

    @Test
    void saysWhichFileIsMissing() throws IOException {
        ModelDirectory model = reward();
        Files.delete(folder.resolve("model.safetensors"));
        assertEquals(
                "model 'test' cannot be loaded: model folder "
                        + folder
                        + " must hold model.safetensors, which is missing",
                assertThrows(IllegalArgumentException.class, () -> model.network(Device.cpu()))
                        .getMessage());
    }

    @Test
    void scoresDesignsEachOnItsOwn() throws IOException {
        ModelDirectory model = reward();
        try (Reward reward =
                Rewards.load()
                        .create("mrl", Map.of("model", folder.toString()), RewardContext.cpu())) {
            assertEquals("ACGTU", reward.letters());
            assertEquals(Optional.of("mrl-referee"), reward.referee());
            assertEquals(Optional.of(model.digest()), reward.digest());
            assertEquals(0, reward.score(new Designs(List.of())).length);
            double[] two = reward.score(new Designs(List.of("ACGTAC", "UUUUAC")));
            double[] one = reward.score(new Designs(List.of("TTTTAC")));
            assertArrayEquals(new double[] {two[1]}, one);
            assertEquals(
                    "designs for reward 'mrl' must have 6 letters each, got 5 in design 1",
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> reward.score(new Designs(List.of("ACGTAC", "ACGTA"))))
                            .getMessage());
        }
    }
}
