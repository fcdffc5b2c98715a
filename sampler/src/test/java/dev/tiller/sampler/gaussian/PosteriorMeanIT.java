package dev.tiller.sampler.gaussian;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Prediction;
import dev.tiller.sampler.State;
import dev.tiller.sampler.exact.LineMixture;
import dev.tiller.sampler.exact.LineNetwork;
import dev.tiller.sampler.exact.TableRuns;
import dev.tiller.sampler.gaussian.Langevin.StepSize;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a Gaussian process says of clean states, against closed forms. */
class PosteriorMeanIT {
    private static final LineMixture DATA = LineMixture.twoBumps();
    private static final SamplerOptions OPTIONS =
            new SamplerOptions(
                    9, 0.02, Predictor.REVERSE, 0, new Langevin(1, 0.1, 1, StepSize.ROW));

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

    static Stream<Arguments> forms() {
        return Stream.of("vp", "ve", "sub-vp")
                .flatMap(
                        name ->
                                Stream.of(Parameterisation.values())
                                        .map(form -> Arguments.of(name, form)));
    }

    private GaussianDiffusion process(Sde sde, Parameterisation form) {
        Component line = new Component("x", new Shape(1), sde, Component.Layout.PLAIN, form);
        LineNetwork network = new LineNetwork(DATA, sde, form);
        return new GaussianDiffusion(List.of(line), new double[0], network, manager, OPTIONS);
    }

    private State state(float[] values) {
        long[] ids = LongStream.range(0, values.length).toArray();
        NDList arrays = new NDList(manager.create(values, new Shape(values.length, 1)));
        return new State(arrays, ids, new int[values.length]);
    }

    @ParameterizedTest
    @MethodSource("forms")
    void theMeanIsThatOfThePosterior(String name, Parameterisation form) {
        Sde sde = GaussianLawIT.sde(name);
        GaussianDiffusion process = process(sde, form);
        float[] values = {-2, -0.7f, 0, 0.1f, 1.5f};
        State x = state(values);
        for (int index = 0; index <= process.steps(); index++) {
            double t = process.time(index);
            Prediction prediction = process.predict(x, index, ledger, new Philox(1));
            float[] means =
                    process.posteriorMode(x, prediction, index, manager).array(0).toFloatArray();
            for (int row = 0; row < values.length; row++) {
                double exact = DATA.posteriorMean(sde, t, values[row]);
                assertEquals(exact, means[row], 2e-5, form + " at t = " + t);
            }
        }
    }

    /** The gradient of x0 -> x0^2 / 2 at the mean, against differences of the mean. */
    @ParameterizedTest
    @MethodSource("forms")
    void derivativesArePulledBack(String name, Parameterisation form) {
        Sde sde = GaussianLawIT.sde(name);
        GaussianDiffusion process = process(sde, form);
        float[] values = {-1, 0.2f, 1.1f};
        State x = state(values);
        double t = process.time(8);
        List<float[]> gradients = List.of(mean(sde, t, -1), mean(sde, t, 0.2f), mean(sde, t, 1.1f));
        List<float[]> pulled = process.pullBack(x, 8, gradients, ledger, new Philox(1));
        for (int row = 0; row < values.length; row++) {
            double above = DATA.posteriorMean(sde, t, values[row] + 1e-4);
            double below = DATA.posteriorMean(sde, t, values[row] - 1e-4);
            double exact = (above * above - below * below) / 2 / 2e-4;
            assertEquals(exact, pulled.get(row)[0], 1e-3 * (1 + Math.abs(exact)));
        }
    }

    private static float[] mean(Sde sde, double t, float x) {
        return new float[] {(float) DATA.posteriorMean(sde, t, x)};
    }

    /** Of N(0, 1) data the drawn posterior is exact: mean and variance within 5 standard errors. */
    @ParameterizedTest
    @MethodSource("forms")
    void drawsHaveTheMomentsOfThePosterior(String name, Parameterisation form) {
        Sde sde = GaussianLawIT.sde(name);
        LineMixture data = LineMixture.normal(0, 1);
        Component line = new Component("x", new Shape(1), sde, Component.Layout.PLAIN, form);
        GaussianDiffusion process =
                new GaussianDiffusion(
                        List.of(line),
                        new double[0],
                        new LineNetwork(data, sde, form),
                        manager,
                        OPTIONS);
        int n = 4000;
        float[] values = new float[n];
        java.util.Arrays.fill(values, 0.6f);
        State x = state(values);
        Prediction prediction = process.predict(x, 8, ledger, new Philox(1));
        double alpha = sde.alpha(process.time(8));
        double std = sde.std(process.time(8));
        double mean = alpha * 0.6 / (alpha * alpha + std * std);
        double variance = std * std / (alpha * alpha + std * std);
        State drawn = process.posteriorDraw(x, prediction, 8, 0, new Philox(3), manager);
        assertMoments(mean, variance, drawn.array(0).toFloatArray());
        State noised = process.corrupt(x, 8, new Philox(3), manager);
        assertMoments(0.6 * alpha, std * std, noised.array(0).toFloatArray());
    }

    private static void assertMoments(double mean, double variance, float[] values) {
        double sum = 0;
        double squares = 0;
        for (float value : values) {
            sum += value;
            squares += (value - mean) * (value - mean);
        }
        int n = values.length;
        assertEquals(mean, sum / n, 5 * Math.sqrt(variance / n));
        assertEquals(variance, squares / n, 5 * variance * Math.sqrt(2.0 / n));
    }
}
