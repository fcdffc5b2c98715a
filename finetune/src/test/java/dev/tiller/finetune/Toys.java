package dev.tiller.finetune;

import dev.tiller.finetune.data.LabelledTokens;
import dev.tiller.finetune.data.TeacherLabels;
import dev.tiller.finetune.optimizer.AdamW;
import dev.tiller.finetune.optimizer.LearningRate;
import dev.tiller.sampler.Philox;
import dev.tiller.zoo.architecture.ConvGru;
import dev.tiller.zoo.architecture.NamedBlock;
import dev.tiller.zoo.architecture.Optimus;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Examples, networks and options with which training takes a second. */
public final class Toys {
    /** Letters of each sequence. */
    public static final int LENGTH = 12;

    /** K. */
    public static final int LETTERS = 4;

    private static final long COUNTED = 2;

    private Toys() {}

    /** Random sequences, each labelled by how often it has the third letter. */
    public static LabelledTokens counting(int rows, long seed) {
        long[][] tokens = TeacherLabels.randomSequences(rows, LENGTH, LETTERS, new Philox(seed));
        double[] labels = new double[rows];
        for (int row = 0; row < rows; row++) {
            labels[row] = Arrays.stream(tokens[row]).filter(token -> token == COUNTED).count();
        }
        return new LabelledTokens(tokens, labels);
    }

    /** With dropout and running statistics, so that a checkpoint has to hold all there is. */
    public static NamedBlock convGru() {
        return new ConvGru(new ConvGru.Config(8, 3, 3, 3, 1, true, true, 0.2));
    }

    /** The smallest network. */
    public static NamedBlock optimus() {
        return new Optimus(new Optimus.Config(8, 3, 1, 8, 1, LENGTH, 0.1));
    }

    /** Options of a short run with a warm-up and a decay that the length does not change. */
    public static TrainingOptions options(
            int maxSteps, int validateEvery, int patience, int keepCheckpoints) {
        return new TrainingOptions(
                9,
                maxSteps,
                16,
                1,
                new LearningRate(0.01, 5, LearningRate.Shape.CONSTANT, maxSteps),
                new AdamW.Options(0.9, 0.999, 1e-8, 0.01),
                1.0,
                List.of(),
                0.9,
                validateEvery,
                patience,
                keepCheckpoints);
    }

    /** Calls {@code progress} after each step and stops when {@code interrupted} says so. */
    public static TrainingListener listener(
            Consumer<TrainingListener.Progress> progress, BooleanSupplier interrupted) {
        return new TrainingListener() {
            @Override
            public void stepDone(Progress at, long maxSteps) {
                progress.accept(at);
            }

            @Override
            public boolean interrupted() {
                return interrupted.getAsBoolean();
            }
        };
    }

    /** Listens to nothing. */
    public static TrainingListener silent() {
        return listener(at -> {}, () -> false);
    }
}
