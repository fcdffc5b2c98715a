package dev.tiller.guidance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.Guidance;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Prediction;
import dev.tiller.sampler.Proposal;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.ReverseProcess;
import dev.tiller.sampler.SoftValue;
import dev.tiller.sampler.State;
import dev.tiller.sampler.exact.ExactLaw;
import dev.tiller.sampler.exact.ExactValue;
import dev.tiller.sampler.exact.TableChain;
import dev.tiller.sampler.exact.TableDenoiser;
import dev.tiller.sampler.exact.TableRuns;
import dev.tiller.sampler.masked.FirstHitting;
import dev.tiller.sampler.schedule.LogLinear;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ExactGuidanceIT {
    private static final int STATES = TableChain.STATES;
    private static final double TAU = 0.3;
    private static final Randomness NOISE = new Philox(1);

    private final TableChain chain = new TableChain(2024, false);
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

    private FirstHitting firstHitting() {
        return new FirstHitting(
                new TableDenoiser(chain), new LogLinear(1e-3), TableChain.LENGTH, manager);
    }

    private State allStates() {
        return TableRuns.state(IntStream.range(0, STATES).toArray(), manager);
    }

    /** The transition matrix of a guided step, from the log-probabilities of all next states. */
    private double[][] kernel(ReverseProcess process, Guidance guidance, int step) {
        State x = allStates();
        Prediction prediction = process.predict(x, step, ledger, NOISE);
        List<float[]> tilt = guidance.tilt(x, prediction, step, ledger, NOISE);
        Proposal proposal = process.propose(x, prediction, step).tilted(tilt);
        double[][] kernel = new double[STATES][STATES];
        for (int y = 0; y < STATES; y++) {
            int[] next = new int[STATES];
            Arrays.fill(next, y);
            try (State to = TableRuns.state(next, manager)) {
                double[] logs = proposal.logProbability(to);
                for (int from = 0; from < STATES; from++) {
                    kernel[from][y] = Math.exp(logs[from]);
                }
            }
        }
        return kernel;
    }

    /**
     * A first-hitting step changes one position, so the tilt of its single changes is the optimal
     * policy p(xs | xt) exp(v(xs) / tau), and with the exact soft value the designs follow p(x0)
     * exp(r / tau) to the rounding of the tilt to float32. By enumeration; for any reward.
     */
    @Test
    void firstHittingFollowsTheTiltedLaw() {
        double[] rewards = new TableReward(98).table();
        List<double[][]> plain = Collections.nCopies(TableChain.LENGTH, chain.firstHit());
        SoftValue value = ExactValue.of(plain, rewards, TAU);
        FirstHitting process = firstHitting();
        List<double[][]> guided = new ArrayList<>();
        for (int step = 0; step < process.steps(); step++) {
            guided.add(kernel(process, new ExactGuidance(value, 1 / TAU), step));
        }
        double[] law = ExactLaw.forward(plain);
        double[] expected = ExactLaw.tilted(law, rewards, TAU);
        double[] actual = ExactLaw.forward(guided);
        assertTrue(ExactLaw.totalVariation(expected, actual) < 1e-6);
        assertTrue(ExactLaw.totalVariation(expected, law) > 0.1); // there is something to do
    }

    /**
     * An ancestral step changes several positions at once; it is the optimal policy if the value is
     * a sum over positions.
     */
    @Test
    void additiveValuesGuideAncestralStepsExactly() {
        SmoothModels.LinearValue additive = new SmoothModels.LinearValue(4);
        LearnedValue value = new LearnedValue(additive, manager);
        ReverseProcess process = GuidedChain.process(new TableDenoiser(chain), manager);
        double[] values = value.estimate(allStates(), 0, ledger, NOISE);
        double[][] plain = chain.ancestral(GuidedChain.STEPS, 1e-5).get(2);
        double[][] actual = kernel(process, new ExactGuidance(value, 1 / TAU), 2);
        for (int x = 0; x < STATES; x++) {
            double[] expected = ExactLaw.tilted(plain[x], values, TAU);
            assertTrue(ExactLaw.totalVariation(expected, actual[x]) < 1e-5, "state " + x);
        }
    }

    @Test
    void tiltsLettersOfMaskedPositionsAlone() {
        SoftValue value = ExactValue.ofTable(new TableReward(7).table());
        FirstHitting process = firstHitting();
        State x = allStates();
        long[] tokens = x.array(0).toLongArray();
        Prediction prediction = process.predict(x, 0, ledger, NOISE);
        List<float[]> tilt = new ExactGuidance(value, 2).tilt(x, prediction, 0, ledger, NOISE);
        for (int i = 0; i < tokens.length; i++) {
            float[] row = tilt.get(i / TableChain.LENGTH);
            int first = i % TableChain.LENGTH * (TableChain.LETTERS + 1);
            assertEquals(0, row[first + TableChain.LETTERS]);
            for (int k = 0; k < TableChain.LETTERS; k++) {
                boolean masked = tokens[i] == TableChain.LETTERS;
                assertEquals(masked, row[first + k] != 0);
            }
        }
    }

    @Test
    void valuesAreThoseOfTheNextIndex() {
        List<Integer> indices = new ArrayList<>();
        SoftValue recorder =
                (x, index, counted, noise) -> {
                    indices.add(index);
                    return new double[x.rows()];
                };
        FirstHitting process = firstHitting();
        State x = allStates();
        Prediction prediction = process.predict(x, 2, ledger, NOISE);
        new ExactGuidance(recorder, 1).tilt(x, prediction, 2, ledger, NOISE);
        assertEquals(List.of(3), indices);
    }

    /** 1024 states ask for more than 8192 values, so they are cut into several requests. */
    @Test
    void aRowDoesNotDependOnTheBatch() {
        SoftValue value = ExactValue.ofTable(new TableReward(7).table());
        ExactGuidance guidance = new ExactGuidance(value, 2);
        FirstHitting process = firstHitting();
        State x =
                TableRuns.state(
                        IntStream.range(0, 4 * STATES).map(i -> i % 256).toArray(), manager);
        Prediction prediction = process.predict(x, 0, ledger, NOISE);
        List<float[]> all = guidance.tilt(x, prediction, 0, ledger, NOISE);
        for (int row : new int[] {0, 255, 700, 1023}) {
            State one = x.select(new int[] {row}, manager);
            Prediction own = new Prediction(List.of(prediction.row(row)));
            assertArrayEquals(all.get(row), guidance.tilt(one, own, 0, ledger, NOISE).get(0));
        }
    }

    @Test
    void strengthZeroCostsNothing() {
        SoftValue never =
                (x, index, counted, noise) -> {
                    throw new UnsupportedOperationException();
                };
        FirstHitting process = firstHitting();
        State x = allStates();
        Prediction prediction = process.predict(x, 0, ledger, NOISE);
        assertNull(new ExactGuidance(never, 0).tilt(x, prediction, 0, ledger, NOISE));
    }

    @Test
    void whatIsNotFiniteIsRefused() {
        SoftValue zero = (x, index, counted, noise) -> new double[x.rows()];
        assertEquals(
                "strength must be finite, got NaN",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> new ExactGuidance(zero, Double.NaN))
                        .getMessage());
        SoftValue broken =
                (x, index, counted, noise) -> {
                    double[] values = new double[x.rows()];
                    values[1] = Double.NaN;
                    return values;
                };
        FirstHitting process = firstHitting();
        State x = allStates();
        Prediction prediction = process.predict(x, 1, ledger, NOISE);
        assertEquals(
                "values must be finite for guidance, got others at step 1",
                assertThrows(
                                IllegalStateException.class,
                                () ->
                                        new ExactGuidance(broken, 1)
                                                .tilt(x, prediction, 1, ledger, NOISE))
                        .getMessage());
    }
}
