package dev.tiller.finetune.backpropagation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.Denoiser;
import dev.tiller.sampler.masked.Layout;
import dev.tiller.sampler.numerics.Tensors;
import java.util.Arrays;

/**
 * One batch of trajectories under one network.
 *
 * @param model what the network is a model of
 * @param network the network that is trained, on hard and soft states
 * @param trainingStep the training step, from 0
 * @param batch the number of the batch, for messages; -1 for a validation
 * @param sampleIds the sample id of each row
 * @param tau the temperature of relaxed tokens
 * @param noise the Gumbel noise
 */
record Pass(
        SequenceModel model,
        TrainedDenoiser network,
        long trainingStep,
        long batch,
        long[] sampleIds,
        double tau,
        RelaxationNoise noise) {
    int rows() {
        return sampleIds.length;
    }

    /** Shape of tokens. */
    Shape tokens() {
        return new Shape(rows(), model.length());
    }

    /** Shape of a relaxed state. */
    Shape relaxed() {
        return new Shape(rows(), model.length(), model.letters() + 1L);
    }

    /** Asks a denoiser about all rows at one time; log p(x0 | x), float32 [B, L, K]. */
    NDArray ask(Denoiser denoiser, NDArray x, double t) {
        double[] times = new double[rows()];
        Arrays.fill(times, t);
        return denoiser.given(model.conditions(sampleIds)).logPosterior(x, times);
    }

    /** Returns the masked tokens that all trajectories start from, with what is given. */
    long[] start() {
        int length = model.length();
        long[] tokens = new long[rows() * length];
        for (int row = 0; row < rows(); row++) {
            Layout layout = model.conditioning().layouts().of(sampleIds[row]);
            for (int position = 0; position < layout.length(); position++) {
                boolean free = layout.isFree(position);
                tokens[row * length + position] = free ? model.letters() : layout.given(position);
            }
        }
        return tokens;
    }

    /** Returns 1 for each position that is free, 0 for what is given and for padding; [B, L, 1]. */
    NDArray free(NDManager manager) {
        int length = model.length();
        float[] free = new float[rows() * length];
        for (int row = 0; row < rows(); row++) {
            Layout layout = model.conditioning().layouts().of(sampleIds[row]);
            for (int position = 0; position < length; position++) {
                free[row * length + position] = layout.isFree(position) ? 1 : 0;
            }
        }
        return Tensors.create(manager, free, new Shape(rows(), length, 1));
    }

    /** Returns the noise of a step, float64 row-major [B, L, K + 1]. */
    double[] gumbel(int step) {
        int width = model.width();
        double[] all = new double[rows() * width];
        double[] row = new double[width];
        for (int i = 0; i < rows(); i++) {
            noise.gumbel(sampleIds[i], step, row);
            System.arraycopy(row, 0, all, i * width, width);
        }
        return all;
    }

    /** Names a place of this batch in the text of an error. */
    String where(int row) {
        String place = "training step " + trainingStep + ", batch " + batch;
        return (batch < 0 ? "a validation" : place) + ", row " + row;
    }
}
