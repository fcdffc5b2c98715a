package dev.tiller.sampler.gaussian;

/**
 * The variance-preserving equation, dx = -beta(t) x / 2 dt + sqrt(beta(t)) dw with beta(t) linear
 * in t (Song et al. 2021, section 3.4; DDPM in continuous time).
 *
 * @param betaMin beta(0), not negative
 * @param betaMax beta(1), above 0 and not below {@code betaMin}
 */
public record VpSde(double betaMin, double betaMax) implements Sde {
    public VpSde {
        Sdes.requireBetas(betaMin, betaMax);
    }

    /** Returns beta(t). */
    static double beta(double betaMin, double betaMax, double t) {
        return betaMin + t * (betaMax - betaMin);
    }

    /** Returns log alpha(t), minus half the integral of beta from 0 to t. */
    static double logAlpha(double betaMin, double betaMax, double t) {
        return -0.25 * t * t * (betaMax - betaMin) - 0.5 * t * betaMin;
    }

    @Override
    public String name() {
        return "vp";
    }

    @Override
    public double alpha(double t) {
        return StrictMath.exp(logAlpha(betaMin, betaMax, t));
    }

    @Override
    public double std(double t) {
        return StrictMath.sqrt(-StrictMath.expm1(2 * logAlpha(betaMin, betaMax, t)));
    }

    @Override
    public double drift(double t) {
        return -0.5 * beta(betaMin, betaMax, t);
    }

    @Override
    public double diffusion(double t) {
        return StrictMath.sqrt(beta(betaMin, betaMax, t));
    }

    @Override
    public double priorStd() {
        return 1;
    }

    /** The step of DDPM: x' = sqrt(1 - beta_i) x + sqrt(beta_i) z. */
    @Override
    public Kernel discrete(double t, int steps) {
        double variance = discreteBeta(betaMin, betaMax, t, steps);
        return new Kernel(StrictMath.sqrt(1 - variance), StrictMath.sqrt(variance));
    }

    @Override
    public double langevinScale(double t, int steps) {
        return 1 - discreteBeta(betaMin, betaMax, t, steps);
    }

    @Override
    public Kernel transition(double s, double t) {
        double logFactor = logAlpha(betaMin, betaMax, t) - logAlpha(betaMin, betaMax, s);
        return new Kernel(
                StrictMath.exp(logFactor), StrictMath.sqrt(-StrictMath.expm1(2 * logFactor)));
    }

    /** beta_i of DDPM, i the step that t lies in: N values from betaMin / N to betaMax / N. */
    static double discreteBeta(double betaMin, double betaMax, double t, int steps) {
        if (betaMax >= steps) {
            throw new IllegalArgumentException(
                    "steps must be above beta_max = "
                            + betaMax
                            + " for the discrete noise of a step to be below 1, got "
                            + steps);
        }
        double position = steps == 1 ? 1 : (double) Sdes.gridIndex(t, steps) / (steps - 1);
        return beta(betaMin, betaMax, position) / steps;
    }
}
