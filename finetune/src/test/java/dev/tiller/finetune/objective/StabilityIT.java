package dev.tiller.finetune.objective;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.finetune.Toys;
import dev.tiller.finetune.TrainedWeights;
import dev.tiller.finetune.Trainer;
import dev.tiller.finetune.data.Mutants;
import dev.tiller.rewards.protein.Backbone;
import dev.tiller.sampler.Philox;
import dev.tiller.zoo.BackboneGraph;
import dev.tiller.zoo.architecture.NamedBlock;
import dev.tiller.zoo.architecture.ProteinMpnn;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StabilityIT {
    private static final Stability.Options OPTIONS = new Stability.Options(4, 0.1, 12, false);
    private static final Stability.Options CHANGE = new Stability.Options(4, 0.1, 12, true);

    @TempDir private Path folder;

    /** All changes to A, D, W: by -1, -2, 1 each. */
    private static Mutants mutants(long seed) {
        Backbone backbone = Peptides.peptide(seed, 10);
        long[] letters = {0, 2, 18};
        double[] labels = {-1, -2, 1};
        int rows = letters.length * backbone.length();
        int[] positions = new int[rows];
        long[] tokens = new long[rows];
        double[] values = new double[rows];
        for (int i = 0; i < rows; i++) {
            positions[i] = i / letters.length;
            tokens[i] = letters[i % letters.length];
            values[i] = labels[i % letters.length];
        }
        return new Mutants(backbone, positions, tokens, values);
    }

    private static List<Mutants> proteins(int first, int count) {
        List<Mutants> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(mutants(first + i));
        }
        return all;
    }

    /** One encoded structure for all mutants gives what a call for each mutant does. */
    @Test
    void predictsAsTheWholeNetwork() {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            NamedBlock network = Peptides.network(ProteinMpnn.Head.SCORE, 0.1);
            network.initialize(new Philox(1), manager);
            Objective.Forward forward = Trainer.evaluation(network, manager);
            Mutants mutants = mutants(50);
            Stability objective =
                    new Stability(proteins(0, 3), List.of(mutants), OPTIONS, new Philox(2));
            assertEquals(-2.0 / 3, objective.mean(), 1e-12);
            int before = manager.getManagedArrays().size();
            double[] predictions = objective.predict(forward, mutants, manager);
            assertEquals(before, manager.getManagedArrays().size(), "nothing is left");
            for (int row = 0; row < mutants.size(); row++) {
                try (NDManager part = manager.newSubManager()) {
                    long[] tokens = ProteinTokens.of(mutants.backbone());
                    tokens[mutants.positions()[row]] = mutants.letters()[row];
                    NDArray letters = part.create(tokens, new Shape(1, tokens.length));
                    NDList inputs = new NDList(letters);
                    BackboneGraph graph = BackboneGraph.of(mutants.backbone(), 4);
                    inputs.addAll(BackboneGraph.batch(List.of(graph), tokens.length, part));
                    float output = forward.run(inputs, -1).toFloatArray()[0];
                    double expected = objective.mean() + objective.deviation() * output;
                    assertEquals(expected, predictions[row], 1e-5);
                }
            }
            Map<String, Double> numbers = objective.evaluate(forward, List.of(mutants), manager);
            double spearman = Statistics.spearman(predictions, mutants.labels());
            assertEquals(spearman, numbers.get("spearman_mean"), 1e-12);
            assertEquals(spearman, numbers.get("spearman_quartile_3"), 1e-12);
        }
    }

    @Test
    void learnsWhatLettersAreWorth() throws Exception {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            Stability objective =
                    new Stability(proteins(0, 6), proteins(50, 2), OPTIONS, new Philox(2));
            assertEquals(6, objective.examples());
            Trainer trainer =
                    new Trainer(
                            Toys.options(120, 40, 9, 1),
                            () -> Peptides.network(ProteinMpnn.Head.SCORE, 0.05),
                            manager,
                            folder,
                            Toys.silent());
            TrainedWeights weights = trainer.train(objective);
            NamedBlock network = Peptides.network(ProteinMpnn.Head.SCORE, 0);
            network.load(weights.average(), manager);
            Map<String, Double> numbers =
                    objective.validate(Trainer.evaluation(network, manager), manager).metrics();
            assertTrue(numbers.get("spearman_quartile_1") > 0.7, numbers.toString());
            assertTrue(numbers.get("rmse") < 0.9, numbers.toString());
        }
    }

    /** The wild type is no change, a mutant the difference of the sums over residues. */
    @Test
    void changesAreFromTheWildType() throws Exception {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            Stability objective =
                    new Stability(proteins(0, 6), proteins(50, 2), CHANGE, new Philox(2));
            assertEquals(0, objective.mean());
            Backbone backbone = Peptides.peptide(50, 10);
            long[] wild = ProteinTokens.of(backbone);
            Mutants same =
                    new Mutants(
                            backbone,
                            new int[] {0, 4},
                            new long[] {wild[0], wild[4]},
                            new double[2]);
            NamedBlock network = Peptides.network(ProteinMpnn.Head.CHANGE, 0.1);
            network.initialize(new Philox(1), manager);
            Objective.Forward forward = Trainer.evaluation(network, manager);
            assertArrayEquals(new double[2], objective.predict(forward, same, manager), 1e-5);
            Trainer trainer =
                    new Trainer(
                            Toys.options(120, 40, 9, 1),
                            () -> Peptides.network(ProteinMpnn.Head.CHANGE, 0.05),
                            manager,
                            folder,
                            Toys.silent());
            NamedBlock trained = Peptides.network(ProteinMpnn.Head.CHANGE, 0);
            trained.load(trainer.train(objective).average(), manager);
            Map<String, Double> numbers =
                    objective.validate(Trainer.evaluation(trained, manager), manager).metrics();
            assertTrue(numbers.get("spearman_quartile_1") > 0.7, numbers.toString());
        }
    }

    /** A step is a function of its number: the same batch has the same gradient again. */
    @Test
    void aStepIsAFunctionOfItsNumber() {
        List<float[]> gradients = new ArrayList<>();
        for (int run = 0; run < 2; run++) {
            try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
                NamedBlock network = Peptides.network(ProteinMpnn.Head.SCORE, 0);
                network.initialize(new Philox(1), manager);
                network.freezeParameters(false);
                NDArray weight = network.weights().get("W_s.weight");
                network.trainable()
                        .forEach(n -> network.weights().get(n).setRequiresGradient(true));
                Stability objective =
                        new Stability(proteins(0, 4), proteins(50, 1), OPTIONS, new Philox(2));
                objective.accumulate(
                        Trainer.evaluation(network, manager), new int[] {3, 1}, 5, manager);
                gradients.add(weight.getGradient().toFloatArray());
            }
        }
        assertArrayEquals(gradients.get(0), gradients.get(1));
    }
}
