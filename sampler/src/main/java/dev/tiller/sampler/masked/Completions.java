package dev.tiller.sampler.masked;

import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.Prediction;
import dev.tiller.sampler.State;
import dev.tiller.sampler.constraint.CompiledConstraints;
import dev.tiller.sampler.constraint.CompletionSampler;
import dev.tiller.sampler.masked.MaskedProcess.RowNoise;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Clean designs from the denoiser's posterior, conditioned on constraints. */
final class Completions {
    private final CompiledConstraints constraints;
    private final CompletionSampler sampler;
    private final int length;
    private final int letters;
    private final double[] logWeights;

    Completions(CompiledConstraints constraints) {
        this.constraints = constraints;
        this.sampler = constraints.sampler();
        this.length = constraints.length();
        this.letters = constraints.letters();
        this.logWeights = new double[length * letters];
    }

    private void condition(long[] tokens, int row, Prediction prediction) {
        float[] logPosterior = prediction.row(row);
        Arrays.setAll(logWeights, i -> logPosterior[i]);
        require(sampler.condition(tokens, row * length, logWeights), row);
    }

    static void require(boolean possible, int row) {
        if (!possible) {
            throw new IllegalStateException(
                    "states must have letters of a design within the constraints, got others in row"
                            + " "
                            + row
                            + "; start from the prior of the process");
        }
    }

    /** Returns the most likely design within the constraints, by Viterbi. */
    State mode(State x, Prediction prediction, NDManager manager) {
        long[] tokens = TokenRows.of(x);
        long[] designs = new long[tokens.length];
        for (int row = 0; row < x.rows(); row++) {
            condition(tokens, row, prediction);
            sampler.mode(designs, row * length);
        }
        return TokenRows.like(x, designs, manager);
    }

    /** Draws designs; a row like the one before it is not conditioned again. */
    State draw(State x, Prediction prediction, RowNoise noise, NDManager manager) {
        long[] tokens = TokenRows.of(x);
        long[] designs = new long[tokens.length];
        double[] uniforms = new double[constraints.groups()];
        for (int row = 0; row < x.rows(); row++) {
            if (row == 0 || !noise.sharedBy(row, row - 1)) {
                noise.fill(row, uniforms);
            }
            if (row == 0 || !sameAsBefore(tokens, row, prediction)) {
                condition(tokens, row, prediction);
            }
            sampler.draw(uniforms, designs, row * length);
        }
        return TokenRows.like(x, designs, manager);
    }

    private boolean sameAsBefore(long[] tokens, int row, Prediction prediction) {
        int start = row * length;
        return Arrays.equals(prediction.row(row), prediction.row(row - 1))
                && Arrays.equals(tokens, start, start + length, tokens, start - length, start);
    }

    /** Returns the prediction that first hitting may take instead: each position's own law. */
    Prediction marginals(State x, Prediction prediction) {
        long[] tokens = TokenRows.of(x);
        List<float[]> rows = new ArrayList<>(x.rows());
        for (int row = 0; row < x.rows(); row++) {
            condition(tokens, row, prediction);
            double[] logs = sampler.logMarginals();
            float[] floats = new float[logs.length];
            for (int i = 0; i < logs.length; i++) {
                floats[i] = (float) logs[i];
            }
            rows.add(floats);
        }
        return new Prediction(rows);
    }
}
