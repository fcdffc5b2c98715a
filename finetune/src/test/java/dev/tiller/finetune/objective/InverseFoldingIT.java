package dev.tiller.finetune.objective;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import dev.tiller.finetune.Toys;
import dev.tiller.finetune.TrainedWeights;
import dev.tiller.finetune.Trainer;
import dev.tiller.rewards.protein.Backbone;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.schedule.LogLinear;
import dev.tiller.zoo.architecture.NamedBlock;
import dev.tiller.zoo.architecture.ProteinMpnn;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InverseFoldingIT {
    private static final List<Backbone> TRAINING = Peptides.peptides(0, 24);
    private static final List<Backbone> HELD = Peptides.peptides(100, 8);

    @TempDir private Path folder;

    private static InverseFolding objective(
            InverseFolding.Loss loss, double noise, double normaliser, int batchTokens) {
        return new InverseFolding(
                TRAINING,
                HELD,
                new InverseFolding.Options(
                        21, 4, noise, new LogLinear(1e-3), loss, 0, normaliser, batchTokens),
                new Philox(4));
    }

    private static InverseFolding objective(int batchTokens) {
        return objective(InverseFolding.Loss.MASKED, 0.1, 0, batchTokens);
    }

    /** Loss and gradients of a batch. */
    private static Map.Entry<Double, List<float[]>> batch(InverseFolding objective) {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            NamedBlock network = Peptides.network(ProteinMpnn.Head.LETTERS, 0);
            network.initialize(new Philox(1), manager);
            network.freezeParameters(false);
            network.trainable().forEach(n -> network.weights().get(n).setRequiresGradient(true));
            ParameterStore store = new ParameterStore(manager, false);
            double loss =
                    objective
                            .accumulate(
                                    (inputs, step) -> network.forward(store, inputs, true).head(),
                                    new int[] {3, 9, 0, 17, 4},
                                    2,
                                    manager)
                            .loss();
            List<float[]> gradients = new ArrayList<>();
            network.trainable()
                    .forEach(
                            n ->
                                    gradients.add(
                                            network.weights().get(n).getGradient().toFloatArray()));
            return Map.entry(loss, gradients);
        }
    }

    /** One call for each protein, or all in one with padding: the same up to rounding. */
    @Test
    void callsAndPaddingChangeNothing() {
        Map.Entry<Double, List<float[]>> alone = batch(objective(1));
        Map.Entry<Double, List<float[]>> together = batch(objective(1000));
        assertEquals(alone.getKey(), together.getKey(), 1e-5);
        for (int i = 0; i < alone.getValue().size(); i++) {
            assertArrayEquals(alone.getValue().get(i), together.getValue().get(i), 1e-5f);
        }
        assertNotEquals(
                alone.getKey(),
                batch(objective(InverseFolding.Loss.MASKED, 0, 0, 1)).getKey(),
                "other noise, other coordinates");
    }

    @Test
    void validationDoesNotDependOnTheCalls() {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            NamedBlock network = Peptides.network(ProteinMpnn.Head.LETTERS, 0.1);
            network.initialize(new Philox(1), manager);
            Objective.Forward forward = Trainer.evaluation(network, manager);
            int before = manager.getManagedArrays().size();
            Objective.Validation alone = objective(1).validate(forward, manager);
            Objective.Validation together = objective(1000).validate(forward, manager);
            assertEquals(alone.loss(), together.loss(), 1e-6);
            assertEquals(
                    alone.metrics().get("recovery_full"), together.metrics().get("recovery_full"));
            double mean =
                    (Math.log(alone.metrics().get("perplexity_full"))
                                    + Math.log(alone.metrics().get("perplexity_half")))
                            / 2;
            assertEquals(mean, alone.loss(), 1e-12);
            assertEquals(before, manager.getManagedArrays().size(), "nothing is left");
        }
    }

    @Test
    void masksByTheMoveChanceAndCountsWhatTheLossSays() {
        long[] clean = {0, 5, 20, 7};
        double[] uniforms = {0.1, 0.9, 0.2, 0.3};
        InverseFolding.Example all =
                objective(InverseFolding.Loss.ALL, 0, 0, 1).corrupt(clean, 0.5, uniforms);
        assertArrayEquals(new long[] {21, 5, 21, 21}, all.tokens());
        assertArrayEquals(new float[] {1, 1, 0, 1}, all.weights(), "X does not count");
        InverseFolding.Example masked =
                objective(InverseFolding.Loss.MASKED, 0, 0, 1).corrupt(clean, 0.5, uniforms);
        assertArrayEquals(new float[] {1, 0, 0, 1}, masked.weights());
        InverseFolding.Example bound =
                objective(InverseFolding.Loss.NELBO, 0, 0, 1).corrupt(clean, 0.5, uniforms);
        assertArrayEquals(new float[] {2, 0, 0, 2}, bound.weights(), 1e-6f, "1 / t");
    }

    /** The sum is what a normaliser divides: a number that is twice as large halves the loss. */
    @Test
    void theNormaliserDividesTheSum() {
        double first = batch(objective(InverseFolding.Loss.ALL, 0.1, 100, 50)).getKey();
        double second = batch(objective(InverseFolding.Loss.ALL, 0.1, 200, 50)).getKey();
        assertEquals(first, 2 * second, 1e-6 * first);
    }

    /** With weight w beside the letter, p = 1 / V costs log V whatever w is. */
    @Test
    void smoothingKeepsTheCostOfTheUniform() {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            NDArray logits = manager.zeros(new Shape(1, 2, 22));
            NDArray x0 = manager.create(new long[] {3, 21}, new Shape(1, 2));
            for (double w : new double[] {0, 0.1, 1}) {
                float[] losses = InverseFolding.smoothedCrossEntropy(logits, x0, w).toFloatArray();
                assertEquals(Math.log(22), losses[0], 1e-6);
                assertEquals(Math.log(22), losses[1], 1e-6);
            }
        }
    }

    @Test
    void learnsLettersThatFollowFromTheBackbone() throws Exception {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            InverseFolding objective = objective(200);
            Trainer trainer =
                    new Trainer(
                            Toys.options(60, 20, 9, 1),
                            () -> Peptides.network(ProteinMpnn.Head.LETTERS, 0.1),
                            manager,
                            folder,
                            Toys.silent());
            TrainedWeights weights = trainer.train(objective);
            NamedBlock network = Peptides.network(ProteinMpnn.Head.LETTERS, 0);
            network.load(weights.average(), manager);
            Map<String, Double> numbers =
                    objective.validate(Trainer.evaluation(network, manager), manager).metrics();
            assertTrue(numbers.get("recovery_full") > 0.9, numbers.toString());
            assertTrue(numbers.get("perplexity_half") < 2, numbers.toString());
        }
    }

    @Test
    void baselinesKnowFrequenciesAndTheNearestSequence() {
        Backbone known = Peptides.peptide(1, 40);
        Map<String, Double> numbers =
                LetterBaselines.of(List.of(Peptides.peptide(2, 40), known), List.of(known));
        assertEquals(1, numbers.get("recovery_of_nearest_sequence"));
        assertTrue(numbers.get("recovery_of_frequencies") < 1);
        assertTrue(numbers.get("perplexity_of_frequencies") < 20);
    }
}
