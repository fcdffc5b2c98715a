package dev.tiller.sampler.masked;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.Denoiser;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Prediction;
import dev.tiller.sampler.ReverseProcess;
import dev.tiller.sampler.State;
import dev.tiller.sampler.exact.ChiSquare;
import dev.tiller.sampler.exact.TableChain;
import dev.tiller.sampler.exact.TableDenoiser;
import dev.tiller.sampler.exact.TableRuns;
import dev.tiller.sampler.masked.MaskedDiffusion.Options;
import dev.tiller.sampler.schedule.LogLinear;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MaskedProcessIT {
    private static final int STEPS = 6;
    private static final TableChain CHAIN = new TableChain(2024, false);
    private static final int[] ALL_STATES = IntStream.range(0, TableChain.STATES).toArray();

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

    private MaskedDiffusion ancestral(Denoiser denoiser) {
        return new MaskedDiffusion(
                denoiser,
                new LogLinear(1e-3),
                TableChain.LENGTH,
                manager,
                Options.published(STEPS));
    }

    private FirstHitting firstHitting(Denoiser denoiser) {
        return new FirstHitting(denoiser, new LogLinear(1e-3), TableChain.LENGTH, manager);
    }

    @Test
    void thePriorIsAllMasks() {
        State prior =
                ancestral(new TableDenoiser(CHAIN))
                        .prior(new long[] {5, 6}, new int[] {1, 0}, new Philox(1), manager);
        assertEquals(new Shape(2, TableChain.LENGTH), prior.array(0).getShape());
        assertEquals(DataType.INT64, prior.array(0).getDataType());
        assertArrayEquals(new int[] {255, 255}, TableRuns.numbers(prior));
        assertArrayEquals(new long[] {5, 6}, prior.sampleIds());
        assertArrayEquals(new int[] {1, 0}, prior.chains());
    }

    @Test
    void predictsEachRowAtTheTimeOfItsStep() {
        TableDenoiser denoiser = new TableDenoiser(new TableChain(2024, true));
        MaskedDiffusion process = ancestral(denoiser);
        State x = TableRuns.state(new int[] {7, 255, 7}, manager);
        Prediction prediction = process.predict(x, 2, ledger, new Philox(1));
        double t = process.time(2);
        assertEquals(
                List.of(new TableDenoiser.Row(7, t), new TableDenoiser.Row(255, t)),
                denoiser.rows());
        TableChain timed = new TableChain(2024, true);
        assertArrayEquals(timed.logPosterior(7, t), prediction.row(0));
        assertArrayEquals(timed.logPosterior(255, t), prediction.row(1));
        assertArrayEquals(timed.logPosterior(7, t), prediction.row(2));
        process.predict(x, 3, ledger, new Philox(1)); // another time, so all is evaluated again
        assertEquals(4, denoiser.rows().size());
    }

    /** Equal rows of different samples have different hitting times. */
    @Test
    void firstHittingPredictsEachRowAtItsOwnTime() {
        TableDenoiser denoiser = new TableDenoiser(new TableChain(2024, true));
        FirstHitting process = firstHitting(denoiser);
        Philox noise = new Philox(1);
        process.predict(TableRuns.state(new int[] {7, 7}, manager), 2, ledger, noise);
        assertEquals(
                List.of(
                        new TableDenoiser.Row(7, process.time(2, 0, 0, noise)),
                        new TableDenoiser.Row(7, process.time(2, 1, 0, noise))),
                denoiser.rows());
    }

    @Test
    void theModeKeepsLettersAndFillsMasks() {
        MaskedDiffusion process = ancestral(new TableDenoiser(CHAIN));
        State x = TableRuns.state(ALL_STATES, manager);
        Prediction prediction = process.predict(x, 0, ledger, new Philox(1));
        State mode = process.posteriorMode(x, prediction, 0, manager);
        int[] expected = IntStream.of(ALL_STATES).map(state -> CHAIN.modeOf(state, 0)).toArray();
        assertArrayEquals(expected, TableRuns.numbers(mode));
        assertArrayEquals(x.sampleIds(), mode.sampleIds());
        assertArrayEquals(ALL_STATES, TableRuns.numbers(x)); // the argument is not written to
    }

    @Test
    void theModeTakesTheFirstLetterOnTies() {
        MaskedDiffusion process = ancestral(new TableDenoiser(CHAIN));
        State x = TableRuns.state(new int[] {TableChain.START}, manager);
        float[] row = {-1, -1, -1, -2, -1, -1, -2, -2, -1, -3, -2, -2};
        State mode = process.posteriorMode(x, new Prediction(List.of(row)), 0, manager);
        assertArrayEquals(new long[] {0, 1, 2, 1}, mode.array(0).toLongArray());
    }

    /**
     * Draws of p(x0 | xt) from masks only and from letters at positions 0 and 2. Seed 3, n = 40,000
     * sample ids, chi-square, false alarm 1e-6 each.
     */
    @Test
    void posteriorDrawsFollowTheFactorisedPosterior() {
        for (int state : new int[] {TableChain.START, 0b01_11_10_11}) {
            double[][] kernel = CHAIN.reveal(0, 0);
            int[] rows = new int[40_000];
            Arrays.fill(rows, state);
            MaskedDiffusion process = ancestral(new TableDenoiser(CHAIN));
            State x = TableRuns.state(rows, manager);
            Prediction prediction = process.predict(x, 0, ledger, new Philox(3));
            State drawn = process.posteriorDraw(x, prediction, 0, 0, new Philox(3), manager);
            long[] counts = new long[TableChain.STATES];
            IntStream.of(TableRuns.numbers(drawn)).forEach(y -> counts[y]++);
            ChiSquare.assertFits("posterior draws from " + state, counts, kernel[state]);
            ChiSquare.assertRejects(
                    "posterior draws from " + state + " of a wrong table",
                    counts,
                    CHAIN.at(1.3).reveal(0, 0)[state]);
        }
    }

    @Test
    void posteriorDrawsAreAddressedBySampleIndexAndDraw() {
        MaskedDiffusion process = ancestral(new TableDenoiser(CHAIN));
        long[] ids = new long[400];
        Arrays.setAll(ids, i -> i / 2);
        int[] rows = new int[ids.length];
        Arrays.fill(rows, TableChain.START);
        State x = TableRuns.state(rows, ids, manager);
        Prediction prediction = process.predict(x, 1, ledger, new Philox(3));
        int[] first = drawn(process, x, prediction, 1, 0);
        for (int i = 0; i < first.length; i += 2) {
            assertEquals(first[i], first[i + 1]); // equal rows of one sample
        }
        assertArrayEquals(first, drawn(process, x, prediction, 1, 0));
        // 200 ids, 81 designs: all equal by chance is out of the question
        assertFalse(Arrays.equals(first, drawn(process, x, prediction, 1, 1)));
        assertFalse(Arrays.equals(first, drawn(process, x, prediction, 2, 0)));
        assertTrue(IntStream.of(first).distinct().count() > 10);
    }

    private int[] drawn(MaskedDiffusion process, State x, Prediction p, int index, int draw) {
        return TableRuns.numbers(process.posteriorDraw(x, p, index, draw, new Philox(3), manager));
    }

    @Test
    void logProbabilityIsTheDefinitionForAllPairsOfStates() {
        List<double[][]> kernels = CHAIN.ancestral(STEPS, 1e-5);
        for (int step : new int[] {0, STEPS - 1}) {
            assertLogProbabilities(ancestral(new TableDenoiser(CHAIN)), step, kernels.get(step));
        }
        assertLogProbabilities(firstHitting(new TableDenoiser(CHAIN)), 1, CHAIN.firstHit());
    }

    private void assertLogProbabilities(ReverseProcess process, int step, double[][] kernel) {
        for (int x = 0; x < TableChain.STATES; x++) {
            int[] repeated = new int[TableChain.STATES];
            Arrays.fill(repeated, x);
            try (State from = TableRuns.state(repeated, manager);
                    State to = TableRuns.state(ALL_STATES, manager)) {
                Prediction prediction = process.predict(from, step, ledger, new Philox(1));
                double[] logs = process.propose(from, prediction, step).logProbability(to);
                for (int y = 0; y < TableChain.STATES; y++) {
                    assertEquals(kernel[x][y], Math.exp(logs[y]), 2e-7);
                    assertEquals(kernel[x][y] == 0, logs[y] == Double.NEGATIVE_INFINITY);
                }
            }
        }
    }

    @Test
    void refusesDenoisersThatReturnNoLogProbabilities() {
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            IllegalStateException e =
                    assertThrows(
                            IllegalStateException.class,
                            () -> predict(new Constant(bad, TableChain.LETTERS)));
            assertEquals(
                    "the denoiser must return log-probabilities, got " + bad + " at t = 1.0",
                    e.getMessage());
        }
    }

    @Test
    void refusesDenoisersThatReturnAnotherShape() {
        IllegalStateException e =
                assertThrows(
                        IllegalStateException.class,
                        () -> predict(new Constant(-1, TableChain.LETTERS + 1)));
        assertEquals("the denoiser must return shape (1, 4, 3), got (1, 4, 4)", e.getMessage());
    }

    private void predict(Denoiser denoiser) {
        State x = TableRuns.state(new int[] {TableChain.START}, manager);
        ancestral(denoiser).predict(x, 0, ledger, new Philox(1));
    }

    /** Returns one value at all positions, for a number of tokens that may be wrong. */
    private record Constant(float value, int width) implements Denoiser {
        @Override
        public NDArray logPosterior(NDArray xt, double[] t) {
            return xt.getManager().full(new Shape(t.length, TableChain.LENGTH, width), value);
        }

        @Override
        public boolean dependsOnTime() {
            return false;
        }

        @Override
        public int cleanTokens() {
            return TableChain.LETTERS;
        }
    }
}
