package dev.tiller.guidance;

import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Prediction;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.ReverseProcess;
import dev.tiller.sampler.SoftValue;
import dev.tiller.sampler.State;
import java.util.ArrayList;
import java.util.List;

/**
 * SVDD-PM: the value of a noisy state is the reward of what the denoiser expects it to become (Li
 * et al. 2024, arXiv 2408.08252, section 4.2). No training is needed.
 *
 * <p>With 0 posterior draws it is the published code's form: the reward of the most likely letter
 * at each masked position. With K draws it is the mean reward of K designs drawn from p(x0 | xt);
 * the draws of all candidates of a sample share their random numbers, which lowers the noise of
 * their comparison. The reward is a black box in both; {@link SoftPosteriorValue} is the form with
 * a gradient.
 */
public final class PosteriorMeanValue implements SoftValue {
    private final ReverseProcess process;
    private final CleanReward reward;
    private final int draws;
    private final NDManager devices;

    /**
     * Creates the value.
     *
     * @param process the diffusion model
     * @param reward scores clean designs
     * @param draws K, or 0 for the mode
     * @param devices a manager from which sub-managers are opened
     */
    public PosteriorMeanValue(
            ReverseProcess process, CleanReward reward, int draws, NDManager devices) {
        if (draws < 0 || draws > 1 << 10) {
            throw new IllegalArgumentException("draws must be in [0, 1024], got " + draws);
        }
        this.process = process;
        this.reward = reward;
        this.draws = draws;
        this.devices = devices;
    }

    @Override
    public double[] estimate(State x, int index, Ledger ledger, Randomness noise) {
        try (NDManager scope = devices.newSubManager()) {
            Prediction prediction = process.predict(x, index, ledger, noise);
            if (draws == 0) {
                State mode = process.posteriorMode(x, prediction, index, scope);
                return reward.estimate(mode, index, ledger, noise);
            }
            List<State> drawn = new ArrayList<>(draws);
            for (int draw = 0; draw < draws; draw++) {
                drawn.add(process.posteriorDraw(x, prediction, index, draw, noise, scope));
            }
            // all at once, so that the calls of the network are full
            double[] scores = reward.estimate(State.concat(drawn, scope), index, ledger, noise);
            double[] mean = new double[x.rows()];
            for (int i = 0; i < scores.length; i++) {
                mean[i % mean.length] += scores[i] / draws;
            }
            return mean;
        }
    }
}
