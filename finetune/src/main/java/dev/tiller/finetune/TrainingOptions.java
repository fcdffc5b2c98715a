package dev.tiller.finetune;

import dev.tiller.finetune.optimizer.AdamW;
import dev.tiller.finetune.optimizer.LearningRate;
import java.util.List;

/**
 * Hyper-parameters of a training run.
 *
 * @param seed addresses all randomness of the run
 * @param maxSteps the largest number of optimiser steps, at least 1
 * @param batchSize examples per batch, at least 1
 * @param accumulate batches per step, at least 1; their gradients are averaged
 * @param learningRate the learning-rate schedule
 * @param adam the optimiser's hyper-parameters
 * @param clipNorm largest gradient norm, above 0
 * @param clipGroups beginnings of the names of parameters that are clipped together, each group by
 *     its own norm and the others by theirs; empty for the global norm
 * @param emaDecay decay of the moving average of the weights, in [0, 1)
 * @param validateEvery steps between validations, each of which writes a checkpoint
 * @param patience validations without improvement after which training stops, at least 1
 * @param keepCheckpoints how many checkpoints are kept, at least 1
 */
public record TrainingOptions(
        long seed,
        int maxSteps,
        int batchSize,
        int accumulate,
        LearningRate learningRate,
        AdamW.Options adam,
        double clipNorm,
        List<String> clipGroups,
        double emaDecay,
        int validateEvery,
        int patience,
        int keepCheckpoints) {
    public TrainingOptions {
        clipGroups = List.copyOf(clipGroups);
        requirePositive("max_steps", maxSteps);
        requirePositive("batch_size", batchSize);
        requirePositive("accumulate", accumulate);
        requirePositive("validate_every", validateEvery);
        requirePositive("patience", patience);
        requirePositive("keep_checkpoints", keepCheckpoints);
        if (!(clipNorm > 0)) {
            throw new IllegalArgumentException("clip_norm must be above 0, got " + clipNorm);
        }
        if (!(emaDecay >= 0 && emaDecay < 1)) {
            throw new IllegalArgumentException("ema_decay must be in [0, 1), got " + emaDecay);
        }
    }

    private static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1, got " + value);
        }
    }
}
