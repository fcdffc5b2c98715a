package dev.tiller.sampler.schedule;

/**
 * The squared cosine schedule: alpha(t) = eps + (1 - eps) cos(pi t / 2)^2.
 *
 * @param eps signal left at t = 1, in (0, 1); 1e-3 in MDLM
 */
public record CosineSquared(double eps) implements NoiseSchedule {
    private static final double HALF_PI = Math.PI / 2;

    public CosineSquared {
        Schedules.require("eps", eps > 0 && eps < 1, "in (0, 1)", eps);
    }

    @Override
    public String name() {
        return "cosine-squared";
    }

    private double squaredCosine(double t) {
        double cosine = StrictMath.cos(t * HALF_PI);
        return cosine * cosine;
    }

    @Override
    public double sigma(double t) {
        return -StrictMath.log(eps + (1 - eps) * squaredCosine(t));
    }

    @Override
    public double rate(double t) {
        double alpha = eps + (1 - eps) * squaredCosine(t);
        return HALF_PI * (1 - eps) * StrictMath.sin(t * Math.PI) / alpha;
    }

    @Override
    public double timeAt(double sigma) {
        double squared = (StrictMath.exp(-sigma) - eps) / (1 - eps);
        double cosine = StrictMath.sqrt(Math.max(0, Math.min(1, squared)));
        return StrictMath.acos(cosine) / HALF_PI;
    }

    @Override
    public double smallestSigma() {
        return eps;
    }
}
