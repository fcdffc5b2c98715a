package dev.tiller.guidance;

import dev.tiller.sampler.Guidance;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Prediction;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Guidance of Gaussian diffusion by the gradient of a value at the current state: a step of mean mu
 * and variance sigma^2 gets the mean mu + sigma^2 strength dv/dx, which adds strength dv/dx to the
 * score that the step follows. With {@link GaussianPosteriorValue} it is diffusion posterior
 * sampling (Chung et al. 2023, arXiv 2209.14687), with a learned value classifier guidance
 * (Dhariwal and Nichol 2021, arXiv 2105.05233).
 *
 * <p>The strength is 1 / tau, in 1 / (unit of the value). Steps without noise are not guided, so
 * the sampler must have noise; the last step, which takes a mean, is not guided either.
 */
public final class PosteriorSampling implements Guidance {
    private final DifferentiableValue value;
    private final double strength;

    /**
     * Creates the guidance.
     *
     * @param value the value of noisy states
     * @param strength 1 / tau, finite; 0 guides nowhere
     */
    public PosteriorSampling(DifferentiableValue value, double strength) {
        this.value = Objects.requireNonNull(value);
        this.strength = Tilts.requireStrength(strength);
    }

    @Override
    public List<float[]> tilt(
            State x, Prediction prediction, int step, Ledger ledger, Randomness noise) {
        if (strength == 0) {
            return null;
        }
        List<float[]> tilt = new ArrayList<>(x.rows());
        for (float[] gradient : value.gradient(x, step, ledger, noise)) {
            float[] row = new float[gradient.length];
            for (int i = 0; i < row.length; i++) {
                row[i] = (float) (strength * gradient[i]);
            }
            tilt.add(row);
        }
        return tilt;
    }
}
