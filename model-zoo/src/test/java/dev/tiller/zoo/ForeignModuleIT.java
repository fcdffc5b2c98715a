package dev.tiller.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.rewards.Designs;
import dev.tiller.rewards.RelaxedDesigns;
import dev.tiller.rewards.ScoredGradient;
import dev.tiller.zoo.torchscript.TinyScript;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Modules of other programs as models: TorchScript and ONNX files, converted and run. */
class ForeignModuleIT {
    /** Counts the letter G in [B, L, 4]. */
    private static final String COUNT =
            """
              def forward(self: __torch__.Tiny,
                x: Tensor) -> Tensor:
                return torch.sum(torch.select(x, 2, 2), [1], True)
            """;

    /** Counts the letter G in [B, 4, L]; as gReLU, gives [B, 1, 1]. */
    private static final String COUNT_CHANNELS_FIRST =
            """
              def forward(self: __torch__.Tiny,
                x: Tensor) -> Tensor:
                return torch.unsqueeze(torch.sum(torch.select(x, 1, 2), [1], True), 2)
            """;

    /** Tokens to logits [B, L, 5]: 1 for the letter that is there, and sigma for the mask. */
    private static final String ECHO =
            """
              def forward(self: __torch__.Tiny,
                x: Tensor,
                sigma: Tensor) -> Tensor:
                hot = torch.to(torch.one_hot(x, 5), 6)
                return torch.add(hot, torch.reshape(sigma, [-1, 1, 1]))
            """;

    private static final String NOT_A_NUMBER =
            """
              def forward(self: __torch__.Tiny,
                x: Tensor) -> Tensor:
                return torch.log(torch.neg(torch.sum(x, [1])))
            """;

    private static final String METHODS =
            "; methods that need no gradient are svdd-pm, svdd-mc, svdd-r, smc, fk,"
                    + " nested-is, refine and best-of-n";

    private static final List<String> SEQUENCES = List.of("GGGGAC", "ACUTUG", "AAAAAA");

    @TempDir private Path folder;

    private Path script(String body) {
        return TinyScript.of(body).write(folder.resolve("script.pt"));
    }

    private Path out() {
        return folder.resolve("out");
    }

    private static Conversions reward() {
        return Conversions.with().kind(ModelConfig.Kind.REWARD);
    }

    private static double[] scores(ModelDirectory model, List<String> sequences) {
        try (LearnedReward reward =
                new LearnedReward("mine", Optional.empty(), model, Backend.AUTO, Device.cpu())) {
            return reward.score(new Designs(sequences));
        }
    }

    @Test
    void aTorchScriptModuleIsAReward() throws IOException {
        ModelDirectory model = reward().write(script(COUNT), out());
        assertEquals("torchscript", model.config().architecture());
        assertArrayEquals(new double[] {4, 1, 0}, scores(model, SEQUENCES));
        assertArrayEquals(
                Files.readAllBytes(folder.resolve("script.pt")),
                Files.readAllBytes(out().resolve("model.pt")));
        ModelCheck check = ModelCheck.run(model, Backend.AUTO, Device.cpu());
        assertEquals("pytorch (the only one for architecture torchscript)", check.engine());
        assertEquals(List.of("float32 (16, 64, 4)"), check.inputs());
        assertEquals(List.of("float32 (16, 1)"), check.outputs());
        assertEquals(0, check.parameters());
        assertEquals(model.digest(), check.digest());
    }

    @Test
    void lettersGoInChannelsFirstWhereAskedFor() {
        ModelDirectory model =
                reward().channelsFirst().length(6).write(script(COUNT_CHANNELS_FIRST), out());
        assertArrayEquals(new double[] {4, 1, 0}, scores(model, SEQUENCES));
    }

    @Test
    void aTorchScriptModuleIsAValueNetwork() {
        Conversions request = Conversions.with().kind(ModelConfig.Kind.VALUE).length(3);
        ModelDirectory model = request.write(script(COUNT), out());
        try (NetworkValue value = ModelZoo.value(model.toString(), Backend.AUTO, Device.cpu());
                NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            long[] tokens = {2, 4, 2, 4, 4, 4};
            NDArray values = value.values(manager.create(tokens, new Shape(2, 3)));
            assertArrayEquals(new float[] {2, 0}, values.toFloatArray());
        }
    }

    @Test
    void aTorchScriptDenoiserIsGivenNoNoiseWhereItWantsIt() {
        Conversions request = Conversions.with().kind(ModelConfig.Kind.DENOISER).length(3);
        ModelDirectory model = request.sigma().write(script(ECHO), out());
        try (NetworkDenoiser denoiser =
                        ModelZoo.denoiser(model.toString(), Backend.AUTO, Device.cpu());
                NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            long[] tokens = {0, 1, 4};
            NDArray xt = manager.create(tokens, new Shape(1, 3));
            float[] posterior = denoiser.logPosterior(xt, new double[] {0.5}).toFloatArray();
            double there = 1 - Math.log(Math.E + 3);
            assertEquals(there, posterior[0], 1e-6);
            assertEquals(there, posterior[5], 1e-6);
            assertEquals(-Math.log(4), posterior[8], 1e-6);
        }
    }

    @Test
    void modulesThatDoNotFitTheirKindLeaveNoFolder() throws IOException {
        refused(reward(), NOT_A_NUMBER, "outputs of model 'out' must be finite, got NaN");
        refused(
                Conversions.with().kind(ModelConfig.Kind.DENOISER).sigma().length(6).alphabet("AB"),
                ECHO,
                "outputs of a denoiser must be float32 (16, 6, 3), got float32 (16, 6, 5)");
        refused(
                Conversions.with().kind(ModelConfig.Kind.DENOISER).length(6),
                ECHO,
                "fails on int64 (16, 6): forward() is missing value for argument 'sigma'");
        refused(reward().channelsFirst(), COUNT.replace("2, 2", "2, 99"), "index");
    }

    private void refused(Conversions request, String body, String text) throws IOException {
        Path file = script(body);
        IllegalArgumentException error =
                assertThrows(IllegalArgumentException.class, () -> request.write(file, out()));
        assertTrue(error.getMessage().contains(text), error.getMessage());
        assertEquals(1, error.getMessage().lines().count(), error.getMessage());
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(List.of(file), left.toList());
        }
    }

    @Test
    void anExportedDenoiserComputesTheSameAgain() throws IOException {
        ModelDirectory original = ModelZoo.builtIn("rna-utr5");
        ModelDirectory exported = ModelExport.onnx(original, folder.resolve("exported"));
        ModelDirectory converted =
                Conversions.with()
                        .kind(ModelConfig.Kind.DENOISER)
                        .alphabet(original.config().alphabet())
                        .length(original.config().length())
                        .write(folder.resolve("exported/model.onnx"), out());
        float[] expected = outputs(original, Backend.ONNX);
        assertArrayEquals(expected, outputs(exported, Backend.AUTO));
        assertArrayEquals(expected, outputs(converted, Backend.ONNX));
        assertArrayEquals(expected, outputs(original, Backend.PYTORCH), 1e-4f);
    }

    @Test
    void anExportedRewardScoresTheSameAgain() throws IOException {
        ModelDirectory original = ModelZoo.builtIn("rna-utr5-mrl");
        ModelDirectory exported = ModelExport.onnx(original, folder.resolve("exported"));
        ModelDirectory converted =
                reward().length(50).write(folder.resolve("exported/model.onnx"), out());
        List<String> designs = List.of("ACGTU".repeat(10), "GGCAU".repeat(10));
        double[] expected = scores(original, designs);
        assertArrayEquals(expected, scores(exported, designs));
        double mean = original.config().target().mean();
        double std = original.config().target().std();
        double[] standardised = scores(converted, designs);
        assertArrayEquals(
                expected, Arrays.stream(standardised).map(x -> mean + std * x).toArray(), 1e-9);
    }

    private static float[] outputs(ModelDirectory model, Backend backend) {
        try (Network network = model.network(backend, Device.cpu());
                NDManager manager = network.newManager()) {
            return network.run(ExampleInputs.of(model.config(), 5, manager)).head().toFloatArray();
        }
    }

    @Test
    void aTorchScriptRewardHasAGradient() {
        ModelDirectory model =
                reward().channelsFirst().length(6).write(script(COUNT_CHANNELS_FIRST), out());
        try (LearnedReward reward =
                new LearnedReward("mine", Optional.empty(), model, Backend.AUTO, Device.cpu())) {
            float[] design = new float[24];
            design[2] = 0.5f;
            ScoredGradient scored =
                    reward.differentiable()
                            .orElseThrow()
                            .differentiate(new RelaxedDesigns("ACGT", 6, List.of(design)))
                            .get(0);
            assertEquals(0.5, scored.score());
            for (int i = 0; i < design.length; i++) {
                assertEquals(i % 4 == 2 ? 1 : 0, scored.gradient()[i]);
            }
        }
    }

    @Test
    void denoisersThatReadWholeTokensHaveNoGradient() {
        Conversions request = Conversions.with().kind(ModelConfig.Kind.DENOISER).length(3);
        ModelDirectory model = request.sigma().write(script(ECHO), out());
        noGradient(
                model,
                "model 'out' has no gradient, for denoisers of architecture torchscript read whole"
                        + " tokens alone"
                        + METHODS);
    }

    @Test
    void onnxGraphsHaveNoGradient() throws IOException {
        noGradient(
                ModelExport.onnx(ModelZoo.builtIn("rna-utr5"), folder.resolve("denoiser")),
                "model 'denoiser' has no gradient, for architecture onnx is a graph of ONNX"
                        + " Runtime, which has none"
                        + METHODS);
        ModelDirectory graph =
                ModelExport.onnx(ModelZoo.builtIn("rna-utr5-mrl"), folder.resolve("reward"));
        try (LearnedReward reward =
                new LearnedReward("mine", Optional.empty(), graph, Backend.AUTO, Device.cpu())) {
            assertTrue(reward.differentiable().isEmpty());
        }
    }

    private static void noGradient(ModelDirectory model, String text) {
        int length = model.config().length();
        try (NetworkDenoiser denoiser =
                        ModelZoo.denoiser(model.toString(), Backend.AUTO, Device.cpu());
                NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            assertTrue(denoiser.differentiable().isEmpty());
            NDArray relaxed = manager.zeros(new Shape(1, length, 5));
            NDArray cotangent = manager.zeros(new Shape(1, length, 4));
            assertEquals(
                    text,
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () ->
                                            denoiser.vectorJacobian(
                                                    relaxed, new double[1], cotangent))
                            .getMessage());
        }
    }

    @Test
    void eachRunsOnItsOwnEngineAlone() throws IOException {
        ModelDirectory script = reward().write(script(COUNT), out());
        assertEquals(
                "model 'out' cannot be loaded: backend of a model of architecture torchscript must"
                        + " be pytorch or auto, got onnx",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> script.network(Backend.ONNX, Device.cpu()))
                        .getMessage());
        ModelDirectory graph =
                ModelExport.onnx(ModelZoo.builtIn("rna-utr5-mrl"), folder.resolve("graph"));
        assertEquals(
                "model 'graph' cannot be loaded: backend of a model of architecture onnx"
                        + " must be onnx or auto, got pytorch",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> graph.network(Backend.PYTORCH, Device.cpu()))
                        .getMessage());
    }
}
