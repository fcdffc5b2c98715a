package dev.tiller.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.LambdaBlock;
import dev.tiller.rewards.Designs;
import dev.tiller.rewards.DifferentiableReward;
import dev.tiller.rewards.RelaxedDesigns;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.Rewards;
import dev.tiller.rewards.ScoredGradient;
import dev.tiller.zoo.architecture.Input;
import dev.tiller.zoo.onnx.OnnxExporter;
import dev.tiller.zoo.torchscript.TinyScript;
import dev.tiller.zoo.weights.Digests;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Files of other programs as rewards, without conversion. */
class ModuleRewardsIT {
    /** Counts each letter: [B, L, 4] to [B, 4]. */
    private static final String COUNTS =
            """
              def forward(self: __torch__.Tiny,
                x: Tensor) -> Tensor:
                return torch.sum(x, [1])
            """;

    /** Squares the number of G and multiplies by that of A: [B, L, 4] to [B, 1]. */
    private static final String PRODUCT =
            """
              def forward(self: __torch__.Tiny,
                x: Tensor) -> Tensor:
                g = torch.sum(torch.select(x, 2, 2), [1], True)
                a = torch.sum(torch.select(x, 2, 0), [1], True)
                return torch.mul(torch.mul(g, g), a)
            """;

    /** The same of [B, 4, L]. */
    private static final String PRODUCT_CHANNELS_FIRST = PRODUCT.replace("x, 2,", "x, 1,");

    private static final String NOT_A_NUMBER =
            """
              def forward(self: __torch__.Tiny,
                x: Tensor) -> Tensor:
                g = torch.sum(torch.select(x, 2, 2), [1], True)
                return torch.div(torch.sub(g, 1), torch.sub(g, 1))
            """;

    private static final List<String> SEQUENCES = List.of("GGGGAC", "ACUTUG", "AAAAAA", "G");

    @TempDir private Path folder;

    private Path script(String body) {
        return TinyScript.of(body).write(folder.resolve("script.pt"));
    }

    private Path graph(Shape input, UnaryOperator<NDArray> function) {
        LambdaBlock block =
                new LambdaBlock(list -> new NDList(function.apply(list.head())), "made");
        List<Input> inputs = List.of(new Input("x", DataType.FLOAT32, input));
        byte[] bytes = OnnxExporter.export(block, inputs, List.of("y"), Map.of()).toByteArray();
        try {
            return Files.write(folder.resolve("graph.onnx"), bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Reward reward(String name, Path file, Map<String, ?> options) {
        Map<String, Object> all = new HashMap<>(options);
        all.put("file", file.toString());
        return Rewards.load().create(name, all, RewardContext.cpu());
    }

    private static double[] scores(Reward reward, List<String> sequences) {
        try (reward) {
            return reward.score(new Designs(sequences));
        }
    }

    private static void refused(String text, Executable call) {
        String message = assertThrows(IllegalArgumentException.class, call).getMessage();
        assertEquals(1, message.lines().count(), message);
        assertTrue(message.contains(text), message);
    }

    @Test
    void anOnnxGraphScoresInTheUnitOfTheScore() throws IOException {
        Path file = graph(new Shape(-1, -1, 4), x -> x.sum(new int[] {1}));
        Reward reward = reward("onnx", file, Map.of("output", 2));
        assertEquals("onnx", reward.name());
        assertEquals("ACGTU", reward.letters());
        assertEquals(Optional.of(Digests.sha256(file)), reward.digest());
        assertEquals(Optional.empty(), reward.differentiable());
        assertArrayEquals(new double[] {4, 1, 0, 1}, scores(reward, SEQUENCES));
        Map<String, Object> unit = Map.of("output", 3, "mean", 10, "std", -0.5);
        assertArrayEquals(
                new double[] {10, 8.5, 10, 10}, scores(reward("onnx", file, unit), SEQUENCES));
        Map<String, Object> otherOrder = Map.of("letters", "UGCA", "output", 1);
        assertArrayEquals(
                new double[] {4, 1, 0, 1}, scores(reward("onnx", file, otherOrder), SEQUENCES));
    }

    @Test
    void outputsMayHaveOneToThreeAxes() {
        List<UnaryOperator<NDArray>> functions =
                List.of(
                        x -> x.sum(new int[] {1}).get(":, 0"),
                        x -> x.sum(new int[] {1}).get(":, 0:1"),
                        x -> x.sum(new int[] {1}),
                        x -> x.sum(new int[] {1}).expandDims(2));
        for (UnaryOperator<NDArray> function : functions) {
            Path file = graph(new Shape(-1, -1, 4), function);
            assertArrayEquals(
                    new double[] {1, 1, 6, 0}, scores(reward("onnx", file, Map.of()), SEQUENCES));
        }
    }

    @Test
    void channelsMayComeFirstAndAGraphMayFixTheLength() {
        Path file = graph(new Shape(-1, 4, 6), x -> x.sum(new int[] {2}));
        Map<String, Object> options = Map.of("layout", "channels-first", "output", 1);
        assertArrayEquals(
                new double[] {1, 1, 0},
                scores(reward("onnx", file, options), SEQUENCES.subList(0, 3)));
        refused(
                "designs for reward 'onnx' must have 6 letters, got 1 in design 4",
                () -> scores(reward("onnx", file, options), SEQUENCES));
        refused(
                "must have one input, float32 [B, L, 4] with B free, got [float32 (-1, 4, 6)]; see"
                        + " the options letters, length and layout",
                () -> reward("onnx", file, Map.of()));
        refused(
                "must have one input, float32 [B, 4, 7] with B free, got [float32 (-1, 4, 6)]",
                () -> reward("onnx", file, Map.of("layout", "channels-first", "length", 7)));
    }

    @Test
    void aTorchScriptModuleScoresAndNamesWhatDoesNotFit() {
        Path file = script(COUNTS);
        assertArrayEquals(
                new double[] {1, 1, 6, 0},
                scores(reward("torchscript", file, Map.of()), SEQUENCES));
        refused(
                "option 'output' of reward 'torchscript' must be below 4, the number of outputs of "
                        + file
                        + ", got 4",
                () -> reward("torchscript", file, Map.of("output", 4, "length", 6)));
        Path letters = script(COUNTS.replace("torch.sum(x, [1])", "x"));
        refused(
                "must be [B], [B, n] or [B, n, 1] for B = 16 designs, got (16, 6, 4)",
                () -> reward("torchscript", letters, Map.of("length", 6)));
        Path total = script(COUNTS.replace("torch.sum(x, [1])", "torch.sum(x)"));
        refused(
                "must be [B], [B, n] or [B, n, 1] for B = 16 designs, got ()",
                () -> reward("torchscript", total, Map.of("length", 6)));
    }

    @Test
    void optionsAreChecked() {
        refused(
                "option 'file' of reward 'onnx' must be a file, got none",
                () -> Rewards.load().create("onnx", Map.of(), RewardContext.cpu()));
        refused(
                "option 'file' of reward 'torchscript' must be a file, got nowhere.pt",
                () -> reward("torchscript", Path.of("nowhere.pt"), Map.of()));
        Path file = script(COUNTS);
        refused(
                "reward 'torchscript': letters must be two or more, all different, in upper case,"
                        + " got ACGA",
                () -> reward("torchscript", file, Map.of("letters", "ACGA")));
        refused(
                "reward 'torchscript': std must be finite and not 0, got 0.0",
                () -> reward("torchscript", file, Map.of("std", 0)));
        refused("cannot be run by ONNX Runtime", () -> reward("onnx", file, Map.of()));
        refused(
                "designs for reward 'torchscript' must have a letter, got 0 in design 1",
                () -> scores(reward("torchscript", file, Map.of()), List.of("")));
        refused(
                "got '#' in design 1",
                () -> scores(reward("torchscript", file, Map.of()), List.of("#")));
    }

    @Test
    void whatIsNotANumberIsNamedWithItsDesign() {
        Path file = script(NOT_A_NUMBER);
        String text =
                "score of design 2 by reward 'torchscript' must be finite, got NaN from " + file;
        try (Reward reward = reward("torchscript", file, Map.of())) {
            Designs designs = new Designs(List.of("AA", "AG"));
            assertEquals(
                    text,
                    assertThrows(IllegalStateException.class, () -> reward.score(designs))
                            .getMessage());
            DifferentiableReward smooth = reward.differentiable().orElseThrow();
            RelaxedDesigns relaxed = hot(designs.sequences(), "ACGT");
            assertEquals(
                    text,
                    assertThrows(IllegalStateException.class, () -> smooth.differentiate(relaxed))
                            .getMessage());
        }
    }

    private static RelaxedDesigns hot(List<String> sequences, String alphabet) {
        List<float[]> rows = new ArrayList<>();
        for (String sequence : sequences) {
            float[] row = new float[sequence.length() * alphabet.length()];
            for (int i = 0; i < sequence.length(); i++) {
                row[i * alphabet.length() + alphabet.indexOf(sequence.charAt(i))] = 1;
            }
            rows.add(row);
        }
        return new RelaxedDesigns(alphabet, sequences.get(0).length(), rows);
    }

    private static RelaxedDesigns random(String alphabet, int count) {
        SplittableRandom random = new SplittableRandom(3);
        List<float[]> rows = new ArrayList<>();
        for (int n = 0; n < count; n++) {
            float[] row = new float[5 * alphabet.length()];
            for (int i = 0; i < row.length; i++) {
                row[i] = (float) random.nextDouble();
            }
            rows.add(row);
        }
        return new RelaxedDesigns(alphabet, 5, rows);
    }

    /** mean + std g^2 a, and its gradient; the alphabet is UGCA, so T of the module is column 0. */
    @Test
    void gradientsAreTheAnalyticOnes() {
        Map<String, Object> unit = Map.of("mean", 3, "std", 2);
        Map<String, Object> turned = Map.of("mean", 3, "std", 2, "layout", "channels-first");
        RelaxedDesigns designs = random("UGCA", 3);
        try (Reward last = reward("torchscript", script(PRODUCT), unit)) {
            List<ScoredGradient> scored =
                    last.differentiable().orElseThrow().differentiate(designs);
            for (int n = 0; n < 3; n++) {
                float[] row = designs.rows().get(n);
                double g = 0;
                double a = 0;
                for (int i = 0; i < 5; i++) {
                    g += row[i * 4 + 1];
                    a += row[i * 4 + 3];
                }
                assertEquals(3 + 2 * g * g * a, scored.get(n).score(), 1e-4);
                for (int i = 0; i < 5; i++) {
                    float[] gradient = scored.get(n).gradient();
                    assertEquals(0, gradient[i * 4]);
                    assertEquals(4 * g * a, gradient[i * 4 + 1], 1e-4);
                    assertEquals(0, gradient[i * 4 + 2]);
                    assertEquals(2 * g * g, gradient[i * 4 + 3], 1e-4);
                }
            }
            try (Reward first = reward("torchscript", script(PRODUCT_CHANNELS_FIRST), turned)) {
                List<ScoredGradient> same =
                        first.differentiable().orElseThrow().differentiate(designs);
                for (int n = 0; n < 3; n++) {
                    assertArrayEquals(scored.get(n).gradient(), same.get(n).gradient(), 1e-5f);
                }
            }
        }
    }

    @Test
    void bytesDoNotDependOnTheBatch() {
        RelaxedDesigns designs = random("ACGT", 37);
        try (Reward reward = reward("torchscript", script(PRODUCT), Map.of())) {
            DifferentiableReward smooth = reward.differentiable().orElseThrow();
            List<ScoredGradient> all = smooth.differentiate(designs);
            assertEquals(37, all.size());
            for (int n : new int[] {0, 16, 36}) {
                RelaxedDesigns alone =
                        new RelaxedDesigns("ACGT", 5, List.of(designs.rows().get(n)));
                ScoredGradient one = smooth.differentiate(alone).get(0);
                assertEquals(one.score(), all.get(n).score());
                assertArrayEquals(one.gradient(), all.get(n).gradient());
            }
            assertEquals(List.of(), smooth.differentiate(new RelaxedDesigns("ACGT", 5, List.of())));
            List<String> sequences = List.of("GGAAC", "ACGTG", "AAAAG");
            List<ScoredGradient> hot = smooth.differentiate(hot(sequences, "ACGT"));
            double[] scores = smooth.score(new Designs(sequences));
            assertArrayEquals(new double[] {8, 4, 4}, scores);
            for (int n = 0; n < scores.length; n++) {
                assertEquals(scores[n], hot.get(n).score(), 1e-6);
            }
            refused(
                    "letters of relaxed designs must be of ACGTU for reward 'torchscript', got 'N'",
                    () -> smooth.differentiate(random("ACGN", 1)));
        }
    }

    @Test
    void aRewardModelIsReadByNameOrFolder() throws IOException {
        List<String> designs = List.of("ACGTU".repeat(10), "GGCAU".repeat(10));
        double[] expected;
        try (Reward mrl = Rewards.load().create("mrl", Map.of(), RewardContext.cpu())) {
            expected = mrl.score(new Designs(designs));
        }
        Map<String, Object> name = Map.of("path", "rna-utr5-mrl");
        try (Reward reward = Rewards.load().create("model", name, RewardContext.cpu())) {
            assertEquals("model", reward.name());
            assertFalse(reward.referee().isPresent());
            assertArrayEquals(expected, reward.score(new Designs(designs)));
        }
        ModelDirectory exported =
                ModelExport.onnx(ModelZoo.builtIn("rna-utr5-mrl"), folder.resolve("exported"));
        Map<String, Object> path = Map.of("path", folder.resolve("exported").toString());
        try (Reward reward = Rewards.load().create("model", path, RewardContext.cpu())) {
            assertArrayEquals(expected, reward.score(new Designs(designs)));
        }
        Map<String, Object> unit =
                Map.of(
                        "length",
                        50,
                        "mean",
                        exported.config().target().mean(),
                        "std",
                        exported.config().target().std(),
                        "letters",
                        exported.config().alphabet());
        assertArrayEquals(
                expected,
                scores(reward("onnx", folder.resolve("exported/model.onnx"), unit), designs));
        refused(
                "option 'path' of reward 'model' must be the name of a model or a folder, got none",
                () -> Rewards.load().create("model", Map.of(), RewardContext.cpu()));
    }
}
