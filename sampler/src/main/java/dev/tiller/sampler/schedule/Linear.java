package dev.tiller.sampler.schedule;

/**
 * The linear schedule: sigma(t) = sigmaMin + t (sigmaMax - sigmaMin).
 *
 * @param sigmaMin total noise at t = 0, not negative
 * @param sigmaMax total noise at t = 1, above {@code sigmaMin}
 */
public record Linear(double sigmaMin, double sigmaMax) implements NoiseSchedule {
    public Linear {
        Schedules.require("sigmaMin", sigmaMin >= 0, "at least 0", sigmaMin);
        Schedules.require("sigmaMax", sigmaMax > sigmaMin, "above sigmaMin", sigmaMax);
    }

    @Override
    public String name() {
        return "linear";
    }

    @Override
    public double sigma(double t) {
        return sigmaMin + t * (sigmaMax - sigmaMin);
    }

    @Override
    public double rate(double t) {
        return sigmaMax - sigmaMin;
    }

    @Override
    public double timeAt(double sigma) {
        return (sigma - sigmaMin) / (sigmaMax - sigmaMin);
    }

    @Override
    public double smallestSigma() {
        return sigmaMin;
    }
}
