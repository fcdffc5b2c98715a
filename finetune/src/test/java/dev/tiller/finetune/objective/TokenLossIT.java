package dev.tiller.finetune.objective;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.finetune.objective.DiscreteTimeBound.Parameterization;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.sampler.numerics.Gradients;
import dev.tiller.sampler.schedule.Cosine;
import dev.tiller.sampler.schedule.LogLinear;
import dev.tiller.sampler.schedule.NoiseSchedule;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Score entropy and the bound of D3PM against what their definitions say in float64. */
class TokenLossIT {
    private static final int LETTERS = 3;
    private static final int LENGTH = 5;
    private static final long[] X0 = {0, 1, 2, 2, 1, 1, 0, 0, 2, 1};
    private static final long[] XT = {3, 3, 2, 3, 1, 3, 0, 3, 3, 3};
    private static final double[] TIMES = {0.35, 0.8};

    private NDManager manager;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager(Device.cpu());
    }

    @AfterEach
    void close() {
        manager.close();
    }

    private static float[] logits(long seed) {
        double[] uniforms = new double[X0.length * (LETTERS + 1)];
        new Philox(seed).fill(0, 0, Purpose.TRAINING_INPUT, 0, uniforms);
        float[] logits = new float[uniforms.length];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) (4 * uniforms[i] - 2);
        }
        return logits;
    }

    /**
     * Normalises the clean logits and adds log K, so that SEDD's scores sum up to what they must.
     */
    private static float[] normalised(float[] logits) {
        float[] normal = logits.clone();
        for (int i = 0; i < logits.length; i += LETTERS + 1) {
            double sum = 0;
            for (int letter = 0; letter < LETTERS; letter++) {
                sum += Math.exp(logits[i + letter]);
            }
            for (int letter = 0; letter < LETTERS; letter++) {
                normal[i + letter] += (float) (Math.log(LETTERS) - Math.log(sum));
            }
        }
        return normal;
    }

    private NDArray tokens(long[] tokens) {
        return manager.create(tokens, new Shape(2, LENGTH));
    }

    private float[] losses(TokenLoss loss, float[] logits, double... times) {
        Shape shape = new Shape(2, LENGTH, LETTERS + 1);
        TokenLoss.Batch batch = new TokenLoss.Batch(tokens(X0), tokens(XT), times);
        return loss.of((x, t) -> manager.create(logits, shape), batch).toFloatArray();
    }

    @Test
    void normalScoresPayTheNelbo() {
        for (NoiseSchedule schedule : new NoiseSchedule[] {new LogLinear(1e-3), new Cosine(1e-3)}) {
            double[] weights = new double[TIMES.length];
            Arrays.setAll(
                    weights, i -> schedule.rate(TIMES[i]) / Math.expm1(schedule.sigma(TIMES[i])));
            float[] logits = logits(1);
            NDArray all = manager.create(logits, new Shape(2, LENGTH, LETTERS + 1));
            NDArray nelbo =
                    MaskedNelbo.weightedCrossEntropy(all, tokens(X0), tokens(XT), weights, LETTERS);
            assertArrayEquals(
                    nelbo.toFloatArray(),
                    losses(new DenoisingScoreEntropy(schedule), normalised(logits), TIMES),
                    2e-5f);
        }
    }

    /** Scores that sum up to S instead of r pay sigma' (S - r - r log(S / r)) more. */
    @Test
    void otherScoresPayMore() {
        NoiseSchedule schedule = new LogLinear(1e-3);
        float[] logits = logits(2);
        float[] least = losses(new DenoisingScoreEntropy(schedule), normalised(logits), TIMES);
        float[] losses = losses(new DenoisingScoreEntropy(schedule), logits, TIMES);
        int compared = 0;
        for (int i = 0; i < losses.length; i++) {
            if (XT[i] == LETTERS) {
                double t = TIMES[i / LENGTH];
                double r = 1 / Math.expm1(schedule.sigma(t));
                double sum = 0;
                for (int letter = 0; letter < LETTERS; letter++) {
                    sum += Math.exp(logits[i * (LETTERS + 1) + letter]) * r / LETTERS;
                }
                double more = schedule.rate(t) * (sum - r - r * Math.log(sum / r));
                assertEquals(least[i] + more, losses[i], 2e-5);
                assertTrue(more > 0);
                compared++;
            } else {
                assertEquals(0, losses[i]);
            }
        }
        assertEquals(7, compared);
    }

    /** Where a token is clean, logits of any size are of no account. */
    @Test
    void hugeLogitsOfCleanTokensLeaveTheGradientFinite() {
        float[] logits = logits(3);
        int clean = 2 * (LETTERS + 1);
        Arrays.fill(logits, clean, clean + LETTERS, 500f);
        NDArray all = manager.create(logits, new Shape(2, LENGTH, LETTERS + 1));
        all.setRequiresGradient(true);
        TokenLoss loss = new DenoisingScoreEntropy(new LogLinear(1e-3));
        TokenLoss.Batch batch = new TokenLoss.Batch(tokens(X0), tokens(XT), TIMES);
        Gradients.backward(
                manager, () -> loss.of((x, t) -> all.mul(manager.ones(new Shape(1))), batch).sum());
        float[] gradient = all.getGradient().toFloatArray();
        for (int i = 0; i < gradient.length; i++) {
            assertTrue(Float.isFinite(gradient[i]), "element " + i);
            assertTrue(i / (LETTERS + 1) != 2 || gradient[i] == 0, "element " + i);
        }
        assertTrue(gradient[0] != 0);
    }

    /** KL(q(x_s | x_t, x0) || p(x_s | x_t)) from Bayes' rule, without any closed form. */
    @Test
    void theBoundOfD3pmIsTheDivergenceOfAStep() {
        int steps = 20;
        NoiseSchedule schedule = new LogLinear(1e-3);
        float[] logits = logits(4);
        float[] losses =
                losses(
                        new DiscreteTimeBound(schedule, steps, Parameterization.D3PM),
                        logits,
                        TIMES);
        for (int i = 0; i < losses.length; i++) {
            double t = TIMES[i / LENGTH];
            double[] posterior = softmax(logits, i * (LETTERS + 1));
            double kl = 0;
            double[] truth = new double[LETTERS + 1];
            truth[(int) X0[i]] = 1;
            double[] q =
                    step(truth, (int) XT[i], schedule.moveChance(t), schedule.moveChance(t - 0.05));
            double[] p =
                    step(
                            posterior,
                            (int) XT[i],
                            schedule.moveChance(t),
                            schedule.moveChance(t - 0.05));
            for (int x = 0; x <= LETTERS; x++) {
                kl += q[x] > 0 ? q[x] * Math.log(q[x] / p[x]) : 0;
            }
            double reconstruction = -Math.log(posterior[(int) X0[i]]);
            assertEquals(steps * kl + reconstruction, losses[i], 2e-5, "token " + i);
        }
    }

    /** p(x_s | x_t) for x0 of a law: q(x_t | x_s) q(x_s | x0), normalised. */
    private static double[] step(double[] law, int xt, double maskedAtT, double maskedAtS) {
        double keeps = (1 - maskedAtT) / (1 - maskedAtS);
        double[] p = new double[LETTERS + 1];
        double sum = 0;
        for (int xs = 0; xs <= LETTERS; xs++) {
            double prior = (1 - maskedAtS) * law[xs] + (xs == LETTERS ? maskedAtS : 0);
            double reach;
            if (xs == LETTERS) {
                reach = xt == LETTERS ? 1 : 0;
            } else {
                reach = xt == xs ? keeps : xt == LETTERS ? 1 - keeps : 0;
            }
            p[xs] = prior * reach;
            sum += p[xs];
        }
        for (int xs = 0; xs <= LETTERS; xs++) {
            p[xs] /= sum;
        }
        return p;
    }

    private static double[] softmax(float[] logits, int start) {
        double[] p = new double[LETTERS + 1];
        double sum = 0;
        for (int i = 0; i < p.length; i++) {
            p[i] = Math.exp(logits[start + i]);
            sum += p[i];
        }
        for (int i = 0; i < p.length; i++) {
            p[i] /= sum;
        }
        return p;
    }

    /** With no mass on the mask both parameterisations are the same but for the reconstruction. */
    @Test
    void subsIsD3pmWithoutMassOnTheMask() {
        float[] logits = logits(5);
        for (int i = LETTERS; i < logits.length; i += LETTERS + 1) {
            logits[i] = -100;
        }
        NoiseSchedule schedule = new LogLinear(0);
        float[] d3pm =
                losses(new DiscreteTimeBound(schedule, 10, Parameterization.D3PM), logits, 0.1, 1);
        float[] subs =
                losses(new DiscreteTimeBound(schedule, 10, Parameterization.SUBS), logits, 0.1, 1);
        for (int i = 0; i < d3pm.length; i++) {
            double reconstruction = -Math.log(softmax(logits, i * (LETTERS + 1))[(int) X0[i]]);
            assertEquals(subs[i], d3pm[i] - reconstruction, 2e-5);
            double weight = XT[i] == LETTERS ? i < LENGTH ? 10 : 1 : 0;
            assertEquals(weight * reconstruction, subs[i], 5e-5);
        }
    }

    /** The last step, to s = 0, with mass on the mask: 0 times the logarithm of infinity is 0. */
    @Test
    void theLastStepIsFinite() {
        TokenLoss loss = new DiscreteTimeBound(new LogLinear(0), 10, Parameterization.D3PM);
        for (float each : losses(loss, logits(6), 0.1, 0.1)) {
            assertTrue(Float.isFinite(each) && each > 0);
        }
    }

    @Test
    void timesLieOnTheGrid() {
        TokenLoss loss = new DiscreteTimeBound(new LogLinear(0), 4, Parameterization.SUBS);
        assertEquals(0.25, loss.time(0.001));
        assertEquals(0.25, loss.time(0.2499));
        assertEquals(0.5, loss.time(0.25));
        assertEquals(1, loss.time(0.76));
        assertEquals(1, loss.time(1));
        assertEquals(0.3, new DenoisingScoreEntropy(new LogLinear(0)).time(0.3));
        assertEquals(
                "steps must be at least 1, got 0",
                assertThrows(
                                IllegalArgumentException.class,
                                () ->
                                        new DiscreteTimeBound(
                                                new LogLinear(0), 0, Parameterization.SUBS))
                        .getMessage());
    }
}
