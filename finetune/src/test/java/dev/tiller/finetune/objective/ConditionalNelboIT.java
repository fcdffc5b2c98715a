package dev.tiller.finetune.objective;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.finetune.Toys;
import dev.tiller.finetune.TrainedWeights;
import dev.tiller.finetune.Trainer;
import dev.tiller.finetune.TrainingOptions;
import dev.tiller.finetune.objective.MaskedNelbo.TimeSampling;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.sampler.masked.Subs;
import dev.tiller.sampler.schedule.LogLinear;
import dev.tiller.zoo.architecture.DnaConv;
import dev.tiller.zoo.architecture.NamedBlock;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Independent letters whose frequencies depend on the class; class 1 is a quarter of the rows. */
class ConditionalNelboIT {
    private static final int LETTERS = 4;
    private static final int LENGTH = 12;
    private static final int CLASSES = 2;
    private static final double[][] FREQUENCIES = {{0.7, 0.1, 0.1, 0.1}, {0.1, 0.1, 0.1, 0.7}};

    @TempDir private Path folder;

    private static long[] classes(int rows) {
        long[] classes = new long[rows];
        Arrays.setAll(classes, row -> row % 4 == 0 ? 1 : 0);
        return classes;
    }

    private static long[][] rows(int count, long seed) {
        long[][] rows = new long[count][LENGTH];
        double[] uniforms = new double[LENGTH];
        for (int row = 0; row < count; row++) {
            new Philox(seed).fill(row, 0, Purpose.TRAINING_INPUT, 0, uniforms);
            double[] frequencies = FREQUENCIES[(int) classes(count)[row]];
            for (int i = 0; i < LENGTH; i++) {
                double rest = uniforms[i];
                while (rest >= frequencies[(int) rows[row][i]]) {
                    rest -= frequencies[(int) rows[row][i]];
                    rows[row][i]++;
                }
            }
        }
        return rows;
    }

    private static MaskedNelbo objective(double dropout) {
        ClassLabels labels = new ClassLabels(classes(800), classes(400), CLASSES, dropout);
        return plain().withClasses(labels);
    }

    private static MaskedNelbo plain() {
        return new MaskedNelbo(
                rows(800, 1),
                rows(400, 2),
                LETTERS,
                new LogLinear(1e-3),
                TimeSampling.ANTITHETIC,
                false,
                new Philox(3));
    }

    /**
     * What the network believes of a row that is all masked, on average over its positions: that of
     * one alone depends on the last bits of the processor's kernels.
     */
    private static double[] beliefs(Objective.Forward network, long label, NDManager manager) {
        long[] masks = new long[LENGTH];
        Arrays.fill(masks, LETTERS);
        NDArray logits =
                network.run(
                        new NDList(
                                manager.create(masks, new Shape(1, LENGTH)),
                                manager.create(new float[1]),
                                manager.create(new long[] {label})),
                        -1);
        float[] logs = Subs.logPosterior(logits, LETTERS).toFloatArray();
        double[] beliefs = new double[LETTERS];
        for (int i = 0; i < logs.length; i++) {
            beliefs[i % LETTERS] += Math.exp(logs[i]) / LENGTH;
        }
        return beliefs;
    }

    /** The mean of many steps, which does not depend on the letters of the last few batches. */
    private static TrainingOptions smooth(TrainingOptions options) {
        return new TrainingOptions(
                options.seed(),
                options.maxSteps(),
                options.batchSize(),
                options.accumulate(),
                options.learningRate(),
                options.adam(),
                options.clipNorm(),
                options.clipGroups(),
                0.99,
                options.validateEvery(),
                options.patience(),
                options.keepCheckpoints());
    }

    private static NamedBlock network() {
        return new DnaConv(new DnaConv.Config(8, 1, LETTERS, CLASSES, false, 0));
    }

    /** With the class its letters, without it those of all rows: the mixture of both. */
    @Test
    void learnsTheLettersOfEachClassAndOfAllRows() throws Exception {
        MaskedNelbo objective = objective(0.5);
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            TrainedWeights weights =
                    new Trainer(
                                    smooth(Toys.options(800, 200, 9, 1)),
                                    ConditionalNelboIT::network,
                                    manager,
                                    folder,
                                    Toys.silent())
                            .train(objective);
            NamedBlock network = network();
            network.load(weights.average(), manager);
            network.freezeParameters(true);
            Objective.Forward trained = Trainer.evaluation(network, manager);
            for (int label = 0; label <= CLASSES; label++) {
                double[] expected = new double[LETTERS];
                for (int k = 0; k < LETTERS; k++) {
                    expected[k] =
                            label < CLASSES
                                    ? FREQUENCIES[label][k]
                                    : 0.75 * FREQUENCIES[0][k] + 0.25 * FREQUENCIES[1][k];
                }
                double[] beliefs = beliefs(trained, label, manager);
                System.err.printf("class %d: %s%n", label, Arrays.toString(beliefs));
                assertArrayEquals(expected, beliefs, 0.1, "class " + label);
            }
            double told = objective.validate(trained, manager).loss();
            ClassLabels none = new ClassLabels(classes(800), classes(400), CLASSES, 0);
            double notTold =
                    plain().withClasses(none.withoutClasses()).validate(trained, manager).loss();
            System.err.printf("nelbo with class %.4f, without %.4f%n", told, notTold);
            assertEquals(1, Double.compare(notTold, told), "the class helps");
        }
    }

    @Test
    void theClassIsTheThirdInputInTrainingAndValidation() {
        List<long[]> shown = new ArrayList<>();
        Objective.Forward spy =
                (inputs, step) -> {
                    assertEquals(3, inputs.size());
                    shown.add(inputs.get(2).toLongArray());
                    Shape tokens = inputs.head().getShape();
                    Shape logits = new Shape(tokens.get(0), tokens.get(1), LETTERS + 1);
                    return inputs.head().getManager().zeros(logits);
                };
        int[] batch = {4, 7, 8, 1};
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            objective(0).loss(spy, batch, 0, manager);
            assertArrayEquals(new long[] {1, 0, 1, 0}, shown.get(0));
            objective(0.999).loss(spy, batch, 0, manager);
            assertArrayEquals(new long[] {2, 2, 2, 2}, shown.get(1));
            shown.clear();
            // two batches; nothing is dropped in validation
            objective(0.999).validate(spy, manager);
            assertArrayEquals(Arrays.copyOf(classes(400), 256), shown.get(0));
            assertArrayEquals(Arrays.copyOfRange(classes(400), 256, 400), shown.get(1));
        }
    }

    @Test
    void thereIsOneClassForEachRow() {
        ClassLabels few = new ClassLabels(classes(7), classes(400), CLASSES, 0);
        assertEquals(
                "classes must be as many as the rows, 800 and 400, got 7 and 400",
                assertThrows(IllegalArgumentException.class, () -> plain().withClasses(few))
                        .getMessage());
    }
}
