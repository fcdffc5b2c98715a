package dev.tiller.finetune.objective;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import dev.tiller.finetune.Toys;
import dev.tiller.finetune.TrainedWeights;
import dev.tiller.finetune.Trainer;
import dev.tiller.finetune.data.LabelledTokens;
import dev.tiller.zoo.architecture.NamedBlock;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegressionIT {
    @TempDir private Path folder;

    /** A network that counts the third letter, in the units of the objective. */
    private static Objective.Forward counter(Regression objective) {
        return (inputs, step) ->
                inputs.head()
                        .get(new NDIndex(":, :, 2"))
                        .sum(new int[] {1}, true)
                        .sub(objective.mean())
                        .div(objective.deviation());
    }

    @Test
    void predictsInTheUnitOfTheLabels() {
        // more rows than one call takes
        LabelledTokens training = Toys.counting(300, 1);
        LabelledTokens held = Toys.counting(270, 2);
        Regression objective = new Regression(training, held, Toys.LETTERS);
        assertEquals(Statistics.mean(training.labels()), objective.mean());
        assertEquals(Statistics.standardDeviation(training.labels()), objective.deviation());
        assertEquals(300, objective.examples());
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            double[] predictions = objective.predict(counter(objective), held, manager);
            assertArrayEquals(held.labels(), predictions, 1e-5);
            Objective.Validation validation = objective.validate(counter(objective), manager);
            assertEquals(0, validation.loss(), 1e-9);
            assertEquals(1, validation.metrics().get("pearson"), 1e-9);
            assertEquals(validation.loss(), validation.metrics().get("mse"));
            assertEquals(0, manager.getManagedArrays().size());
            float loss =
                    objective.loss(counter(objective), new int[] {5, 9}, 0, manager)
                            .toFloatArray()[0];
            assertEquals(0, loss, 1e-9);
        }
    }

    /** The mean of the training labels explains none of the variance: a loss of 1. */
    @Test
    void lossIsInUnitsOfTheVariance() {
        LabelledTokens rows = Toys.counting(300, 1);
        Regression objective = new Regression(rows, rows, Toys.LETTERS);
        Objective.Forward zero =
                (inputs, step) ->
                        inputs.head().get(new NDIndex(":, :, 2")).sum(new int[] {1}, true).mul(0);
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            assertEquals(1, objective.validate(zero, manager).loss(), 1e-9);
        }
    }

    @Test
    void survivesLabelsThatAreAllEqual() {
        LabelledTokens rows = new LabelledTokens(new long[3][Toys.LENGTH], new double[] {2, 2, 2});
        Regression objective = new Regression(rows, rows, Toys.LETTERS);
        assertEquals(2, objective.mean());
        assertTrue(objective.deviation() > 0);
    }

    @Test
    void learnsToCountALetter() throws Exception {
        Regression objective =
                new Regression(Toys.counting(600, 1), Toys.counting(200, 2), Toys.LETTERS);
        LabelledTokens test = Toys.counting(200, 3);
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            TrainedWeights weights =
                    new Trainer(
                                    Toys.options(300, 100, 5, 1),
                                    Toys::optimus,
                                    manager,
                                    folder,
                                    Toys.silent())
                            .train(objective);
            NamedBlock network = Toys.optimus();
            network.load(weights.average(), manager);
            network.freezeParameters(true);
            double[] predictions =
                    objective.predict(Trainer.evaluation(network, manager), test, manager);
            double pearson = Statistics.pearson(predictions, test.labels());
            System.err.printf("Pearson after %d steps: %.3f%n", weights.steps(), pearson);
            assertTrue(pearson > 0.9, "Pearson " + pearson);
        }
    }
}
