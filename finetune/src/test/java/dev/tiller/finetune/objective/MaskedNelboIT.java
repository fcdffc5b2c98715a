package dev.tiller.finetune.objective;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.finetune.data.TeacherLabels;
import dev.tiller.finetune.objective.MaskedNelbo.TimeSampling;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.sampler.schedule.LogLinear;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MaskedNelboIT {
    private static final int LETTERS = 4;

    /** No multiple of the rows of a batch, so that the last batch is smaller. */
    private static final int ROWS = 2100;

    private static final int LENGTH = 64;
    private static final double[] SKEWED = {0.5, 0.25, 0.125, 0.125};

    /**
     * Absolute, in nats. With N = 2100 * 64 tokens the standard deviation of the estimate is below
     * log K sqrt(6 / N) = 0.0094 (the variance of 1(masked) / t over t in [1e-3, 1] is below 6), so
     * this is six of them, a chance of 2e-9; what the smallest time and sigma leave out is 0.003.
     */
    private static final double TOLERANCE = 0.06;

    private static MaskedNelbo objective(long[][] rows, TimeSampling sampling, boolean told) {
        return new MaskedNelbo(
                rows, rows, LETTERS, new LogLinear(1e-3), sampling, told, new Philox(21));
    }

    /** A network that says the same at each position: logits of K letters and of the mask. */
    private static Objective.Forward constant(float... logits) {
        return (inputs, step) -> {
            Shape tokens = inputs.head().getShape();
            NDManager manager = inputs.head().getManager();
            return manager.create(logits, new Shape(1, 1, logits.length))
                    .broadcast(new Shape(tokens.get(0), tokens.get(1), logits.length));
        };
    }

    @ParameterizedTest
    @EnumSource
    void isTheEntropyOfLettersThatAreUniform(TimeSampling sampling) {
        long[][] rows = TeacherLabels.randomSequences(ROWS, LENGTH, LETTERS, new Philox(22));
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            // the logit of the mask, however large, takes no part
            double nelbo =
                    objective(rows, sampling, false)
                            .validate(constant(3, 3, 3, 3, 100), manager)
                            .loss();
            System.err.printf("nelbo of uniform letters, %s: %.4f%n", sampling, nelbo);
            assertEquals(Math.log(LETTERS), nelbo, TOLERANCE);
            assertEquals(0, manager.getManagedArrays().size());
        }
    }

    @Test
    void isTheEntropyOfLettersThatAreNot() {
        long[][] rows = new long[ROWS][LENGTH];
        double[] uniforms = new double[LENGTH];
        for (int row = 0; row < ROWS; row++) {
            new Philox(23).fill(row, 0, Purpose.TRAINING_INPUT, 0, uniforms);
            for (int i = 0; i < LENGTH; i++) {
                double u = uniforms[i];
                rows[row][i] = u < 0.5 ? 0 : u < 0.75 ? 1 : u < 0.875 ? 2 : 3;
            }
        }
        float[] logits = new float[LETTERS + 1];
        double entropy = 0;
        for (int k = 0; k < LETTERS; k++) {
            logits[k] = (float) Math.log(SKEWED[k]);
            entropy -= SKEWED[k] * Math.log(SKEWED[k]);
        }
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            double nelbo =
                    objective(rows, TimeSampling.ANTITHETIC, false)
                            .validate(constant(logits), manager)
                            .loss();
            assertEquals(entropy, nelbo, TOLERANCE);
        }
    }

    @Test
    void isZeroForWhatIsCertain() {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            double nelbo =
                    objective(new long[300][LENGTH], TimeSampling.ANTITHETIC, false)
                            .validate(constant(60, 0, 0, 0, 0), manager)
                            .loss();
            assertEquals(0, nelbo, 1e-12);
        }
    }

    @Test
    void validatesTheSameAtAnyTime() {
        // two batches, the second one smaller
        long[][] rows = TeacherLabels.randomSequences(300, LENGTH, LETTERS, new Philox(24));
        Objective.Forward network = constant(1, 0, -1, 2, 0);
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            MaskedNelbo objective = objective(rows, TimeSampling.ANTITHETIC, false);
            Objective.Validation first = objective.validate(network, manager);
            try (NDManager scope = manager.newSubManager()) {
                double loss = objective.loss(network, new int[] {0, 1}, 0, scope).toFloatArray()[0];
                assertEquals(
                        loss,
                        objective.loss(network, new int[] {0, 1}, 0, scope).toFloatArray()[0]);
                assertNotEquals(
                        loss,
                        objective.loss(network, new int[] {0, 1}, 1, scope).toFloatArray()[0]);
            }
            assertEquals(first, objective.validate(network, manager));
            MaskedNelbo again = objective(rows, TimeSampling.ANTITHETIC, false);
            assertEquals(first, again.validate(network, manager));
            assertEquals(first.loss(), first.metrics().get("nelbo"));
        }
    }

    @Test
    void tellsTheNoiseOnlyWhenAskedTo() {
        for (boolean told : new boolean[] {false, true}) {
            List<float[]> sigmas = new ArrayList<>();
            List<long[]> xts = new ArrayList<>();
            Objective.Forward spy =
                    (inputs, step) -> {
                        NDArray xt = inputs.head();
                        xts.add(xt.toLongArray());
                        sigmas.add(inputs.get(1).toFloatArray());
                        return constant(0, 0, 0, 0, 0).run(inputs, step);
                    };
            try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
                objective(new long[4][LENGTH], TimeSampling.ANTITHETIC, told)
                        .loss(spy, new int[] {0, 1, 2, 3}, 0, manager);
            }
            float[] sigma = sigmas.get(0);
            if (told) {
                for (int row = 1; row < sigma.length; row++) {
                    // one time per stratum, in order
                    assertEquals(1, Float.compare(sigma[row], sigma[row - 1]));
                }
            } else {
                assertArrayEquals(new float[4], sigma);
            }
            assertEquals(4 * LENGTH, xts.get(0).length);
        }
    }
}
