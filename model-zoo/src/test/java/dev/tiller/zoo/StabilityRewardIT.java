package dev.tiller.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.rewards.Condition;
import dev.tiller.rewards.Designs;
import dev.tiller.rewards.RelaxedDesigns;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.Rewards;
import dev.tiller.rewards.ScoredGradient;
import dev.tiller.rewards.protein.Backbone;
import dev.tiller.rewards.protein.Backbones;
import dev.tiller.rewards.protein.StructureFile;
import dev.tiller.zoo.architecture.ProteinMpnn;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StabilityRewardIT {
    private static final List<Backbone> BACKBONES =
            List.of(Helices.of(20), Helices.pair(15, 16), Helices.of(5));
    private static final int[] OF = {0, 1, 2, 1, 0, 0};
    private static final ProteinMpnn.Config CONFIG =
            ProteinModels.config(12, 9, ProteinMpnn.Head.SCORE);

    @TempDir Path temp;

    private ModelDirectory model() {
        return ProteinModels.write(temp.resolve("random"), CONFIG, 5);
    }

    private StabilityReward reward(Backend backend, Optional<Backbone> usual) {
        return new StabilityReward(
                "stability", Optional.empty(), model(), backend, Device.cpu(), usual);
    }

    private static Designs designs() {
        Random random = new Random(4);
        List<String> sequences = new ArrayList<>();
        List<Condition> conditions = new ArrayList<>();
        for (int condition : OF) {
            Backbone backbone = BACKBONES.get(condition);
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < backbone.length(); i++) {
                text.append(Backbone.AMINO_ACIDS.charAt(random.nextInt(20)));
            }
            sequences.add(text.toString());
            conditions.add(backbone);
        }
        return new Designs(sequences, conditions);
    }

    /** The whole network at once, in the unit of the target. */
    @ParameterizedTest
    @EnumSource(value = Backend.class, names = "AUTO", mode = EnumSource.Mode.EXCLUDE)
    void equalsTheWholeNetwork(Backend backend) {
        Designs designs = designs();
        try (StabilityReward reward = reward(backend, Optional.empty());
                Network whole = model().network(Device.cpu());
                NDManager manager = whole.newManager()) {
            double[] scores = reward.score(designs);
            for (int i = 0; i < scores.length; i++) {
                Backbone backbone = BACKBONES.get(OF[i]);
                long[] tokens =
                        designs.sequences()
                                .get(i)
                                .chars()
                                .mapToLong(BackboneDenoiser.ALPHABET::indexOf)
                                .toArray();
                NDList inputs = new NDList(manager.create(tokens, new Shape(1, tokens.length)));
                BackboneGraph graph = BackboneGraph.of(backbone, CONFIG.neighbours());
                inputs.addAll(BackboneGraph.batch(List.of(graph), tokens.length, manager));
                NDArray output = whole.run(inputs).head();
                assertEquals(0.5 + 2 * output.toFloatArray()[0], scores[i], 2e-5);
                assertEquals(scores[i], reward.score(designs.select(i))[0], "row " + i);
            }
        }
    }

    /** With the head for changes the wild type itself has the mean of the target. */
    @ParameterizedTest
    @EnumSource(value = Backend.class, names = "AUTO", mode = EnumSource.Mode.EXCLUDE)
    void changesAreFromTheWildType(Backend backend) {
        ProteinMpnn.Config config = ProteinModels.config(12, 9, ProteinMpnn.Head.CHANGE);
        ModelDirectory model = ProteinModels.write(temp.resolve("change"), config, 5);
        Backbone backbone = BACKBONES.get(1);
        String wild = backbone.sequence();
        String other = "W" + wild.substring(1);
        Designs designs = new Designs(List.of(wild, other), List.of(backbone, backbone));
        try (StabilityReward reward =
                new StabilityReward(
                        "stability",
                        Optional.empty(),
                        model,
                        backend,
                        Device.cpu(),
                        Optional.empty())) {
            double[] scores = reward.score(designs);
            assertEquals(0.5, scores[0], 2e-5);
            assertTrue(Math.abs(scores[1] - scores[0]) > 1e-3, scores[1] + " of " + other);
        }
    }

    /** Columns in another order, positions beyond the residues, and slopes by differences. */
    @Test
    void gradientsAreTheSlopes() {
        String alphabet = new StringBuilder(Backbone.AMINO_ACIDS).reverse().toString();
        int length = 33;
        Random random = new Random(8);
        List<float[]> rows = new ArrayList<>();
        List<float[]> directions = new ArrayList<>();
        for (int i = 0; i < OF.length; i++) {
            float[] row = new float[length * alphabet.length()];
            float[] direction = new float[row.length];
            for (int j = 0; j < row.length; j++) {
                row[j] = (float) random.nextDouble() / 10;
                direction[j] = (float) random.nextGaussian();
            }
            rows.add(row);
            directions.add(direction);
        }
        List<Condition> conditions = new ArrayList<>(designs().conditions());
        try (StabilityReward reward = reward(Backend.ONNX, Optional.empty())) {
            List<ScoredGradient> scored =
                    reward.differentiate(new RelaxedDesigns(alphabet, length, rows, conditions));
            double[] up = moved(reward, alphabet, length, rows, directions, 1e-2f, conditions);
            double[] down = moved(reward, alphabet, length, rows, directions, -1e-2f, conditions);
            for (int i = 0; i < OF.length; i++) {
                float[] gradient = scored.get(i).gradient();
                double product = 0;
                for (int j = 0; j < gradient.length; j++) {
                    product += gradient[j] * directions.get(i)[j];
                    if (j >= BACKBONES.get(OF[i]).length() * alphabet.length()) {
                        assertEquals(0, gradient[j]);
                    }
                }
                double slope = (up[i] - down[i]) / 2e-2;
                assertEquals(slope, product, 5e-3 * (1 + Math.abs(slope)), "design " + i);
            }
        }
    }

    private static double[] moved(
            StabilityReward reward,
            String alphabet,
            int length,
            List<float[]> rows,
            List<float[]> directions,
            float step,
            List<Condition> conditions) {
        List<float[]> moved = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            float[] row = rows.get(i).clone();
            for (int j = 0; j < row.length; j++) {
                row[j] += step * directions.get(i)[j];
            }
            moved.add(row);
        }
        return reward
                .differentiate(new RelaxedDesigns(alphabet, length, moved, conditions))
                .stream()
                .mapToDouble(ScoredGradient::score)
                .toArray();
    }

    /** On one-hot rows both ways to score agree. */
    @Test
    void relaxedLettersScoreAsLetters() {
        Designs designs = designs();
        String alphabet = Backbone.AMINO_ACIDS;
        int length = 31;
        List<float[]> rows = new ArrayList<>();
        for (String sequence : designs.sequences()) {
            float[] row = new float[length * 20];
            for (int i = 0; i < sequence.length(); i++) {
                row[i * 20 + alphabet.indexOf(sequence.charAt(i))] = 1;
            }
            rows.add(row);
        }
        try (StabilityReward reward = reward(Backend.PYTORCH, Optional.empty())) {
            double[] relaxed =
                    reward
                            .differentiate(
                                    new RelaxedDesigns(
                                            alphabet, length, rows, designs.conditions()))
                            .stream()
                            .mapToDouble(ScoredGradient::score)
                            .toArray();
            assertArrayEquals(reward.score(designs), relaxed, 1e-5);
        }
    }

    /** By its registered name, with a structure from a file. */
    @Test
    void structureIsAnOption() throws IOException {
        Backbone example = Backbones.example();
        Path file = temp.resolve("example.pdb");
        StructureFile.write(file, example, example.sequence(), new double[example.length()]);
        Map<String, Object> options =
                Map.of("model", model().toString(), "structure", file.toString());
        Designs designs = new Designs(List.of(example.sequence()));
        try (Reward registered = Rewards.load().create("stability", options, RewardContext.cpu());
                StabilityReward direct = reward(Backend.AUTO, Optional.of(example))) {
            assertEquals(Optional.of("stability-referee"), registered.referee());
            assertTrue(registered.differentiable().isPresent());
            assertArrayEquals(direct.score(designs), registered.score(designs), 1e-3);
        }
    }

    @Test
    void complaintsSayWhatIsMissing() {
        Designs none = new Designs(List.of("ACDEF"));
        try (StabilityReward reward = reward(Backend.PYTORCH, Optional.empty());
                StabilityReward helix = reward(Backend.PYTORCH, Optional.of(Helices.of(6)))) {
            assertEquals(
                    "reward 'stability' needs the backbone of each design, got none for design 1;"
                            + " give it the option 'structure', a PDB or mmCIF file",
                    assertThrows(IllegalArgumentException.class, () -> reward.score(none))
                            .getMessage());
            assertTrue(
                    assertThrows(IllegalArgumentException.class, () -> helix.score(none))
                            .getMessage()
                            .startsWith("design 1 for reward 'stability' must have a letter for"));
        }
    }
}
