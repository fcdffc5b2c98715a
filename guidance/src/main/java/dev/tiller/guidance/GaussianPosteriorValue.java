package dev.tiller.guidance;

import ai.djl.ndarray.NDManager;
import dev.tiller.rewards.ScoredGradient;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Prediction;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.State;
import dev.tiller.sampler.gaussian.GaussianDiffusion;
import dev.tiller.sampler.numerics.Gradients;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * The posterior-mean value of Gaussian diffusion, v(xt) = r(E[x0 | xt]), with its gradient through
 * the reward and the score network: diffusion posterior sampling (DPS, Chung et al. 2023, arXiv
 * 2209.14687). If the data are normal and the reward is linear, it is the exact soft value but for
 * a number that does not depend on xt.
 *
 * <p>A gradient costs one network call, saved where the step has made it already, and one pass
 * forwards and backwards; the reward is evaluated on the calling thread.
 */
public final class GaussianPosteriorValue implements DifferentiableValue {
    private final GaussianDiffusion process;
    private final DifferentiableStateReward reward;
    private final NDManager devices;

    /**
     * Creates the value.
     *
     * @param process a Gaussian diffusion whose network has a gradient
     * @param reward scores clean states
     * @param devices a manager from which sub-managers are opened
     * @throws IllegalArgumentException if the network has no gradient
     */
    public GaussianPosteriorValue(
            GaussianDiffusion process, DifferentiableStateReward reward, NDManager devices) {
        if (process.differentiable().isEmpty()) {
            throw new IllegalArgumentException(
                    "score network of a posterior-mean value must have a gradient, got one"
                            + " without; "
                            + Gradients.ALTERNATIVES);
        }
        this.process = process;
        this.reward = Objects.requireNonNull(reward);
        this.devices = Objects.requireNonNull(devices);
    }

    @Override
    public double[] estimate(State x, int index, Ledger ledger, Randomness noise) {
        return score(x, index, ledger, noise).stream().mapToDouble(ScoredGradient::score).toArray();
    }

    /**
     * Computes the derivative of each particle's value by its own state.
     *
     * @param x a state at time index {@code index}
     * @param index the time index, in [0, T]
     * @param ledger where evaluations are counted
     * @param noise the only source of randomness
     * @return one float32 row for each particle, its components in row-major order; of a symmetric
     *     matrix both places of a pair hold half of its derivative
     */
    @Override
    public List<float[]> gradient(State x, int index, Ledger ledger, Randomness noise) {
        List<float[]> byClean =
                score(x, index, ledger, noise).stream().map(ScoredGradient::gradient).toList();
        return process.pullBack(x, index, byClean, ledger, noise);
    }

    private List<ScoredGradient> score(State x, int index, Ledger ledger, Randomness noise) {
        Prediction prediction = process.predict(x, index, ledger, noise);
        try (NDManager scope = devices.newSubManager()) {
            State clean = process.posteriorMode(x, prediction, index, scope);
            List<ScoredGradient> scored = reward.differentiate(rows(clean, prediction));
            requireFinite(scored, x.rows());
            return scored;
        }
    }

    private static List<float[]> rows(State clean, Prediction prediction) {
        int width = clean.rows() == 0 ? 0 : prediction.row(0).length;
        List<float[]> rows = new ArrayList<>(clean.rows());
        for (int row = 0; row < clean.rows(); row++) {
            rows.add(new float[width]);
        }
        int offset = 0;
        for (int component = 0; offset < width; component++) {
            float[] all = clean.array(component).toFloatArray();
            int size = all.length / clean.rows();
            for (int row = 0; row < rows.size(); row++) {
                System.arraycopy(all, row * size, rows.get(row), offset, size);
            }
            offset += size;
        }
        return rows;
    }

    private static void requireFinite(List<ScoredGradient> scored, int rows) {
        if (scored.size() != rows) {
            throw new IllegalStateException(
                    "a reward must return one score for each of "
                            + rows
                            + " states, got "
                            + scored.size());
        }
        for (ScoredGradient result : scored) {
            if (!Double.isFinite(result.score())) {
                throw new IllegalStateException(
                        "rewards of clean states must be finite, got "
                                + result.score()
                                + " with gradient "
                                + Arrays.toString(result.gradient()));
            }
        }
    }
}
