package dev.tiller.finetune.backpropagation;

import static dev.tiller.sampler.exact.TableChain.LENGTH;
import static dev.tiller.sampler.exact.TableChain.LETTERS;
import static dev.tiller.sampler.exact.TableChain.STATES;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.tiller.finetune.backpropagation.BackpropagationOptions.Graph;
import dev.tiller.finetune.backpropagation.BackpropagationOptions.KlSteps;
import dev.tiller.finetune.objective.Objective;
import dev.tiller.finetune.optimizer.AdamW;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.sampler.exact.ExactLaw;
import dev.tiller.sampler.exact.TableChain;
import dev.tiller.sampler.schedule.LogLinear;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The divergence and the gradients against enumeration: 3 letters, 4 positions, a table. */
class BackpropagationExactIT {
    private static final int WIDTH = LENGTH * LETTERS;
    private static final LogLinear SCHEDULE = new LogLinear(0);
    private static final double[] LAW = ExactTuning.randomLaw(5);
    private static final double[][] PRETRAINED = ExactTuning.denoiser(LAW);
    private static final double[] REWARDS = rewards();

    private static NDManager manager;

    private static double[] rewards() {
        Philox noise = new Philox(7);
        double[] rewards = new double[STATES];
        for (int x = 0; x < STATES; x++) {
            double u = noise.uniform(x, 0, Purpose.TRAINING_INPUT, 0);
            rewards[x] = TableChain.isClean(x) ? u : 0;
        }
        return rewards;
    }

    @BeforeAll
    static void open() {
        manager = NDManager.newBaseManager(Device.cpu());
    }

    @AfterAll
    static void close() {
        manager.close();
    }

    private static ExactTuning exact(int steps) {
        return new ExactTuning(SCHEDULE, steps, 0, PRETRAINED);
    }

    /**
     * The chain rule makes {@link Divergence#STEP} the divergence of the trajectories, so the best
     * model is the pretrained one tilted by exp(r / alpha). A denoiser reveals positions of one
     * step independently, so it reaches that law up to what is revealed together, O(1 / T).
     */
    @Test
    void theBestModelIsTheTiltedOne() {
        for (double alpha : new double[] {1, 0.3, 0.1}) {
            double[] tilted = ExactLaw.tilted(LAW, REWARDS, alpha);
            double bound = alpha * Math.log(expectation(LAW, REWARDS, alpha));
            double coarse = 0;
            for (int steps : new int[] {8, 64}) {
                ExactTuning exact = exact(steps);
                ExactTuning.Outcome before = exact.evaluate(PRETRAINED);
                ExactTuning.Outcome tuned = exact.evaluate(exact.maximise(REWARDS, alpha, 10));
                double untuned = ExactLaw.totalVariation(before.law(), tilted);
                double distance = ExactLaw.totalVariation(tuned.law(), tilted);
                double goal = tuned.mean(REWARDS) - alpha * tuned.divergence();
                System.err.printf(
                        "alpha %.1f, %3d steps: total variation to the tilted law %.4f -> %.4f;"
                                + " E[r] %.4f -> %.4f, KL %.3f, goal %.5f of %.5f%n",
                        alpha,
                        steps,
                        untuned,
                        distance,
                        before.mean(REWARDS),
                        tuned.mean(REWARDS),
                        tuned.divergence(),
                        goal,
                        bound);
                assertTrue(goal > before.mean(REWARDS), "the goal rises");
                if (steps == 8) {
                    coarse = distance;
                } else if (steps == 64) {
                    assertTrue(distance < 0.1 * untuned, alpha + ": " + distance);
                    assertTrue(distance < 0.2 * coarse, "falls with the number of steps");
                    assertEquals(bound, goal, 6e-3);
                }
            }
        }
    }

    private static double expectation(double[] law, double[] rewards, double alpha) {
        double sum = 0;
        for (int x = 0; x < law.length; x++) {
            sum += law[x] * Math.exp(rewards[x] / alpha);
        }
        return sum;
    }

    private static SequenceModel model() {
        return new SequenceModel(
                SCHEDULE, TableReward.ALPHABET, LENGTH, false, OptionalInt.empty());
    }

    private static BackpropagationOptions options(
            int steps, int truncation, double tau, double weight) {
        return new BackpropagationOptions(
                steps,
                1,
                0,
                truncation,
                Annealing.constant(tau),
                OptionalDouble.empty(),
                0,
                Divergence.STEP,
                new RisingWeight(weight, 0),
                KlSteps.ALL,
                1,
                Graph.PER_STEP);
    }

    private static RewardBackpropagation objective(
            double[] rewards, BackpropagationOptions options, int designs, long seed) {
        Objective.Forward old = new TableNetwork(PRETRAINED, false, manager);
        return new RewardBackpropagation(
                model(),
                new FrozenModel(new TrainedDenoiser(model(), old, -1), old),
                new TableReward(rewards),
                options,
                ValidationOptions.of(designs),
                64,
                new Philox(seed));
    }

    /** Another model than the pretrained one. */
    private static double[][] other() {
        return ExactTuning.denoiser(ExactTuning.randomLaw(6));
    }

    /**
     * Hard steps: the mean over B = 8192 trajectories is an unbiased estimate of the exact gradient
     * by the 3072 entries, with a relative error that falls as 1 / sqrt(B): measured 0.10 for B =
     * 4096, 0.05 for 16384.
     */
    @Test
    void theGradientOfTheDivergenceIsExact() {
        int steps = 8;
        double weight = 2;
        TableNetwork network = new TableNetwork(other(), true, manager);
        int[] batch = new int[8192];
        Objective.Evaluated evaluated;
        try (NDManager scope = manager.newSubManager()) {
            evaluated =
                    objective(new double[STATES], options(steps, 1, 1, weight), 2, 11)
                            .accumulate(network, batch, 0, scope);
        }
        double[][] exact = exact(steps).divergenceGradient(other());
        double kl = exact(steps).evaluate(other()).divergence();
        assertEquals(kl, evaluated.metrics().get("kl"), 0.03 * kl);
        assertEquals(weight * evaluated.metrics().get("kl"), evaluated.loss(), 1e-6);
        double error = 0;
        double norm = 0;
        try (NDArray gradient = network.table().getGradient()) {
            float[] values = gradient.toFloatArray();
            for (int i = 0; i < values.length; i++) {
                double expected = weight * exact[i / WIDTH][i % WIDTH];
                error += Math.pow(values[i] - expected, 2);
                norm += expected * expected;
            }
        }
        double relative = Math.sqrt(error / norm);
        System.err.printf(
                "KL %.4f of %.4f; relative error of its gradient %.4f%n",
                evaluated.metrics().get("kl"), kl, relative);
        assertTrue(relative < 0.12, "relative error " + relative);
    }

    /**
     * What a validation measures is what enumeration says: 1024 designs; standard errors of KL and
     * median are about 2 and 3 %.
     */
    @Test
    void validationMeasuresTheDivergence() {
        int steps = 16;
        TableNetwork network = new TableNetwork(other(), false, manager);
        RewardBackpropagation objective = objective(REWARDS, options(steps, 2, 1, 1), 1024, 3);
        Objective.Validation validation = objective.validate(network, manager);
        ExactTuning.Outcome exact = exact(steps).evaluate(other());
        Map<String, Double> metrics = validation.metrics();
        System.err.println("exact KL " + exact.divergence() + ", validation " + metrics);
        assertEquals(exact.divergence(), metrics.get("kl_step"), 0.07 * exact.divergence());
        assertEquals(median(exact.law()), metrics.get("reward_median"), 0.04);
        assertEquals(-metrics.get("reward_median"), validation.loss());
        assertEquals(diversity(exact.law()), metrics.get("diversity"), 0.015);
    }

    private static double median(double[] law) {
        Integer[] order = IntStream.range(0, STATES).boxed().toArray(Integer[]::new);
        Arrays.sort(order, Comparator.comparingDouble(x -> REWARDS[x]));
        double mass = 0;
        for (int x : order) {
            mass += law[x];
            if (mass >= 0.5) {
                return REWARDS[x];
            }
        }
        throw new AssertionError();
    }

    private static double diversity(double[] law) {
        double equal = 0;
        for (int l = 0; l < LENGTH; l++) {
            double[] letters = new double[LETTERS + 1];
            for (int x = 0; x < STATES; x++) {
                letters[TableChain.token(x, l)] += law[x];
            }
            equal += Arrays.stream(letters).map(p -> p * p).sum() / LENGTH;
        }
        return 1 - equal;
    }

    /**
     * The straight-through gradient is biased, yet it climbs: the exact mean reward rises, the
     * exact goal too, and with the divergence the law comes nearer to the tilted one than it was.
     * With half the weight the reward is higher and the model farther away.
     */
    @Test
    void theStraightThroughGradientClimbs() {
        ExactTuning.Outcome before = exact(5).evaluate(PRETRAINED);
        ExactTuning.Outcome near = train(0.2);
        ExactTuning.Outcome far = train(0.05);
        double[] tilted = ExactLaw.tilted(LAW, REWARDS, 0.2);
        double untuned = ExactLaw.totalVariation(before.law(), tilted);
        double tuned = ExactLaw.totalVariation(near.law(), tilted);
        System.err.printf(
                "E[r] %.4f; weight 0.2: %.4f at KL %.3f, total variation %.4f -> %.4f;"
                        + " weight 0.05: %.4f at KL %.3f%n",
                before.mean(REWARDS),
                near.mean(REWARDS),
                near.divergence(),
                untuned,
                tuned,
                far.mean(REWARDS),
                far.divergence());
        assertTrue(near.mean(REWARDS) - 0.2 * near.divergence() > before.mean(REWARDS));
        assertTrue(tuned < untuned, tuned + " of " + untuned);
        assertTrue(far.mean(REWARDS) > near.mean(REWARDS));
        assertTrue(far.divergence() > near.divergence());
    }

    private static ExactTuning.Outcome train(double weight) {
        int steps = 5;
        TableNetwork network = new TableNetwork(PRETRAINED, true, manager);
        RewardBackpropagation objective =
                objective(REWARDS, options(steps, steps, 0.3, weight), 2, 17);
        Map<String, NDArray> trained = Map.of("table", network.table());
        AdamW.Options adam = new AdamW.Options(0.9, 0.999, 1e-8, 0);
        try (AdamW optimizer = new AdamW(trained, adam, manager)) {
            for (int step = 0; step < 24; step++) {
                try (NDManager scope = manager.newSubManager()) {
                    objective.accumulate(network, new int[32], step, scope);
                    NDArray gradient = network.table().getGradient();
                    gradient.attach(scope);
                    optimizer.step(Map.of("table", gradient), 0.05);
                    gradient.subi(gradient);
                }
            }
        }
        double[][] logs = network.logits();
        for (double[] state : logs) {
            for (int l = 0; l < LENGTH; l++) {
                double sum = 0;
                for (int i = l * LETTERS; i < (l + 1) * LETTERS; i++) {
                    sum += Math.exp(state[i]);
                }
                for (int i = l * LETTERS; i < (l + 1) * LETTERS; i++) {
                    state[i] -= Math.log(sum);
                }
            }
        }
        return exact(steps).evaluate(logs);
    }
}
