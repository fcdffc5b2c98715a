package dev.tiller.finetune.backpropagation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.Denoiser;
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
        return denoiser.logPosterior(x, times);
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
