package dev.tiller.finetune.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.Denoiser;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Prediction;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.sampler.SoftValue;
import dev.tiller.sampler.State;
import dev.tiller.sampler.masked.MaskedDiffusion;
import dev.tiller.sampler.schedule.LogLinear;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RollOutsIT {
    private static final int LETTERS = 4;
    private static final int LENGTH = 6;
    private static final int STEPS = 10;
    private static final int STATES = 4;
    private static final Randomness NOISE = new Philox(11);

    /** All letters are equally likely, everywhere and always. */
    private static final class Uniform implements Denoiser {
        @Override
        public NDArray logPosterior(NDArray xt, double[] t) {
            Shape shape = new Shape(t.length, LENGTH, LETTERS);
            return xt.getManager().full(shape, (float) -Math.log(LETTERS));
        }

        @Override
        public boolean dependsOnTime() {
            return false;
        }

        @Override
        public int cleanTokens() {
            return LETTERS;
        }
    }

    /** The design read as a number of base 4, so that each design has a reward of its own. */
    private static double reward(long[] design) {
        double number = 0;
        for (long token : design) {
            assertTrue(token < LETTERS, "only clean designs are scored");
            number = number * LETTERS + token;
        }
        return number;
    }

    private static final SoftValue REWARD =
            (x, index, ledger, noise) -> {
                assertEquals(STEPS, index);
                return Arrays.stream(rows(x)).mapToDouble(RollOutsIT::reward).toArray();
            };

    private static long[][] rows(State x) {
        long[] flat = x.array(0).toLongArray();
        long[][] rows = new long[x.rows()][];
        Arrays.setAll(rows, row -> Arrays.copyOfRange(flat, row * LENGTH, (row + 1) * LENGTH));
        return rows;
    }

    private static MaskedDiffusion process(NDManager manager) {
        return new MaskedDiffusion(
                new Uniform(),
                new LogLinear(1e-3),
                LENGTH,
                manager,
                MaskedDiffusion.Options.published(STEPS));
    }

    private static LabelledTokens generate(NDManager manager, long first, int count, int states) {
        try (Ledger ledger = new Ledger(new Ledger.Options(1, 16, true))) {
            return new RollOuts(process(manager), REWARD, states, NOISE)
                    .generate(first, count, ledger, manager);
        }
    }

    /** The states of one trajectory at the time indices 0 .. T, and the design at the end. */
    private static long[][] trajectory(NDManager manager, long id) {
        MaskedDiffusion process = process(manager);
        long[][] states = new long[STEPS + 2][];
        try (Ledger ledger = new Ledger(new Ledger.Options(1, 16, true));
                NDManager scope = manager.newSubManager()) {
            State x = process.prior(new long[] {id}, new int[1], NOISE, scope);
            states[0] = rows(x)[0];
            for (int step = 0; step < STEPS; step++) {
                Prediction prediction = process.predict(x, step, ledger, NOISE);
                x = process.propose(x, prediction, step).draw(1, NOISE, scope);
                states[step + 1] = rows(x)[0];
            }
            states[STEPS + 1] = rows(process.finish(x, ledger, NOISE, scope))[0];
        }
        return states;
    }

    @Test
    void labelsOneStateOfEachStratumByTheRewardOfTheEnd() {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            LabelledTokens rows = generate(manager, 5, 3, STATES);
            assertEquals(3 * STATES, rows.size());
            for (int i = 0; i < 3; i++) {
                long[][] trajectory = trajectory(manager, 5 + i);
                double[] uniforms = new double[STATES];
                NOISE.fill(5 + i, 0, Purpose.TRAINING_TIME, 0, uniforms);
                for (int k = 0; k < STATES; k++) {
                    double place = (k + uniforms[k]) / STATES;
                    int index = 1 + (int) (place * STEPS);
                    assertTrue(index >= 1 && index <= STEPS);
                    assertArrayEquals(trajectory[index], rows.tokens()[i * STATES + k]);
                    assertEquals(reward(trajectory[STEPS + 1]), rows.labels()[i * STATES + k]);
                }
            }
            assertEquals(0, manager.getManagedArrays().size());
        }
    }

    /** With T strata each state after the prior is kept once, in order. */
    @Test
    void keepsTheWholeTrajectoryWhenAskedTo() {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            LabelledTokens rows = generate(manager, 0, 1, STEPS);
            long[][] trajectory = trajectory(manager, 0);
            assertArrayEquals(Arrays.copyOfRange(trajectory, 1, STEPS + 1), rows.tokens());
        }
    }

    /** More than one internal batch, cut differently: each trajectory is a function of its id. */
    @Test
    void isAFunctionOfTheSampleId() {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            LabelledTokens all = generate(manager, 0, 300, 2);
            LabelledTokens tail = generate(manager, 250, 50, 2);
            assertArrayEquals(Arrays.copyOfRange(all.tokens(), 500, 600), tail.tokens());
            assertArrayEquals(Arrays.copyOfRange(all.labels(), 500, 600), tail.labels());
        }
    }
}
