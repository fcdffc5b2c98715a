package dev.tiller.guidance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.Decoder;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Prediction;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.State;
import dev.tiller.sampler.StepListener;
import dev.tiller.sampler.decoder.Ancestral;
import dev.tiller.sampler.exact.TableChain;
import dev.tiller.sampler.exact.TableRuns;
import dev.tiller.sampler.masked.MaskedDiffusion;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TaylorGuidanceIT {
    private static final Randomness NOISE = new Philox(1);
    private static final int N = 15;

    private NDManager root;
    private NDManager manager;
    private NDManager devices;
    private Ledger ledger;

    @BeforeEach
    void open() {
        root = NDManager.newBaseManager();
        manager = root.newSubManager();
        devices = root.newSubManager();
        devices.cap(); // throws if anything but a sub-manager is attached to it
        ledger = new Ledger(TableRuns.ORDINARY);
    }

    @AfterEach
    void close() {
        ledger.close();
        root.close();
    }

    private void requireEqual(DifferentiableValue value, MaskedDiffusion process) {
        State x = TableRuns.state(IntStream.range(0, TableChain.STATES).toArray(), manager);
        Prediction prediction = process.predict(x, 1, ledger, NOISE);
        List<float[]> exact = new ExactGuidance(value, 2).tilt(x, prediction, 1, ledger, NOISE);
        List<float[]> taylor = new TaylorGuidance(value, 2).tilt(x, prediction, 1, ledger, NOISE);
        double largest = 0;
        for (int row = 0; row < TableChain.STATES; row++) {
            assertArrayEquals(exact.get(row), taylor.get(row), 1e-5f, "state " + row);
            for (float g : exact.get(row)) {
                largest = Math.max(largest, Math.abs(g));
            }
        }
        assertTrue(largest > 0.5);
    }

    @Test
    void equalsExactGuidanceForALinearValue() {
        requireEqual(
                new DifferentiableLearnedValue(new SmoothModels.LinearValue(4), devices),
                GuidedChain.process(new SmoothModels.Denoiser(3, 1, false), devices));
    }

    /** Between mask and letter the soft posterior is linear, as far as the denoiser stays put. */
    @Test
    void equalsExactGuidanceForALinearRewardAndADenoiserThatSeesNothing() {
        MaskedDiffusion process =
                GuidedChain.process(new SmoothModels.Denoiser(3, 0, true), devices);
        requireEqual(
                new SoftPosteriorValue(process, new SmoothModels.Reward(5, true), "ABC"), process);
    }

    private int[] designs(boolean timed, boolean soft, int batch, Ledger.Options options) {
        MaskedDiffusion process =
                GuidedChain.process(new SmoothModels.Denoiser(3, 0.7, timed), devices);
        DifferentiableValue value =
                soft
                        ? new SoftPosteriorValue(process, new SmoothModels.Reward(5, false), "ABC")
                        : new DifferentiableLearnedValue(new SmoothModels.LinearValue(4), devices);
        return TableRuns.designs(
                new Ancestral(new TaylorGuidance(value, 1)),
                process,
                LongStream.range(0, N).toArray(),
                batch,
                41,
                options,
                manager);
    }

    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    void designsDependOnNothingButTheirId(boolean timed, boolean soft) {
        int[] expected = designs(timed, soft, N, new Ledger.Options(1, 1000, false));
        for (int batch : new int[] {1, 7, N}) {
            for (int threads : new int[] {1, 2}) {
                for (boolean savings : new boolean[] {true, false}) {
                    Ledger.Options options = new Ledger.Options(threads, 3, savings);
                    int[] actual = designs(timed, soft, batch, options);
                    assertArrayEquals(expected, actual, "batch " + batch + ", " + options);
                }
            }
        }
        assertTrue(Arrays.stream(expected).distinct().count() > 3);
    }

    /** 200 designs of seed 41: the mean reward is higher with guidance. */
    @Test
    void guidanceRaisesTheReward() {
        SmoothModels.Reward reward = new SmoothModels.Reward(5, false);
        MaskedDiffusion process =
                GuidedChain.process(new SmoothModels.Denoiser(3, 0.7, false), devices);
        SoftPosteriorValue value = new SoftPosteriorValue(process, reward, "ABC");
        double before = Double.NEGATIVE_INFINITY;
        for (double strength : new double[] {0, 1}) {
            Decoder decoder = new Ancestral(new TaylorGuidance(value, strength));
            long[] ids = LongStream.range(0, 200).toArray();
            try (State x0 =
                    decoder.decode(
                            process, ids, new Philox(41), ledger, manager, StepListener.NONE)) {
                CleanReward clean = new CleanReward(reward, DesignReader.ofTokens("ABC"));
                double[] scores = clean.estimate(x0, GuidedChain.STEPS, ledger, NOISE);
                double mean = Arrays.stream(scores).average().orElseThrow();
                assertTrue(mean > before + 0.1, mean + " at strength " + strength);
                before = mean;
            }
        }
    }

    @Test
    void cleanStatesAndStrengthZeroCostNothing() {
        DifferentiableValue value =
                new DifferentiableLearnedValue(new SmoothModels.LinearValue(4), devices);
        MaskedDiffusion process =
                GuidedChain.process(new SmoothModels.Denoiser(3, 1, false), devices);
        State x = TableRuns.state(new int[] {0, TableChain.START}, manager);
        Prediction prediction = process.predict(x, 0, ledger, NOISE);
        assertNull(new TaylorGuidance(value, 0).tilt(x, prediction, 0, ledger, NOISE));
        assertEquals(0, ledger.rows(Ledger.Account.GRADIENT));
        List<float[]> tilt = new TaylorGuidance(value, 1).tilt(x, prediction, 0, ledger, NOISE);
        assertEquals(1, ledger.rows(Ledger.Account.GRADIENT));
        assertArrayEquals(new float[SmoothModels.COLUMNS], tilt.get(0));
        assertEquals(
                "strength must be finite, got Infinity",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> new TaylorGuidance(value, Double.POSITIVE_INFINITY))
                        .getMessage());
    }

    /** Managers count the arrays of their children. */
    @Test
    void twentyTiltsLeaveNothingBehind() {
        MaskedDiffusion process =
                GuidedChain.process(new SmoothModels.Denoiser(3, 0.7, true), devices);
        List<DifferentiableValue> values =
                List.of(
                        new SoftPosteriorValue(process, new SmoothModels.Reward(5, false), "ABC"),
                        new DifferentiableLearnedValue(new SmoothModels.LinearValue(4), devices));
        State x = TableRuns.state(new int[] {0, 9, TableChain.START}, manager);
        int before = root.getManagedArrays().size();
        for (DifferentiableValue value : values) {
            for (int i = 0; i < 20; i++) {
                ledger.forget();
                Prediction prediction = process.predict(x, 1, ledger, NOISE);
                new TaylorGuidance(value, 1).tilt(x, prediction, 1, ledger, NOISE);
                new ExactGuidance(value, 1).tilt(x, prediction, 1, ledger, NOISE);
                assertEquals(before, root.getManagedArrays().size());
            }
        }
    }
}
