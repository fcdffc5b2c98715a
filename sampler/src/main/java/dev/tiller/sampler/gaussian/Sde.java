package dev.tiller.sampler.gaussian;

/**
 * A linear stochastic differential equation dx = f(t) x dt + g(t) dw that turns data into noise
 * between t = 0 and t = 1 (Song et al. 2021, arXiv 2011.13456, section 3).
 *
 * <p>Given x_0, x_t is Gaussian with mean {@link #alpha} x_0 and standard deviation {@link #std} in
 * each coordinate. All in float64.
 */
public interface Sde {
    /**
     * Returns the name used in configuration files.
     *
     * @return a name in kebab case
     */
    String name();

    /**
     * Returns the factor of x_0 in the mean of x_t.
     *
     * @param t a time in [0, 1]
     * @return alpha(t)
     */
    double alpha(double t);

    /**
     * Returns the standard deviation of x_t given x_0.
     *
     * @param t a time in [0, 1]
     * @return s(t), not negative
     */
    double std(double t);

    /**
     * Returns the drift.
     *
     * @param t a time in [0, 1]
     * @return f(t), the factor of x
     */
    double drift(double t);

    /**
     * Returns the diffusion coefficient.
     *
     * @param t a time in [0, 1]
     * @return g(t), not negative
     */
    double diffusion(double t);

    /**
     * Returns the standard deviation of the prior that sampling starts from, whose mean is 0.
     *
     * @return the standard deviation at t = 1, as the published samplers draw it
     */
    double priorStd();

    /**
     * Returns the forward step that ends at a time, in the discretisation into N equal steps that
     * predictors reverse: x_i = factor x_(i-1) + std z, i = floor(t (N - 1)). VP and VE have the
     * steps of DDPM and SMLD (Song et al. 2021, appendix E); in general it is the step of
     * Euler-Maruyama.
     *
     * @param t a time in [0, 1]
     * @param steps N, at least 1
     * @return the step
     */
    default Kernel discrete(double t, int steps) {
        return new Kernel(1 + drift(t) / steps, diffusion(t) / StrictMath.sqrt(steps));
    }

    /**
     * Returns what the step size of the Langevin corrector is scaled by: 1 - beta_i for VP and
     * sub-VP, 1 for VE.
     *
     * @param t a time in [0, 1]
     * @param steps N, at least 1
     * @return the factor, above 0
     */
    default double langevinScale(double t, int steps) {
        return 1;
    }

    /**
     * Returns the law of x_t given x_s, as a step forwards in time.
     *
     * @param s a time below {@code t}; the splitting solver goes one half-step beyond 0
     * @param t a time in [0, 1]
     * @return factor alpha(t) / alpha(s) and the noise that makes up s(t)
     */
    default Kernel transition(double s, double t) {
        double factor = alpha(t) / alpha(s);
        double kept = factor * std(s);
        double variance = std(t) * std(t) - kept * kept;
        return new Kernel(factor, StrictMath.sqrt(StrictMath.max(variance, 0)));
    }
}
