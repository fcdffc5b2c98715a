package dev.tiller.guidance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDManager;
import dev.tiller.rewards.Designs;
import dev.tiller.rewards.DifferentiableReward;
import dev.tiller.rewards.RelaxedDesigns;
import dev.tiller.rewards.ScoredGradient;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.State;
import dev.tiller.sampler.exact.TableChain;
import dev.tiller.sampler.exact.TableDenoiser;
import dev.tiller.sampler.exact.TableRuns;
import dev.tiller.sampler.masked.MaskedDiffusion;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SoftPosteriorValueIT {
    private static final int K = SmoothModels.K;
    private static final int L = SmoothModels.L;
    private static final int INDEX = 2;

    private final SmoothModels.Denoiser denoiser = new SmoothModels.Denoiser(3, 0.7, true);
    private final SmoothModels.Reward reward = new SmoothModels.Reward(5, false);
    private NDManager manager;
    private Ledger ledger;
    private MaskedDiffusion process;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager();
        ledger = new Ledger(TableRuns.ORDINARY);
        process = GuidedChain.process(denoiser, manager);
    }

    @AfterEach
    void close() {
        ledger.close();
        manager.close();
    }

    private State allStates() {
        return TableRuns.state(IntStream.range(0, TableChain.STATES).toArray(), manager);
    }

    /** r(x_letters + x_mask p(x0 | x)) of any relaxed tokens, in float64. */
    private double value(double[] x) {
        double[] logs = denoiser.logPosterior(x, GuidedChain.time(INDEX));
        double[] z = new double[L * K];
        for (int i = 0; i < z.length; i++) {
            int first = i / K * (K + 1);
            z[i] = x[first + i % K] + x[first + K] * Math.exp(logs[i]);
        }
        return reward.of(z);
    }

    @Test
    void isTheRewardOfTheSoftPosterior() {
        State x = allStates();
        long[] tokens = x.array(0).toLongArray();
        double[] values =
                new SoftPosteriorValue(process, reward, SmoothModels.ALPHABET)
                        .estimate(x, INDEX, ledger, new Philox(1));
        for (int row = 0; row < values.length; row++) {
            assertEquals(value(SmoothModels.oneHot(tokens, row)), values[row], 1e-5);
        }
    }

    /** Against central differences of all 16 coordinates at all 256 states, h = 1e-5 in float64. */
    @Test
    void gradientIsTheDerivativeOfTheValue() {
        State x = allStates();
        long[] tokens = x.array(0).toLongArray();
        List<float[]> gradients =
                new SoftPosteriorValue(process, reward, SmoothModels.ALPHABET)
                        .gradient(x, INDEX, ledger, new Philox(1));
        double largest = 0;
        for (int row = 0; row < gradients.size(); row++) {
            double[] at = SmoothModels.oneHot(tokens, row);
            for (int j = 0; j < at.length; j++) {
                double here = at[j];
                at[j] = here + 1e-5;
                double above = value(at);
                at[j] = here - 1e-5;
                double below = value(at);
                at[j] = here;
                double expected = (above - below) / 2e-5;
                assertEquals(expected, gradients.get(row)[j], 1e-5, row + ", " + j);
                largest = Math.max(largest, Math.abs(expected));
            }
        }
        assertTrue(largest > 0.5);
    }

    @Test
    void valueAndGradientShareTheirPasses() {
        SoftPosteriorValue value = new SoftPosteriorValue(process, reward, SmoothModels.ALPHABET);
        int[] numbers = {TableChain.START, TableChain.START, 7, 0};
        State x = TableRuns.state(numbers, manager);
        value.gradient(x, INDEX, ledger, new Philox(1));
        // reward: three states; denoiser: those with masks (7 is one mask and letters, 0 is clean)
        assertEquals(5, ledger.rows(Ledger.Account.GRADIENT));
        assertEquals(3, ledger.rows(Ledger.Account.DENOISER));
        value.estimate(x, INDEX, ledger, new Philox(1));
        value.gradient(x, INDEX, ledger, new Philox(1));
        assertEquals(5, ledger.rows(Ledger.Account.GRADIENT));
        assertEquals(3, ledger.rows(Ledger.Account.DENOISER));
    }

    @Test
    void whatHasNoGradientIsRefused() {
        String methods =
                "methods that need no gradient are svdd-pm, svdd-mc, svdd-r, smc, fk,"
                        + " nested-is, refine and best-of-n";
        assertEquals(
                "reward of a soft posterior must have a gradient, got 'table', which has none; use"
                        + " the mode or draws of the posterior: "
                        + methods,
                assertThrows(
                                IllegalArgumentException.class,
                                () -> new SoftPosteriorValue(process, new TableReward(1), "ABC"))
                        .getMessage());
        MaskedDiffusion black =
                GuidedChain.process(new TableDenoiser(new TableChain(1, false)), manager);
        assertEquals(
                "denoiser of a soft posterior must have a gradient, got one without; use the mode"
                        + " or draws of the posterior: "
                        + methods,
                assertThrows(
                                IllegalArgumentException.class,
                                () -> new SoftPosteriorValue(black, reward, "ABC"))
                        .getMessage());
        assertEquals(
                "value network must have a gradient, got one without; " + methods,
                assertThrows(
                                IllegalArgumentException.class,
                                () -> new DifferentiableLearnedValue(xt -> xt, manager))
                        .getMessage());
    }

    @Test
    void gradientsThatAreNotFiniteAreAnError() {
        DifferentiableReward broken =
                new DifferentiableReward() {
                    @Override
                    public String name() {
                        return "broken";
                    }

                    @Override
                    public String letters() {
                        return "ABC";
                    }

                    @Override
                    public double[] score(Designs designs) {
                        return new double[designs.size()];
                    }

                    @Override
                    public List<ScoredGradient> differentiate(RelaxedDesigns designs) {
                        float[] gradient = new float[L * K];
                        gradient[3] = Float.NaN;
                        return designs.rows().stream()
                                .map(row -> new ScoredGradient(1, gradient))
                                .toList();
                    }
                };
        SoftPosteriorValue value = new SoftPosteriorValue(process, broken, "ABC");
        assertEquals(
                "reward 'broken' must have finite scores and gradients of relaxed designs, got NaN",
                assertThrows(
                                IllegalStateException.class,
                                () -> value.gradient(allStates(), INDEX, ledger, new Philox(1)))
                        .getMessage());
    }
}
