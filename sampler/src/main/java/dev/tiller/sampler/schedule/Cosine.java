package dev.tiller.sampler.schedule;

/**
 * The cosine schedule: alpha(t) = eps + (1 - eps) cos(pi t / 2).
 *
 * @param eps signal left at t = 1, in (0, 1); 1e-3 in MDLM
 */
public record Cosine(double eps) implements NoiseSchedule {
    private static final double HALF_PI = Math.PI / 2;

    public Cosine {
        Schedules.require("eps", eps > 0 && eps < 1, "in (0, 1)", eps);
    }

    @Override
    public String name() {
        return "cosine";
    }

    @Override
    public double sigma(double t) {
        return -StrictMath.log(eps + (1 - eps) * StrictMath.cos(t * HALF_PI));
    }

    @Override
    public double rate(double t) {
        double alpha = eps + (1 - eps) * StrictMath.cos(t * HALF_PI);
        return HALF_PI * (1 - eps) * StrictMath.sin(t * HALF_PI) / alpha;
    }

    @Override
    public double timeAt(double sigma) {
        double cosine = (StrictMath.exp(-sigma) - eps) / (1 - eps);
        return StrictMath.acos(Math.max(-1, Math.min(1, cosine))) / HALF_PI;
    }

    @Override
    public double smallestSigma() {
        return eps;
    }
}
