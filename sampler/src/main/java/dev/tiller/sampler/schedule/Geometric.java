package dev.tiller.sampler.schedule;

/**
 * The geometric schedule: sigma(t) = sigmaMin^(1 - t) sigmaMax^t.
 *
 * @param sigmaMin total noise at t = 0, positive
 * @param sigmaMax total noise at t = 1, above {@code sigmaMin}
 */
public record Geometric(double sigmaMin, double sigmaMax) implements NoiseSchedule {
    public Geometric {
        Schedules.require("sigmaMin", sigmaMin > 0, "above 0", sigmaMin);
        Schedules.require("sigmaMax", sigmaMax > sigmaMin, "above sigmaMin", sigmaMax);
    }

    @Override
    public String name() {
        return "geometric";
    }

    @Override
    public double sigma(double t) {
        return StrictMath.pow(sigmaMin, 1 - t) * StrictMath.pow(sigmaMax, t);
    }

    @Override
    public double rate(double t) {
        return sigma(t) * StrictMath.log(sigmaMax / sigmaMin);
    }

    @Override
    public double timeAt(double sigma) {
        return StrictMath.log(sigma / sigmaMin) / StrictMath.log(sigmaMax / sigmaMin);
    }

    @Override
    public double smallestSigma() {
        return sigmaMin;
    }
}
