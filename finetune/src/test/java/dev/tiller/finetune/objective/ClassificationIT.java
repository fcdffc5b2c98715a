package dev.tiller.finetune.objective;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import dev.tiller.finetune.Toys;
import dev.tiller.finetune.TrainedWeights;
import dev.tiller.finetune.Trainer;
import dev.tiller.finetune.data.LabelledTokens;
import dev.tiller.zoo.architecture.DnaConv;
import dev.tiller.zoo.architecture.NamedBlock;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassificationIT {
    private static final int[] BATCH = {0, 1, 2, 3, 4, 5, 6, 7};

    @TempDir private Path folder;

    /** Random sequences; class 1 are those that have the third letter four times or more. */
    private static LabelledTokens rich(int rows, long seed) {
        LabelledTokens counted = Toys.counting(rows, seed);
        double[] labels =
                Arrays.stream(counted.labels()).map(count -> count >= 4 ? 1 : 0).toArray();
        return new LabelledTokens(counted.tokens(), labels);
    }

    /** A network whose log-odds are how often the third letter occurs beyond 3.5 times. */
    private static Objective.Forward counter(float scale) {
        return (inputs, step) ->
                inputs.head()
                        .get(new NDIndex(":, :, 2"))
                        .sum(new int[] {1}, true)
                        .sub(3.5)
                        .mul(scale);
    }

    @Test
    void theLossIsTheLogLikelihoodAndStaysFinite() {
        LabelledTokens rows = rich(300, 1);
        Classification objective = new Classification(rows, rows, Toys.LETTERS);
        assertEquals(300, objective.examples());
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            for (float scale : new float[] {0, 1, -2}) {
                double expected = 0;
                for (int row : BATCH) {
                    double logOdds = objective.predict(counter(scale), rows, manager)[row];
                    double p = 1 / (1 + Math.exp(-logOdds));
                    expected -= Math.log(rows.labels()[row] == 1 ? p : 1 - p);
                }
                assertEquals(expected / BATCH.length, loss(objective, scale, manager), 1e-5);
            }
            // of the wrong sign by 500 to 3,500
            double[] wrong = objective.predict(counter(-1000), rows, manager);
            double mean =
                    Arrays.stream(BATCH).mapToDouble(i -> Math.abs(wrong[i])).sum() / BATCH.length;
            assertEquals(mean, loss(objective, -1000, manager), 1e-3);
            assertEquals(0, loss(objective, 1000, manager), 1e-12);
            Objective.Validation unsure = objective.validate(counter(0), manager);
            assertEquals(Math.log(2), unsure.loss(), 1e-12);
            assertEquals(0.5, unsure.metrics().get("auroc"));
            Objective.Validation sure = objective.validate(counter(1000), manager);
            assertEquals(0, sure.loss(), 1e-12);
            assertEquals(1, sure.metrics().get("auroc"));
            double[] logOdds = objective.predict(counter(1), rows, manager);
            assertEquals(1, Classification.accuracy(logOdds, rows.labels()));
            assertEquals(
                    objective.validate(counter(1), manager).loss(),
                    Classification.logLoss(logOdds, rows.labels()));
        }
    }

    private static float loss(Classification objective, float scale, NDManager manager) {
        return objective.loss(counter(scale), BATCH, 0, manager).toFloatArray()[0];
    }

    @Test
    void labelsAreZeroOrOne() {
        LabelledTokens counted = new LabelledTokens(new long[1][4], new double[] {2});
        assertEquals(
                "labels must be 0 or 1, got 2.0",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> new Classification(counted, counted, 4))
                        .getMessage());
    }

    private static NamedBlock classifier() {
        return new DnaConv(new DnaConv.Config(8, 1, Toys.LETTERS, 1, true, 0));
    }

    @Test
    void learnsToTellTwoClasses() throws Exception {
        Classification objective = new Classification(rich(600, 1), rich(200, 2), Toys.LETTERS);
        LabelledTokens test = rich(300, 3);
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            TrainedWeights weights =
                    new Trainer(
                                    Toys.options(200, 100, 5, 1),
                                    ClassificationIT::classifier,
                                    manager,
                                    folder,
                                    Toys.silent())
                            .train(objective);
            NamedBlock network = classifier();
            network.load(weights.average(), manager);
            network.freezeParameters(true);
            double[] logOdds =
                    objective.predict(Trainer.evaluation(network, manager), test, manager);
            double auroc = Statistics.auroc(logOdds, test.labels());
            double accuracy = Classification.accuracy(logOdds, test.labels());
            System.err.printf("AUROC %.4f, accuracy %.3f%n", auroc, accuracy);
            assertTrue(auroc > 0.95, "AUROC " + auroc);
            assertTrue(accuracy > 0.85, "accuracy " + accuracy);
        }
    }
}
