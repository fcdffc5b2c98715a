package dev.tiller.finetune.objective;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.finetune.data.CleanArrays;
import dev.tiller.finetune.objective.DiffusionTimes.Sampling;
import dev.tiller.finetune.objective.ScoreMatching.Weighting;
import dev.tiller.finetune.optimizer.AdamW;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.gaussian.Component;
import dev.tiller.sampler.gaussian.Component.Layout;
import dev.tiller.sampler.gaussian.Parameterisation;
import dev.tiller.sampler.gaussian.Sde;
import dev.tiller.sampler.gaussian.VeSde;
import dev.tiller.sampler.gaussian.VpSde;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** On x0 = 1 (three of four) or -1, whose score and smallest loss are known. */
class ScoreMatchingIT {
    private static final double ONES = 0.75;
    private static final int ROWS = 40_000;
    private static final Sde VP = new VpSde(0.1, 10);

    private static CleanArrays coins(int rows) {
        float[][] x = new float[rows][1];
        for (int i = 0; i < rows; i++) {
            x[i][0] = i % 4 == 0 ? -1 : 1;
        }
        return new CleanArrays(List.<float[][]>of(x), null);
    }

    private static ScoreMatching objective(
            Sde sde, Parameterisation output, Weighting weighting, Sampling times) {
        CleanArrays coins = coins(ROWS);
        return new ScoreMatching(
                coins,
                coins.select(IntStream.range(0, 4000).toArray()),
                List.of(new Component("x", new Shape(1), sde, Layout.PLAIN, output)),
                new ScoreMatching.Options(weighting, times, false, true),
                new Philox(5));
    }

    /** E[x0 | xt]. */
    private static double posteriorMean(double x, double alpha, double std) {
        double logOdds = 2 * alpha * x / (std * std) + Math.log(ONES / (1 - ONES));
        return Math.tanh(logOdds / 2);
    }

    /** The network that knows the data, in any parameterisation; it is told the time. */
    private static Objective.Forward exact(Sde sde, Parameterisation output) {
        return (inputs, step) -> {
            float[] x = inputs.get(0).toFloatArray();
            float[] t = inputs.get(1).toFloatArray();
            float[] out = new float[x.length];
            for (int i = 0; i < x.length; i++) {
                double alpha = sde.alpha(t[i]);
                double std = sde.std(t[i]);
                double clean = posteriorMean(x[i], alpha, std);
                double z = (x[i] - alpha * clean) / std;
                out[i] =
                        (float)
                                switch (output) {
                                    case SCORE -> -z / std;
                                    case NOISE -> z;
                                    case CLEAN -> clean;
                                    case VELOCITY -> alpha * z - std * clean;
                                };
            }
            return inputs.head().getManager().create(out, new Shape(x.length, 1));
        };
    }

    /** Half of E[w(t) Var(z | xt)], by quadrature over t and x. */
    private static double smallestLoss(Sde sde, boolean likelihood) {
        int cells = 400;
        double sum = 0;
        for (int k = 0; k < cells; k++) {
            double t = 1e-5 + (1 - 1e-5) * (k + 0.5) / cells;
            double alpha = sde.alpha(t);
            double std = sde.std(t);
            double weight = likelihood ? Math.pow(sde.diffusion(t) / std, 2) : 1;
            double variance = 0;
            for (int sign = -1; sign <= 1; sign += 2) {
                for (int i = -600; i <= 600; i++) {
                    double z = i / 100.0;
                    double mass = Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI) / 100;
                    double clean = posteriorMean(alpha * sign + std * z, alpha, std);
                    double error = alpha * (clean - sign) / std;
                    variance += (sign > 0 ? ONES : 1 - ONES) * mass * error * error;
                }
            }
            sum += weight * variance / cells;
        }
        return sum / 2;
    }

    private static double[] losses(ScoreMatching objective, Objective.Forward network) {
        int batch = 2000;
        double[] losses = new double[ROWS / batch];
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            for (int i = 0; i < losses.length; i++) {
                int first = i * batch;
                int[] rows = IntStream.range(first, first + batch).toArray();
                losses[i] = objective.evaluate(network, rows, i, manager);
            }
        }
        return losses;
    }

    /** 6 standard errors of the mean over batches; seed fixed. */
    private static void requireMean(double expected, double[] losses, String what) {
        double mean = Arrays.stream(losses).average().orElseThrow();
        double squares = Arrays.stream(losses).map(l -> (l - mean) * (l - mean)).sum();
        double error = Math.sqrt(squares / (losses.length - 1.0) / losses.length);
        System.err.printf(
                "%s: %.5f, expected %.5f, standard error %.5f%n", what, mean, expected, error);
        assertEquals(expected, mean, 6 * error, what);
        assertTrue(error < 0.05 * expected, "standard error " + error);
    }

    @Test
    void theExactNetworkHasTheSmallestLoss() {
        double expected = smallestLoss(VP, false);
        for (Parameterisation output : Parameterisation.values()) {
            ScoreMatching objective = objective(VP, output, Weighting.NOISE, Sampling.ANTITHETIC);
            double[] exact = losses(objective, exact(VP, output));
            requireMean(expected, exact, output.toString());
            Objective.Forward worse =
                    (inputs, step) -> exact(VP, output).run(inputs, step).mul(0.9f);
            double mean = Arrays.stream(losses(objective, worse)).average().orElseThrow();
            assertTrue(mean > Arrays.stream(exact).average().orElseThrow(), output.toString());
        }
    }

    @Test
    void samplingOfTimesDoesNotChangeTheLossByLikelihood() {
        double expected = smallestLoss(VP, true);
        for (Sampling times : Sampling.values()) {
            ScoreMatching objective =
                    objective(VP, Parameterisation.NOISE, Weighting.LIKELIHOOD, times);
            double[] losses = losses(objective, exact(VP, Parameterisation.NOISE));
            requireMean(expected, losses, times.toString());
        }
    }

    /** E[x0 | x] = tanh(x / s^2 + log-odds / 2): training must find both numbers. */
    @Test
    void trainingFindsTheScore() {
        double std = 0.8;
        // noise of one size, so that tanh(a x + b) can be the posterior mean
        Sde sde = new VeSde(std, std * (1 + 1e-9));
        ScoreMatching objective =
                objective(sde, Parameterisation.CLEAN, Weighting.NOISE, Sampling.UNIFORM);
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            NDArray weights = manager.create(new float[] {0.1f, 0});
            weights.setRequiresGradient(true);
            Map<String, NDArray> trained = new LinkedHashMap<>(Map.of("weights", weights));
            Objective.Forward network =
                    (inputs, step) -> {
                        NDArray x = inputs.head();
                        return x.mul(weights.get("0:1")).add(weights.get("1:2")).tanh();
                    };
            double before = objective.validate(network, manager).loss();
            AdamW.Options adam = new AdamW.Options(0.9, 0.999, 1e-8, 0);
            List<Double> errors = new ArrayList<>();
            try (AdamW optimizer = new AdamW(trained, adam, manager)) {
                int[] all = IntStream.range(0, 1000).toArray();
                for (int step = 0; step < 600; step++) {
                    if (step % 200 == 0) {
                        errors.add(scoreError(weights.toFloatArray(), std));
                    }
                    try (NDManager scope = manager.newSubManager()) {
                        objective.accumulate(network, all, step, scope);
                        NDArray gradient = weights.getGradient();
                        gradient.attach(scope);
                        optimizer.step(Map.of("weights", gradient), step < 400 ? 0.02 : 0.002);
                        gradient.subi(gradient);
                    }
                }
            }
            float[] found = weights.toFloatArray();
            errors.add(scoreError(found, std));
            System.err.println(
                    "error of the score: " + errors + ", weights " + Arrays.toString(found));
            for (int i = 1; i < errors.size(); i++) {
                assertTrue(errors.get(i) < errors.get(i - 1), errors.toString());
            }
            assertEquals(1 / (std * std), found[0], 0.2);
            assertEquals(Math.log(3) / 2, found[1], 0.1);
            assertTrue(errors.get(errors.size() - 1) < 0.05 * errors.get(0), errors.toString());
            double after = objective.validate(network, manager).loss();
            assertTrue(after < before);
            // 4,000 fixed examples: 6 standard errors of about 0.01
            assertEquals(smallestLoss(sde, false), after, 0.06);
        }
    }

    /** Root mean squared error of the score (E[x0 | x] - x) / s^2 over the noisy data. */
    private static double scoreError(float[] weights, double std) {
        double sum = 0;
        for (int sign = -1; sign <= 1; sign += 2) {
            for (int i = -500; i <= 500; i++) {
                double z = i / 100.0;
                double mass = Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI) / 100;
                double x = sign + std * z;
                double error =
                        (Math.tanh(weights[0] * x + weights[1]) - posteriorMean(x, 1, std))
                                / (std * std);
                sum += (sign > 0 ? ONES : 1 - ONES) * mass * error * error;
            }
        }
        return Math.sqrt(sum);
    }

    private static final List<Component> GRAPH =
            List.of(
                    new Component("x", new Shape(3, 2), VP, Layout.NODES, Parameterisation.NOISE),
                    new Component(
                            "adj", new Shape(3, 3), VP, Layout.PAIRS, Parameterisation.NOISE));

    private static ScoreMatching graphs(boolean mean) {
        CleanArrays two =
                new CleanArrays(
                        List.of(
                                new float[][] {{1, 0, 0, 1, 0, 0}, {1, 0, 1, 0, 1, 0}},
                                new float[][] {
                                    {0, 1, 0, 1, 0, 0, 0, 0, 0}, {0, 1, 0, 1, 0, 2, 0, 2, 0}
                                }),
                        new int[] {2, 3});
        return new ScoreMatching(
                two,
                two,
                GRAPH,
                new ScoreMatching.Options(Weighting.NOISE, Sampling.UNIFORM, mean, false),
                new Philox(1));
    }

    @Test
    void givesGraphsWithTheirMaskToTheNetwork() {
        List<NDList> seen = new ArrayList<>();
        Objective.Forward zero =
                Objective.Forward.of(
                        (inputs, step) -> {
                            NDList copies = new NDList();
                            inputs.forEach(array -> copies.add(array.duplicate()));
                            seen.add(copies);
                            return new NDList(inputs.get(0).zerosLike(), inputs.get(1).zerosLike());
                        });
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            Objective.Validation half = graphs(false).validate(zero, manager);
            Objective.Validation mean = graphs(true).validate(zero, manager);
            // half of a sum over 6 entries, the mean of 6; likewise 9
            assertEquals(
                    half.metrics().get("score_matching_x"),
                    3 * mean.metrics().get("score_matching_x"),
                    1e-5);
            assertEquals(
                    half.metrics().get("score_matching_adj"),
                    4.5 * mean.metrics().get("score_matching_adj"),
                    1e-5);
            assertEquals(
                    half.loss(),
                    half.metrics().get("score_matching_x")
                            + half.metrics().get("score_matching_adj"),
                    1e-9);
            assertEquals(half, graphs(false).validate(zero, manager), "the draws do not change");
        }
    }

    @Test
    void masksWhatDoesNotExist() {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            Objective.Forward spy =
                    Objective.Forward.of(
                            (inputs, step) -> {
                                float[] mask = inputs.get(2).toFloatArray();
                                assertArrayEquals(new float[] {1, 1, 0, 1, 1, 1}, mask);
                                float[] x = inputs.get(0).toFloatArray();
                                assertEquals(0, x[4]);
                                assertEquals(0, x[5]);
                                NDArray adj = inputs.get(1);
                                assertEquals(adj, adj.transpose(0, 2, 1));
                                assertEquals(0, adj.toFloatArray()[2]);
                                assertTrue(x[11] != 0);
                                return new NDList(
                                        inputs.get(0).zerosLike(), inputs.get(1).zerosLike());
                            });
            graphs(false).validate(spy, manager);
        }
    }

    @Test
    void refusesOutputsOfAnotherShape() {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            Objective.Forward swapped =
                    Objective.Forward.of(
                            (inputs, step) -> new NDList(inputs.get(1), inputs.get(0)));
            assertEquals(
                    "the output for x must have the shape (2, 3, 2), got (2, 3, 3)",
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> graphs(false).validate(swapped, manager))
                            .getMessage());
        }
    }

    @Test
    void importanceGoesWithLikelihoodAlone() {
        assertEquals(
                "score_matching.times must be uniform or antithetic unless the weighting is"
                        + " likelihood, got importance",
                assertThrows(
                                IllegalArgumentException.class,
                                () ->
                                        new ScoreMatching.Options(
                                                Weighting.NOISE, Sampling.IMPORTANCE, false, false))
                        .getMessage());
    }
}
