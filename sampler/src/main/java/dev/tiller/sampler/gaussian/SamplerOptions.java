package dev.tiller.sampler.gaussian;

/**
 * How a Gaussian diffusion is sampled.
 *
 * @param steps T, the number of times of the grid, at least 2: from 1 to {@code eps}, evenly
 * @param eps the last time, in (0, 1)
 * @param predictor how to go from one time to the next
 * @param eta the share of noise of {@link Predictor#DDIM}, in [0, 1]; others ignore it
 * @param corrector what is done at each time before the predictor
 */
public record SamplerOptions(
        int steps, double eps, Predictor predictor, double eta, Langevin corrector) {
    public SamplerOptions {
        if (steps < 2) {
            throw new IllegalArgumentException("steps must be at least 2, got " + steps);
        }
        Sdes.require("eps", eps > 0 && eps < 1, "in (0, 1)", eps);
        Sdes.require("eta", eta >= 0 && eta <= 1, "in [0, 1]", eta);
        if (predictor.includesCorrector() && corrector.steps() > 0) {
            throw new IllegalArgumentException(
                    "corrector steps must be 0 with the predictor "
                            + predictor.label()
                            + ", which makes a correction of its own, got "
                            + corrector.steps());
        }
    }

    /** Returns the number of transitions at each time: the corrections and the predictor. */
    int transitions() {
        return corrector.steps() + 1;
    }

    /** Returns time k of the grid, with the time after it. */
    Moment moment(int k) {
        return new Moment(time(k), k == steps - 1 ? 0 : time(k + 1), steps);
    }

    private double time(int k) {
        return 1 - k * (1 - eps) / (steps - 1);
    }
}
