package dev.tiller.guidance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Prediction;
import dev.tiller.sampler.State;
import dev.tiller.sampler.decoder.Svdd;
import dev.tiller.sampler.exact.ChiSquare;
import dev.tiller.sampler.exact.ExactLaw;
import dev.tiller.sampler.exact.TableChain;
import dev.tiller.sampler.exact.TableDenoiser;
import dev.tiller.sampler.exact.TableRuns;
import dev.tiller.sampler.masked.MaskedDiffusion;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PosteriorMeanValueIT {
    private static final TableChain CHAIN = new TableChain(2024, true);

    private final TableReward reward = new TableReward(98);
    private NDManager manager;
    private Ledger ledger;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager();
        ledger = new Ledger(TableRuns.ORDINARY);
    }

    @AfterEach
    void close() {
        ledger.close();
        manager.close();
    }

    private PosteriorMeanValue value(int draws) {
        return new PosteriorMeanValue(
                GuidedChain.process(new TableDenoiser(CHAIN), manager),
                reward.clean(),
                draws,
                manager);
    }

    private static int[] allStates(int times) {
        return IntStream.range(0, TableChain.STATES * times)
                .map(row -> row % TableChain.STATES)
                .toArray();
    }

    @Test
    void withoutDrawsItIsTheRewardOfTheMode() {
        State x = TableRuns.state(allStates(1), manager);
        for (int index : new int[] {0, 3, GuidedChain.STEPS}) {
            double t = GuidedChain.time(index);
            double[] expected =
                    IntStream.range(0, TableChain.STATES)
                            .mapToDouble(state -> reward.table()[CHAIN.modeOf(state, t)])
                            .toArray();
            assertArrayEquals(expected, value(0).estimate(x, index, ledger, new Philox(1)));
        }
    }

    /**
     * The mean of 16 estimates of 256 draws, for each of the 256 states, against E[r(x0) | xt]
     * under the factorised posterior: seed 1, n = 4096 draws in [0, 1] per state. By Hoeffding's
     * bound the largest error exceeds 0.05 with a chance of at most 512 exp(-2 n 0.05^2) = 7e-7.
     */
    @Test
    void withDrawsItTendsToThePosteriorMean() {
        int index = 2;
        int times = 16;
        double[][] posterior = CHAIN.reveal(0, GuidedChain.time(index));
        List<double[][]> one = Collections.singletonList(posterior);
        double[] expected = ExactLaw.backward(one, reward.table())[0];
        State x = TableRuns.state(allStates(times), manager);
        double[] estimates = value(256).estimate(x, index, ledger, new Philox(1));
        double worst = 0;
        double furthestMode = 0;
        for (int state = 0; state < TableChain.STATES; state++) {
            double mean = 0;
            for (int i = 0; i < times; i++) {
                mean += estimates[i * TableChain.STATES + state] / times;
            }
            worst = Math.max(worst, Math.abs(mean - expected[state]));
            double mode = reward.table()[CHAIN.modeOf(state, GuidedChain.time(index))];
            furthestMode = Math.max(furthestMode, Math.abs(mode - expected[state]));
        }
        System.err.printf(
                "posterior mean: worst error %.4f, of the mode %.4f%n", worst, furthestMode);
        assertTrue(worst < 0.05);
        assertTrue(furthestMode > 0.2); // the two forms are told apart
    }

    @Test
    void cleanStatesHaveTheirReward() {
        int[] clean = IntStream.of(allStates(1)).filter(TableChain::isClean).toArray();
        double[] expected = IntStream.of(clean).mapToDouble(x -> reward.table()[x]).toArray();
        State x = TableRuns.state(clean, manager);
        int last = GuidedChain.STEPS;
        assertArrayEquals(expected, value(0).estimate(x, last, ledger, new Philox(1)));
        assertArrayEquals(expected, value(1).estimate(x, last, ledger, new Philox(1)));
        assertArrayEquals(expected, value(3).estimate(x, last, ledger, new Philox(1)), 1e-15);
    }

    @Test
    void isTheMeanOfItsDraws() {
        PosteriorMeanValue three = value(3);
        State x = TableRuns.state(allStates(1), manager);
        MaskedDiffusion process = GuidedChain.process(new TableDenoiser(CHAIN), manager);
        Philox noise = new Philox(5);
        Prediction prediction = process.predict(x, 1, ledger, noise);
        double[] expected = new double[x.rows()];
        for (int draw = 0; draw < 3; draw++) {
            int[] x0 =
                    TableRuns.numbers(
                            process.posteriorDraw(x, prediction, 1, draw, noise, manager));
            for (int row = 0; row < expected.length; row++) {
                expected[row] += reward.table()[x0[row]] / 3;
            }
        }
        assertArrayEquals(expected, three.estimate(x, 1, ledger, noise), 1e-15);
    }

    @Test
    void candidatesOfOneSampleShareTheirDraws() {
        int[] masks = {TableChain.START, TableChain.START, TableChain.START};
        State x = TableRuns.state(masks, new long[] {7, 7, 8}, manager);
        double[] values = value(5).estimate(x, 0, ledger, new Philox(1));
        assertEquals(values[0], values[1]);
        assertNotEquals(values[0], values[2]);
    }

    /**
     * SVDD-PM, M = 2 and tau = 0.2, against its exact law: the value of a state is the reward of
     * its mode at its own time. Seed 19, n = 20,000, chi-square over 81 designs, false alarm 1e-6.
     */
    @Test
    void guidesToItsExactLaw() {
        double tau = 0.2;
        List<double[][]> kernels = GuidedChain.kernels(CHAIN);
        List<double[][]> guided = GuidedChain.kernels(CHAIN);
        for (int i = 0; i < GuidedChain.STEPS; i++) {
            double t = GuidedChain.time(i + 1);
            double[] weights = new double[TableChain.STATES];
            Arrays.setAll(weights, x -> Math.exp(reward.table()[CHAIN.modeOf(x, t)] / tau));
            guided.set(i, ExactLaw.guided(kernels.get(i), weights, 2));
        }
        long[] counts =
                TableRuns.histogram(
                        new Svdd(2, tau, value(0)),
                        GuidedChain.process(new TableDenoiser(CHAIN), manager),
                        20_000,
                        19,
                        manager);
        ChiSquare.assertFits("SVDD-PM, M = 2", counts, ExactLaw.forward(guided));
        ChiSquare.assertRejects(
                "SVDD-PM, M = 2, against the unguided law", counts, ExactLaw.forward(kernels));
    }

    @Test
    void refusesDrawsOutOfRange() {
        for (int draws : new int[] {-1, 1025}) {
            IllegalArgumentException e =
                    assertThrows(IllegalArgumentException.class, () -> value(draws));
            assertEquals("draws must be in [0, 1024], got " + draws, e.getMessage());
        }
    }
}
