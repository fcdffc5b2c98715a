package dev.tiller.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.sampler.schedule.LogLinear;
import dev.tiller.zoo.architecture.ConvGru;
import dev.tiller.zoo.architecture.DnaConv;
import dev.tiller.zoo.architecture.NamedBlock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Networks as denoisers and value networks: rows, threads, memory. */
class NetworkIT {
    private static final int LENGTH = 50;
    private static final int ROWS = 33;
    private static final int CLEAN_TOKENS = 4;

    private static NetworkDenoiser denoiser;
    private static NetworkValue value;
    private static long[] tokens;
    private static double[] times;
    private static float[] posteriors;
    private static float[] values;

    @BeforeAll
    static void load() {
        denoiser =
                new NetworkDenoiser(
                        network(new DnaConv(new DnaConv.Config(32, 1, CLEAN_TOKENS, 0, false, 0))),
                        new LogLinear(1e-3),
                        new NetworkDenoiser.Options(CLEAN_TOKENS, true, OptionalInt.empty()));
        value =
                new NetworkValue(
                        network(new ConvGru(new ConvGru.Config(16, 7, 5, 3, 2, true, true, 0.1))),
                        CLEAN_TOKENS,
                        new ModelConfig.Target(2, 3));
        double[] uniforms = new double[ROWS * LENGTH + ROWS];
        new Philox(2).fill(0, 0, Purpose.TRAINING_INPUT, 0, uniforms);
        tokens = new long[ROWS * LENGTH];
        Arrays.setAll(tokens, i -> (long) (uniforms[i] * (CLEAN_TOKENS + 1)));
        times = Arrays.copyOfRange(uniforms, ROWS * LENGTH, uniforms.length);
        posteriors = posteriors(0, ROWS);
        values = values(0, ROWS);
    }

    @AfterAll
    static void close() {
        denoiser.close();
        value.close();
    }

    private static Network network(NamedBlock block) {
        try (NDManager manager = NDManager.newBaseManager()) {
            block.initialize(new Philox(1), manager);
            return new Network(block, block.weights(), Device.cpu(), "digest");
        }
    }

    private static float[] posteriors(int start, int end) {
        try (NDManager manager = NDManager.newBaseManager()) {
            double[] t = Arrays.copyOfRange(times, start, end);
            return denoiser.logPosterior(rows(manager, start, end), t).toFloatArray();
        }
    }

    private static float[] values(int start, int end) {
        try (NDManager manager = NDManager.newBaseManager()) {
            return value.values(rows(manager, start, end)).toFloatArray();
        }
    }

    private static NDArray rows(NDManager manager, int start, int end) {
        long[] part = Arrays.copyOfRange(tokens, start * LENGTH, end * LENGTH);
        return manager.create(part, new Shape(end - start, LENGTH));
    }

    private static void assertRowsEqual(int start, int end) {
        int width = LENGTH * CLEAN_TOKENS;
        assertArrayEquals(
                Arrays.copyOfRange(posteriors, start * width, end * width), posteriors(start, end));
        assertArrayEquals(Arrays.copyOfRange(values, start, end), values(start, end));
    }

    @Test
    void rowsDoNotDependOnTheirBatch() {
        for (int size : new int[] {1, 7, 16, 32}) {
            for (int start = 0; start + size <= ROWS; start += size) {
                assertRowsEqual(start, start + size);
            }
        }
    }

    @Test
    void threadsGetTheSameBytes() throws InterruptedException, ExecutionException {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Future<?>> calls = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                int start = i;
                calls.add(threads.submit(() -> assertRowsEqual(start, start + 7)));
            }
            for (Future<?> call : calls) {
                call.get();
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void threadsMayShareAnInput() throws InterruptedException, ExecutionException {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray shared = rows(manager, 0, ROWS);
            List<Future<float[]>> calls = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                calls.add(
                        threads.submit(
                                () -> {
                                    try (NDArray result = value.values(shared)) {
                                        return result.toFloatArray();
                                    }
                                }));
            }
            for (Future<float[]> call : calls) {
                assertArrayEquals(values, call.get());
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void posteriorsAreNormalised() {
        for (int i = 0; i < posteriors.length; i += CLEAN_TOKENS) {
            double sum = 0;
            for (int k = 0; k < CLEAN_TOKENS; k++) {
                sum += Math.exp(posteriors[i + k]);
            }
            assertEquals(1, sum, 1e-5);
        }
    }

    @Test
    void timeMattersOnlyWithTimeConditioning() {
        NetworkDenoiser blind =
                new NetworkDenoiser(
                        denoiser.network(),
                        denoiser.schedule(),
                        new NetworkDenoiser.Options(CLEAN_TOKENS, false, OptionalInt.empty()));
        assertTrue(denoiser.dependsOnTime());
        assertFalse(blind.dependsOnTime());
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray xt = rows(manager, 0, 1);
            float[] early = blind.logPosterior(xt, new double[] {0.9}).toFloatArray();
            assertArrayEquals(early, blind.logPosterior(xt, new double[] {0.1}).toFloatArray());
            float[] told = denoiser.logPosterior(xt, new double[] {0.9}).toFloatArray();
            assertFalse(Arrays.equals(early, told));
        }
    }

    @Test
    void callsLeaveOnlyTheirResult() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray xt = rows(manager, 0, ROWS);
            NDManager valueWeights = owner(value.network());
            NDManager denoiserWeights = owner(denoiser.network());
            int before = manager.getManagedArrays().size();
            int beforeValue = valueWeights.getManagedArrays().size();
            int beforeDenoiser = denoiserWeights.getManagedArrays().size();
            for (int i = 0; i < 3; i++) {
                value.values(xt).close();
                denoiser.logPosterior(xt, times).close();
            }
            assertEquals(before, manager.getManagedArrays().size());
            assertEquals(beforeValue, valueWeights.getManagedArrays().size());
            assertEquals(beforeDenoiser, denoiserWeights.getManagedArrays().size());
            assertEquals(new Shape(ROWS, LENGTH), xt.getShape());
        }
    }

    private static NDManager owner(Network network) {
        return network.block().weights().values().iterator().next().getManager();
    }

    @Test
    void refusesUnequalRows() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray xt = rows(manager, 0, 2);
            assertEquals(
                    "t must have one time for each of the 2 rows, got 1",
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> denoiser.logPosterior(xt, new double[1]))
                            .getMessage());
        }
    }
}
