package dev.tiller.sampler.gaussian;

/**
 * The sub-variance-preserving equation: the drift of {@link VpSde}, and noise that is never larger
 * (Song et al. 2021, section 3.4).
 *
 * @param betaMin beta(0), not negative
 * @param betaMax beta(1), above 0 and not below {@code betaMin}
 */
public record SubVpSde(double betaMin, double betaMax) implements Sde {
    public SubVpSde {
        Sdes.requireBetas(betaMin, betaMax);
    }

    @Override
    public String name() {
        return "sub-vp";
    }

    @Override
    public double alpha(double t) {
        return StrictMath.exp(VpSde.logAlpha(betaMin, betaMax, t));
    }

    @Override
    public double std(double t) {
        return -StrictMath.expm1(2 * VpSde.logAlpha(betaMin, betaMax, t));
    }

    @Override
    public double drift(double t) {
        return -0.5 * VpSde.beta(betaMin, betaMax, t);
    }

    @Override
    public double diffusion(double t) {
        double discount = -StrictMath.expm1(4 * VpSde.logAlpha(betaMin, betaMax, t));
        return StrictMath.sqrt(VpSde.beta(betaMin, betaMax, t) * discount);
    }

    @Override
    public double priorStd() {
        return 1;
    }

    @Override
    public double langevinScale(double t, int steps) {
        return 1 - VpSde.discreteBeta(betaMin, betaMax, t, steps);
    }
}
