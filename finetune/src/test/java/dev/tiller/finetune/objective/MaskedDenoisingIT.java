package dev.tiller.finetune.objective;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.finetune.Toys;
import dev.tiller.finetune.TrainedWeights;
import dev.tiller.finetune.Trainer;
import dev.tiller.finetune.objective.DiscreteTimeBound.Parameterization;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.masked.Subs;
import dev.tiller.sampler.schedule.LogLinear;
import dev.tiller.sampler.schedule.NoiseSchedule;
import dev.tiller.zoo.architecture.Dit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MaskedDenoisingIT {
    private static final NoiseSchedule SCHEDULE = new LogLinear(1e-3);
    private static final long[][] ROWS = Toys.counting(300, 8).tokens();

    private static MaskedDenoising objective(boolean timeConditioning, NoiseSchedule schedule) {
        return new MaskedDenoising(
                ROWS,
                ROWS,
                new DenoisingScoreEntropy(SCHEDULE),
                new MaskedDenoising.Options(Toys.LETTERS, schedule, timeConditioning),
                new Philox(5));
    }

    /** Logits 0 wherever they are asked for, and a record of the inputs. */
    private static Objective.Forward recording(List<float[]> sigmas, List<long[]> tokens) {
        return (inputs, step) -> {
            sigmas.add(inputs.get(1).toFloatArray());
            tokens.add(inputs.get(0).toLongArray());
            Shape shape = inputs.get(0).getShape();
            NDManager manager = inputs.get(0).getManager();
            return manager.zeros(shape.add(Toys.LETTERS + 1L));
        };
    }

    @Test
    void tellsTheNoiseThatItMade() {
        List<float[]> sigmas = new ArrayList<>();
        List<long[]> tokens = new ArrayList<>();
        int[] batch = {0, 1, 2, 3, 4, 5, 6, 7};
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            NDArray loss =
                    objective(true, SCHEDULE).loss(recording(sigmas, tokens), batch, 3, manager);
            assertEquals(1, loss.size());
            objective(false, SCHEDULE).loss(recording(sigmas, tokens), batch, 3, manager);
            objective(true, SCHEDULE).loss(recording(sigmas, tokens), batch, 4, manager);
        }
        for (int row = 0; row < batch.length; row++) {
            double t = SCHEDULE.timeAt(sigmas.get(0)[row]);
            // antithetic: one time in each eighth of [0.001, 1]
            assertTrue(t > row / 8.0 * 0.999 && t < (row + 1) / 8.0 + 1e-3, "time " + t);
            assertEquals(0, sigmas.get(1)[row]);
        }
        assertArrayEquals(tokens.get(0), tokens.get(1)); // the same draws
        assertTrue(!Arrays.equals(tokens.get(0), tokens.get(2)));
        for (int i = 0; i < tokens.get(0).length; i++) {
            long clean = ROWS[i / Toys.LENGTH][i % Toys.LENGTH];
            long token = tokens.get(0)[i];
            assertTrue(token == clean || token == Toys.LETTERS);
        }
    }

    @Test
    void masksAsManyTokensAsTheScheduleSays() {
        MaskedDenoising.Corrupted corrupted;
        double[] masks = new double[ROWS.length * Toys.LENGTH];
        Arrays.setAll(masks, i -> (i % 100 + 0.5) / 100);
        double[] times = new double[ROWS.length];
        Arrays.fill(times, 0.5);
        corrupted = objective(true, SCHEDULE).corrupt(ROWS, times, masks);
        int masked = 0;
        double expected = 0;
        for (int i = 0; i < masks.length; i++) {
            masked += corrupted.tokens()[i] == Toys.LETTERS ? 1 : 0;
            expected += SCHEDULE.moveChance(corrupted.times()[i / Toys.LENGTH]);
        }
        // stratified uniforms: far below the deviation of independent ones, which is 24
        assertEquals(expected, masked, 60);
    }

    @Test
    void validatesTheSameWayAtAnyTime() {
        MaskedDenoising objective = objective(true, SCHEDULE);
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            Objective.Forward zeros = recording(new ArrayList<>(), new ArrayList<>());
            Objective.Validation first = objective.validate(zeros, manager);
            objective.loss(zeros, new int[] {1, 2, 3}, 7, manager);
            assertEquals(first, objective.validate(zeros, manager));
            assertEquals(Map.of("score_entropy", first.loss()), first.metrics());
            // uniform letters: the NELBO is log 4 in expectation; 3600 tokens, 6 deviations
            assertEquals(Math.log(4), first.loss(), 0.2);
            assertNotEquals(Math.log(4), first.loss());
        }
    }

    /** Designs of one letter, four times: a letter that is seen tells all others. */
    @ParameterizedTest
    @MethodSource("losses")
    void aTrainedTransformerKnowsTheDesigns(TokenLoss loss, @TempDir Path folder)
            throws IOException {
        long[][] rows = new long[64][4];
        for (int row = 0; row < rows.length; row++) {
            Arrays.fill(rows[row], row % Toys.LETTERS);
        }
        MaskedDenoising objective =
                new MaskedDenoising(
                        rows,
                        rows,
                        loss,
                        new MaskedDenoising.Options(Toys.LETTERS, SCHEDULE, true),
                        new Philox(5));
        Dit.Config config = new Dit.Config(16, 8, 1, 2, 2, Toys.LETTERS, 0);
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            TrainedWeights weights =
                    new Trainer(
                                    Toys.options(150, 150, 9, 1),
                                    () -> new Dit(config),
                                    manager,
                                    folder,
                                    Toys.silent())
                            .train(objective);
            Dit network = new Dit(config);
            network.load(weights.raw(), manager);
            NDArray xt = manager.create(new long[] {4, 2, 4, 4, 4, 4, 4, 4}, new Shape(2, 4));
            NDArray sigma = manager.create(new float[] {0.7f, 3});
            NDArray logits = Trainer.evaluation(network, manager).run(new NDList(xt, sigma), -1);
            float[] p = Subs.logPosterior(logits, Toys.LETTERS).exp().toFloatArray();
            for (int position : new int[] {0, 2, 3}) {
                assertTrue(p[position * 4 + 2] > 0.9, position + ": " + Arrays.toString(p));
            }
            for (int i = 16; i < 32; i++) {
                assertEquals(0.25, p[i], 0.12, Arrays.toString(p));
            }
        }
    }

    static Stream<TokenLoss> losses() {
        return Stream.of(
                new DenoisingScoreEntropy(SCHEDULE),
                new DiscreteTimeBound(SCHEDULE, 50, Parameterization.SUBS),
                new DiscreteTimeBound(SCHEDULE, 50, Parameterization.D3PM));
    }

    @Test
    void refusesAScheduleWithoutAnEnd() {
        MaskedDenoising objective =
                new MaskedDenoising(
                        ROWS,
                        ROWS,
                        new DiscreteTimeBound(SCHEDULE, 1, Parameterization.SUBS),
                        new MaskedDenoising.Options(Toys.LETTERS, new LogLinear(0), true),
                        new Philox(5));
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            Objective.Forward zeros = recording(new ArrayList<>(), new ArrayList<>());
            assertEquals(
                    "schedule must have a finite sigma at every time, got Infinity at t = 1.0; give"
                            + " log-linear an eps above 0, or train without time conditioning",
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> objective.loss(zeros, new int[] {0}, 0, manager))
                            .getMessage());
        }
    }
}
