package dev.tiller.sampler.gaussian;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Prediction;
import dev.tiller.sampler.Proposal;
import dev.tiller.sampler.State;
import dev.tiller.sampler.StepListener;
import dev.tiller.sampler.decoder.Svdd;
import dev.tiller.sampler.exact.ChiSquare;
import dev.tiller.sampler.gaussian.Component.Layout;
import dev.tiller.sampler.gaussian.Langevin.StepSize;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The process on graphs: masks, symmetry, sizes, densities, and that rows stand alone. */
class GaussianDiffusionIT {
    private static final int NODES = 4;
    private static final int FEATURES = 3;
    private static final double[] SIZES = {0, 1, 0.5, 2};
    private static final Sde VP = Sdes.create("vp", Map.of("beta_max", 5.0));
    private static final Sde VE = Sdes.create("ve", Map.of("sigma_min", 0.1, "sigma_max", 1.0));
    private static final Component X =
            new Component(
                    "x", new Shape(NODES, FEATURES), VP, Layout.NODES, Parameterisation.NOISE);
    private static final Component ADJ =
            new Component("adj", new Shape(NODES, NODES), VE, Layout.PAIRS, Parameterisation.SCORE);

    private NDManager manager;
    private Ledger ledger;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager();
        ledger = new Ledger(new Ledger.Options(1, 64, true));
    }

    @AfterEach
    void close() {
        ledger.close();
        manager.close();
    }

    /** Mixes nodes and pairs, is not linear, and does not care for symmetry or the mask. */
    private static final class Mixing implements ScoreNetwork {
        @Override
        public NDList evaluate(NDList arrays, double[] t) {
            NDArray x = arrays.get(0);
            NDArray adj = arrays.get(1);
            NDArray mean = adj.sum(new int[] {2}, true);
            NDArray ofNodes = x.add(mean.mul(0.3)).tanh();
            NDArray nodes = x.sum(new int[] {2}, true).mul(0.2);
            NDArray ofPairs = adj.mul(-1).add(nodes).add(nodes.transpose(0, 2, 1).mul(0.5)).tanh();
            return new NDList(ofNodes, ofPairs);
        }

        @Override
        public boolean dependsOnTime() {
            return false;
        }
    }

    private GaussianDiffusion process(Predictor predictor, int corrections, StepSize stepSize) {
        return new GaussianDiffusion(
                List.of(X, ADJ),
                SIZES,
                new Mixing(),
                manager,
                new SamplerOptions(
                        6, 1e-3, predictor, 0.5, new Langevin(corrections, 0.2, 0.7, stepSize)));
    }

    private GaussianDiffusion process() {
        return process(Predictor.REVERSE, 1, StepSize.ROW);
    }

    private State decode(
            GaussianDiffusion process, long[] ids, int threads, int rowsPerCall, int candidates) {
        Svdd decoder =
                new Svdd(
                        candidates,
                        0.5,
                        (x, index, l, noise) -> {
                            double[] values = new double[x.rows()];
                            float[] all = x.array(0).toFloatArray();
                            int width = NODES * FEATURES;
                            Arrays.setAll(values, row -> all[row * width] - all[row * width + 1]);
                            return values;
                        });
        try (Ledger own = new Ledger(new Ledger.Options(threads, rowsPerCall, true))) {
            return decoder.decode(process, ids, new Philox(5), own, manager, StepListener.NONE);
        }
    }

    private static List<Object> keys(State state) {
        return state.rowKeys();
    }

    /** Equal bytes whatever else is in the batch, in the call, or on the threads. */
    @ParameterizedTest
    @CsvSource({"REVERSE, 1", "EULER, 2", "ANCESTRAL, 0", "DDIM, 1", "S4, 0"})
    void rowsStandAlone(Predictor predictor, int corrections) {
        GaussianDiffusion process = process(predictor, corrections, StepSize.ROW);
        long[] ids = LongStream.range(0, 15).toArray();
        List<Object> all = keys(decode(process, ids, 2, 4, 3));
        assertEquals(all, keys(decode(process, ids, 1, 64, 3)));
        List<Object> parts = new ArrayList<>();
        for (int start = 0; start < 15; start += 7) {
            long[] some = Arrays.copyOfRange(ids, start, Math.min(15, start + 7));
            parts.addAll(keys(decode(process, some, 1, 64, 3)));
        }
        assertEquals(all, parts);
        assertEquals(all.subList(3, 4), keys(decode(process, new long[] {3}, 1, 1, 3)));
        assertNotEquals(all.get(0), all.get(1));
    }

    /** The published step size is the batch's, and so are its designs. */
    @Test
    void theBatchStepSizeDependsOnTheBatch() {
        GaussianDiffusion process = process(Predictor.REVERSE, 1, StepSize.BATCH);
        List<Object> all = keys(decode(process, new long[] {0, 1, 2}, 1, 64, 1));
        List<Object> one = keys(decode(process, new long[] {0}, 1, 64, 1));
        assertNotEquals(all.get(0), one.get(0));
        State x = process.prior(new long[] {0}, new int[1], new Philox(1), manager);
        Prediction prediction = process.predict(x, 0, ledger, new Philox(1));
        Proposal proposal = process.propose(x, prediction, 0);
        UnsupportedOperationException e =
                assertThrows(UnsupportedOperationException.class, () -> proposal.logProbability(x));
        assertEquals(
                "a corrector whose step size is that of the batch has no density; use the step"
                        + " size of each row",
                e.getMessage());
    }

    @Test
    void statesAreSymmetricAndEmptyWhereNothingExists() {
        GaussianDiffusion process = process();
        assertEquals(11, process.steps());
        long[] ids = LongStream.range(0, 40).toArray();
        requireGraphs(process.prior(ids, new int[40], new Philox(5), manager));
        State x0 = decode(process, ids, 1, 64, 2);
        requireGraphs(x0);
        requireGraphs(process.corrupt(x0, 4, new Philox(5), manager));
        Prediction prediction = process.predict(x0, 11, ledger, new Philox(5));
        requireGraphs(process.posteriorMode(x0, prediction, 11, manager));
        requireGraphs(process.posteriorDraw(x0, prediction, 11, 1, new Philox(5), manager));
    }

    private static void requireGraphs(State state) {
        float[] x = state.array(0).toFloatArray();
        float[] adj = state.array(1).toFloatArray();
        float[] mask = state.array(2).toFloatArray();
        for (int row = 0; row < state.rows(); row++) {
            for (int i = 0; i < NODES; i++) {
                boolean exists = mask[row * NODES + i] == 1;
                for (int f = 0; f < FEATURES; f++) {
                    assertEquals(exists, x[(row * NODES + i) * FEATURES + f] != 0);
                }
                for (int j = 0; j < NODES; j++) {
                    float weight = adj[(row * NODES + i) * NODES + j];
                    assertEquals(weight, adj[(row * NODES + j) * NODES + i]);
                    boolean pair = exists && mask[row * NODES + j] == 1 && i != j;
                    assertEquals(pair, weight != 0);
                }
            }
        }
    }

    @Test
    void sizesFollowTheirWeights() {
        int n = 5000;
        long[] ids = LongStream.range(0, n).toArray();
        State x = process().prior(ids, new int[n], new Philox(5), manager);
        float[] mask = x.array(2).toFloatArray();
        long[] counts = new long[NODES];
        double[] squares = new double[1];
        float[] adj = x.array(1).toFloatArray();
        long pairs = 0;
        for (int row = 0; row < n; row++) {
            int size = 0;
            while (size < NODES && mask[row * NODES + size] == 1) {
                size++;
            }
            counts[size - 1]++;
            pairs += (long) size * (size - 1);
        }
        for (float weight : adj) {
            squares[0] += weight * weight;
        }
        ChiSquare.assertFits("sizes", counts, new double[] {0, 1 / 3.5, 0.5 / 3.5, 2 / 3.5});
        assertEquals(1, squares[0] / pairs, 0.05);
    }

    /** log p~(y) - log p(y) is g . y minus a number that does not depend on y. */
    @ParameterizedTest
    @CsvSource({"REVERSE, 1, 0", "REVERSE, 1, 1", "S4, 0, 2", "DDIM, 0, 2"})
    void tiltsAreExactAndDensitiesNormalised(Predictor predictor, int corrections, int step) {
        GaussianDiffusion process = process(predictor, corrections, StepSize.ROW);
        State x = process.prior(new long[] {7}, new int[1], new Philox(2), manager);
        Prediction prediction = process.predict(x, step, ledger, new Philox(2));
        Proposal plain = process.propose(x, prediction, step);
        float[] g = new float[NODES * FEATURES + NODES * NODES];
        for (int i = 0; i < g.length; i++) {
            g[i] = (i * 7 % 5 - 2) / 3f;
        }
        Proposal tilted = plain.tilted(List.of(g));
        double[] constant = new double[6];
        for (int draw = 0; draw < constant.length; draw++) {
            Proposal from = draw % 2 == 0 ? plain : tilted;
            State next = from.draw(1, new Philox(draw), manager);
            constant[draw] =
                    tilted.logProbability(next)[0] - plain.logProbability(next)[0] - dot(g, next);
        }
        for (double other : constant) {
            assertEquals(constant[0], other, 1e-4);
        }
        State wrong = process.prior(new long[] {8}, new int[1], new Philox(3), manager);
        wrong.array(1).set(new float[NODES * NODES]);
        wrong.array(1).set(new ai.djl.ndarray.index.NDIndex("0, 0, 1"), 1);
        assertEquals(Double.NEGATIVE_INFINITY, plain.logProbability(wrong)[0]);
        // M candidates of one particle are those of M chains
        State three = plain.draw(3, new Philox(4), manager);
        assertEquals(3, three.rows());
        assertEquals(3, three.rowKeys().stream().distinct().count());
    }

    private static double dot(float[] g, State state) {
        double sum = 0;
        int at = 0;
        for (int c = 0; c < 2; c++) {
            for (float value : state.array(c).toFloatArray()) {
                sum += g[at++] * value;
            }
        }
        return sum;
    }

    /** With eta = 1 the two samplers are one. */
    @Test
    void ancestralSamplingIsDdimWithAllItsNoise() {
        SamplerOptions all = new SamplerOptions(6, 1e-3, Predictor.DDIM, 1, Langevin.NONE);
        GaussianDiffusion ddim =
                new GaussianDiffusion(List.of(X, ADJ), SIZES, new Mixing(), manager, all);
        long[] ids = {0, 1, 2};
        assertEquals(
                keys(decode(process(Predictor.ANCESTRAL, 0, StepSize.ROW), ids, 1, 64, 2)),
                keys(decode(ddim, ids, 1, 64, 2)));
    }

    @Test
    void repeatedStatesCostOneCall() {
        GaussianDiffusion process = process();
        State x = process.prior(new long[] {0, 1}, new int[2], new Philox(1), manager);
        process.predict(x, 0, ledger, new Philox(1));
        process.predict(x, 1, ledger, new Philox(1)); // the network does not look at the time
        assertEquals(2, ledger.rows(Ledger.Account.DENOISER));
    }

    @Test
    void badSettingsAreNamed() {
        refused(
                "size weights must be at most N = 4 numbers, not negative and not all 0, got 5 of"
                        + " sum 5.0",
                () -> graph(new double[] {1, 1, 1, 1, 1}, X, ADJ));
        refused("components must have different names, got two of 'x'", () -> graph(SIZES, X, X));
        Component wide =
                new Component("a", new Shape(4, 5), VE, Layout.PAIRS, Parameterisation.SCORE);
        refused(
                "component 'a' must have a shape of [N, N], N being the same in all components,"
                        + " got (4, 5)",
                () -> graph(SIZES, X, wide));
        refused(
                "steps must be at least 2, got 1",
                () -> new SamplerOptions(1, 0.1, Predictor.EULER, 0, Langevin.NONE));
        SamplerOptions few = new SamplerOptions(5, 0.1, Predictor.REVERSE, 0, Langevin.NONE);
        refused(
                "steps must be above beta_max = 5.0 for the discrete noise of a step to be below"
                        + " 1, got 5",
                () -> new GaussianDiffusion(List.of(X, ADJ), SIZES, new Mixing(), manager, few));
        refused(
                "eps must be in (0, 1), got 0.0",
                () -> new SamplerOptions(3, 0, Predictor.EULER, 0, Langevin.NONE));
        refused(
                "corrector steps must be 0 with the predictor s4, which makes a correction of its"
                        + " own, got 1",
                () ->
                        new SamplerOptions(
                                3, 0.1, Predictor.S4, 0, new Langevin(1, 0.1, 1, StepSize.ROW)));
        refused("snr must be above 0 and finite, got 0.0", () -> new Langevin(1, 0, 1, null));
        refused(
                "unknown predictor 'heun'; known predictors: [reverse, euler, ancestral, ddim, s4]",
                () -> Predictor.of("heun"));
    }

    private void graph(double[] sizes, Component... components) {
        SamplerOptions options = new SamplerOptions(3, 0.1, Predictor.EULER, 0, Langevin.NONE);
        new GaussianDiffusion(List.of(components), sizes, new Mixing(), manager, options);
    }

    private static void refused(String text, Runnable action) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, action::run);
        assertEquals(text, e.getMessage());
    }

    /** What a run makes is gone after it. */
    @Test
    void nothingIsLeftBehind() {
        GaussianDiffusion process = process();
        long before = arrays();
        for (int i = 0; i < 3; i++) {
            decode(process, new long[] {0, 1, 2}, 1, 64, 4).close();
        }
        assertEquals(before, arrays());
    }

    private long arrays() {
        return manager.getManagedArrays().size();
    }
}
