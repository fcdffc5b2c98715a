package dev.tiller.sampler.schedule;

/**
 * How much noise there is at time t in [0, 1]; 0 is clean, 1 the prior.
 *
 * <p>sigma(t) is the total noise, alpha(t) = exp(-sigma(t)) the signal that is kept and 1 -
 * alpha(t) the chance that a token is masked (MDLM, Sahoo et al. 2024, section 3). All in float64.
 */
public interface NoiseSchedule {
    /**
     * Returns the name used in configuration files.
     *
     * @return a name in kebab case
     */
    String name();

    /**
     * Returns the total noise.
     *
     * @param t a time in [0, 1]
     * @return sigma(t), not negative, increasing in t
     */
    double sigma(double t);

    /**
     * Returns the rate of noise.
     *
     * @param t a time in [0, 1]
     * @return d sigma / dt
     */
    double rate(double t);

    /**
     * Inverts {@link #sigma}.
     *
     * @param sigma a total noise between sigma(0) and sigma(1)
     * @return the time t with sigma(t) = {@code sigma}
     */
    double timeAt(double sigma);

    /**
     * Returns the total noise from which importance sampling of training times starts (it must be
     * positive where sigma(0) = 0).
     *
     * @return the smallest noise of the range
     */
    double smallestSigma();

    /**
     * Returns the signal that is kept.
     *
     * @param t a time in [0, 1]
     * @return alpha(t) = exp(-sigma(t))
     */
    default double alpha(double t) {
        return StrictMath.exp(-sigma(t));
    }

    /**
     * Returns the chance that a token is masked at time t.
     *
     * @param t a time in [0, 1]
     * @return 1 - alpha(t)
     */
    default double moveChance(double t) {
        return -StrictMath.expm1(-sigma(t));
    }

    /**
     * Maps a uniform to a training time such that log(1 - exp(-sigma)) is uniform, which makes the
     * weighted loss of all times equally large (MDLM, appendix C).
     *
     * @param u a number in [0, 1]
     * @return the time
     */
    default double importanceTime(double u) {
        if (!(smallestSigma() > 0)) {
            throw new IllegalStateException(
                    "importance sampling needs a schedule whose smallest sigma is above 0, got "
                            + smallestSigma());
        }
        double atOne = StrictMath.log1p(-StrictMath.exp(-sigma(1)));
        double atZero = StrictMath.log1p(-StrictMath.exp(-smallestSigma()));
        double sigma = -StrictMath.log1p(-StrictMath.exp(u * atOne + (1 - u) * atZero));
        return Math.min(1, timeAt(sigma)); // rounding may pass 1 by a hair
    }
}
