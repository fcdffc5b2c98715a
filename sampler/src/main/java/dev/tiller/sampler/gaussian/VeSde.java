package dev.tiller.sampler.gaussian;

/**
 * The variance-exploding equation: nothing but noise, of standard deviation s(t) = sigmaMin
 * (sigmaMax / sigmaMin)^t (Song et al. 2021, section 3.4).
 *
 * <p>The published graph models draw the prior with standard deviation 1 whatever sigmaMax is; with
 * theirs, sigmaMax = 1, that is s(1). Here the prior has sigmaMax.
 *
 * @param sigmaMin s(0), above 0
 * @param sigmaMax s(1), above {@code sigmaMin}
 */
public record VeSde(double sigmaMin, double sigmaMax) implements Sde {
    public VeSde {
        Sdes.require("sigma_min", sigmaMin > 0, "above 0", sigmaMin);
        Sdes.require(
                "sigma_max",
                sigmaMax > sigmaMin && sigmaMax < Double.POSITIVE_INFINITY,
                "above sigma_min = " + sigmaMin + " and finite",
                sigmaMax);
    }

    @Override
    public String name() {
        return "ve";
    }

    @Override
    public double alpha(double t) {
        return 1;
    }

    @Override
    public double std(double t) {
        return sigmaMin * StrictMath.pow(sigmaMax / sigmaMin, t);
    }

    @Override
    public double drift(double t) {
        return 0;
    }

    @Override
    public double diffusion(double t) {
        return std(t) * StrictMath.sqrt(2 * StrictMath.log(sigmaMax / sigmaMin));
    }

    @Override
    public double priorStd() {
        return sigmaMax;
    }

    /** The step of SMLD: from sigma_(i-1) to sigma_i, N of them from sigmaMin to sigmaMax. */
    @Override
    public Kernel discrete(double t, int steps) {
        int index = Sdes.gridIndex(t, steps);
        double before = index == 0 ? 0 : discreteSigma(index - 1, steps);
        double after = discreteSigma(index, steps);
        return new Kernel(1, StrictMath.sqrt(after * after - before * before));
    }

    private double discreteSigma(int index, int steps) {
        return std(steps == 1 ? 1 : (double) index / (steps - 1));
    }
}
