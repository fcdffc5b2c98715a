package dev.tiller.sampler.schedule;

/**
 * The log-linear schedule: the masked share grows linearly, 1 - alpha(t) = (1 - eps) t.
 *
 * @param eps how far from fully masked the prior is, in [0, 1); 1e-3 in MDLM
 */
public record LogLinear(double eps) implements NoiseSchedule {
    public LogLinear {
        Schedules.require("eps", eps >= 0 && eps < 1, "in [0, 1)", eps);
    }

    @Override
    public String name() {
        return "log-linear";
    }

    @Override
    public double sigma(double t) {
        return -StrictMath.log1p(-(1 - eps) * t);
    }

    @Override
    public double rate(double t) {
        return (1 - eps) / (1 - (1 - eps) * t);
    }

    @Override
    public double timeAt(double sigma) {
        return -StrictMath.expm1(-sigma) / (1 - eps);
    }

    @Override
    public double smallestSigma() {
        return eps;
    }

    @Override
    public double moveChance(double t) {
        return (1 - eps) * t; // exact, where exp(log(.)) would round; 1 at t = 1 and eps = 0
    }
}
