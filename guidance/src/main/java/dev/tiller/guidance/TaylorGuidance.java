package dev.tiller.guidance;

import dev.tiller.sampler.Guidance;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Prediction;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.State;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Guidance by the gradient of a value: g[l, k] = strength (dv/dx[l, k] - dv/dx[l, mask]) at masked
 * positions l, the first-order estimate of what {@link ExactGuidance} computes. One gradient per
 * state takes the place of L K values.
 *
 * <p>With a learned value this is classifier guidance of discrete diffusion in its first-order form
 * (Schiff et al. 2024, arXiv 2412.10193, D-CBG; Nisonoff et al. 2024, arXiv 2406.01572); with a
 * {@link SoftPosteriorValue} it is DPS.
 *
 * <p>The strength is 1 / tau, in 1 / (unit of the value), and does not depend on the size of the
 * batch: the gradient is that of each state's own value. The value is asked for at index {@code
 * step + 1}, as in {@link ExactGuidance}: it stands for the candidates of the step.
 *
 * <p>A value whose gains are positive on average over the letters also makes ancestral steps reveal
 * tokens sooner, the more the stronger; first-hitting steps reveal one token whatever the strength.
 */
public final class TaylorGuidance implements Guidance {
    private final DifferentiableValue value;
    private final double strength;

    /**
     * Creates the guidance.
     *
     * @param value the value of noisy states
     * @param strength 1 / tau, finite; 0 guides nowhere
     */
    public TaylorGuidance(DifferentiableValue value, double strength) {
        this.value = value;
        this.strength = Tilts.requireStrength(strength);
    }

    @Override
    public List<float[]> tilt(
            State x, Prediction prediction, int step, Ledger ledger, Randomness noise) {
        if (strength == 0) {
            return null;
        }
        Tilts tilts = Tilts.of(x, prediction);
        int[] noisy = IntStream.range(0, x.rows()).filter(tilts::hasMasks).toArray();
        if (noisy.length > 0) {
            try (State some = x.select(noisy, x.array(0).getManager())) {
                List<float[]> gradients = value.gradient(some, step + 1, ledger, noise);
                for (int i = 0; i < noisy.length; i++) {
                    fill(tilts, noisy[i], gradients.get(i));
                }
            }
        }
        return tilts.rows();
    }

    private void fill(Tilts tilts, int row, float[] gradient) {
        int letters = tilts.letters();
        for (int position : tilts.masked(row)) {
            int first = position * (letters + 1);
            double mask = gradient[first + letters];
            for (int k = 0; k < letters; k++) {
                tilts.set(row, position, k, strength * (gradient[first + k] - mask));
            }
        }
    }
}
